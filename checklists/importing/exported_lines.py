"""The lines of an exported plan, taken one after the other: each says what it is."""

from __future__ import annotations

from . import dialect
from .account import Ledger
from .dialect import Token, tokens_of
from .exported_tables import add_row, is_head
from .outline import Criterion, Item, Outline, Phase, Procedure, Section, Step

Place = Outline | Section


class ExportedLines:
    """Walks the lines once. `place` takes prose and blanks, `stack` has the open items, outermost first."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens_of(text)[dialect.FRONT_LINES :]
        self.outline = Outline()
        self.ledger = Ledger()
        self.place: Place = self.outline
        self.sections: list[Section] = []
        self.stack: list[tuple[int, Item]] = []
        self.step: Step | None = None
        self.procedure: Procedure | None = None
        self.announced = ""  # the words of the last heading of a phase
        self.tripwires = ""  # what the source calls them
        self.criteria = ("", "")  # the headings above success criteria
        self.mode = "head"  # head, phase, criteria, procedure, contacts, escalation, sign-off
        self.prose: list[Token] = []

    def read(self) -> Outline:
        for line in range(1, dialect.FRONT_LINES + 1):
            self.ledger.note(line, "rule")
        for token in self.tokens:
            if token.kind not in {"bullet", "number", "row", "text"}:
                self.close_prose()
            if token.kind == "heading":
                self.heading(token)
            elif token.kind != "blank":
                self.line(token)
        self.close_prose()
        self.outline.lines = self.ledger.settle(self.outline)
        return self.outline

    # -- Headings ----------------------------------------------------------------------------------------------------

    def heading(self, token: Token) -> None:
        self.stack, self.step, level = [], None, len(token.mark)
        if level < dialect.PHASE_LEVEL and self.mode == "head" and not self.outline.title:
            self.outline.title = token.text
            self.ledger.note(token.line, "title", self.outline)
        elif level > dialect.PHASE_LEVEL and self.mode == dialect.CRITERIA:
            self.criteria = (self.criteria[0], token.text)
            self.ledger.note(token.line, "section")
        elif level <= dialect.PHASE_LEVEL or not self.sections:
            title, window, recurrence = dialect.phase_heading(token.text)
            phase = Phase(title, token.line, window=window, recurrence=recurrence)
            self.outline.phases.append(phase)
            self.enter("phase", phase, [phase])
            self.announced = token.text
            self.ledger.note(token.line, "phase", phase)
        else:
            title, window, recurrence = dialect.section_heading(token.text)
            section = Section(title, token.line, recurrence, window)
            self.nest(section, level - dialect.PHASE_LEVEL)
            self.ledger.note(token.line, "section", section)

    def enter(self, mode: str, place: Place, sections: list[Section]) -> None:
        self.mode, self.place, self.sections = mode, place, sections

    def nest(self, section: Section, depth: int) -> None:
        """Put a section so many levels below its phase, no deeper than there are sections above it."""
        self.sections = self.sections[: max(depth, 1)]
        self.sections[-1].sections.append(section)
        self.sections.append(section)
        self.place = section

    def division(self, words: str, line: int) -> bool:
        """Make of the phase that has just begun what its first fact says it is."""
        phase = self.sections[0] if len(self.sections) == 1 else None
        known = {dialect.CRITERIA, dialect.CONTACTS, dialect.ESCALATION, dialect.SIGNOFF, *dialect.PROCEDURES}
        if words not in known or not isinstance(phase, Phase) or self.outline.phases[-1:] != [phase]:
            return False
        self.ledger.note(line, "rule")
        self.outline.phases.pop()
        self.ledger.kinds[phase.line] = "rule"
        self.ledger.targets[phase.line] = None
        self.criteria = (self.announced, "")
        if words in dialect.PROCEDURES:
            self.procedure = Procedure(self.announced, phase.line, dialect.PROCEDURES[words])
            self.outline.procedures.append(self.procedure)
            self.ledger.kinds.pop(phase.line)
            self.ledger.note(phase.line, "procedure", self.procedure)
            self.enter("procedure", self.outline, [])
        else:
            self.enter(words, self.outline, [])
        return True

    # -- Lines ---------------------------------------------------------------------------------------------------------

    def line(self, token: Token) -> None:
        while self.stack and self.stack[-1][0] >= token.indent:
            self.stack.pop()
        if token.kind == "fact" and self.fact(token):
            return
        if token.kind == "row" and self.mode in {dialect.CONTACTS, dialect.ESCALATION, dialect.SIGNOFF}:
            self.row(token)
        elif self.mode == "procedure" and self.procedure:
            self.line_of_procedure(token, self.procedure)
        elif token.kind == "box" and (self.stack or self.mode in {"phase", dialect.CRITERIA}):
            self.box(token)
        elif self.stack:
            self.below(token, self.stack[-1][1], self.stack[-1][0])
        else:
            self.beside(token)

    def box(self, token: Token) -> None:
        item = dialect.item_of(token.text)
        item.line, item.checked = token.line, token.mark != " "
        for blank in item.fields:
            blank.line = token.line
        if self.stack:
            self.stack[-1][1].items.append(item)
        elif self.mode == dialect.CRITERIA:
            item = Criterion(**vars(item), phase=self.criteria[0], section=self.criteria[1])
            self.outline.criteria.append(item)
        elif isinstance(self.place, Section):
            self.place.items.append(item)
        self.ledger.note(token.line, "criterion" if isinstance(item, Criterion) else "item", item)
        self.stack.append((token.indent, item))

    def below(self, token: Token, item: Item, indent: int) -> None:
        """What stands below an item."""
        blank = dialect.field_in(token.text, item.text) if token.kind == "bullet" else None
        if token.kind == "run" and token.text == dialect.TICKED:
            item.checked = True
            self.ledger.note(token.line, "item", item)
        elif token.kind == "run":
            self.keep(token, item, "run", dialect.unescaped(token.text))
        elif token.kind == "fence":
            self.command(token, item)
        elif blank:
            blank.line = token.line
            item.fields.append(blank)
            self.ledger.note(token.line, "field", blank)
        else:
            self.keep(token, item, "details", _detail(token, indent + 2), "detail")

    def beside(self, token: Token) -> None:
        """What stands in a phase or section, or above the first."""
        blank = dialect.field_in(token.text, self.label) if token.kind == "bullet" and not token.indent else None
        fact = dialect.METADATA.fullmatch(token.text) if self.mode == "head" and token.kind == "bullet" else None
        if fact or blank or token.kind in {"run", "fence", "quote"}:
            self.close_prose()
        if fact:
            key = dialect.unescaped(fact["key"])
            while key in self.outline.metadata:  # a line that somebody added
                key += "*"
            self.outline.metadata[key] = dialect.unescaped(fact["value"] or "")
            self.ledger.note(token.line, "metadata", self.outline, "metadata", key)
        elif blank:
            blank.line = token.line
            self.place.fields.append(blank)
            self.ledger.note(token.line, "field", blank)
        elif token.kind == "run":
            self.keep(token, self.place, "run", dialect.unescaped(token.text))
        elif token.kind == "fence" and isinstance(self.place, Section):
            self.command(token, self.place)
        elif token.kind == "quote":
            self.keep(token, self.place, "prose", token.text)
        elif token.kind == "fence":
            mark = "~~~" if "```" in token.text else "```"
            self.keep(token, self.place, "prose", f"{mark}{token.mark}\n{token.text}\n{mark}")
        else:
            self.prose.append(token)

    def line_of_procedure(self, token: Token, procedure: Procedure) -> None:
        if self.step and not token.indent:
            self.step = None
        if token.kind == "number" and not token.indent:
            self.close_prose()
            number, _, text = token.text.partition(" ")
            self.step = Step(text, token.line, number)
            procedure.steps.append(self.step)
            self.ledger.note(token.line, "step", self.step)
        elif token.kind == "fence":
            self.command(token, self.step or procedure)
        elif self.step:
            margin = len(self.step.number) + 1
            self.keep(token, self.step, "details", _detail(token, margin), "detail")
        elif token.kind == "quote":
            self.keep(token, procedure, "prose", token.text)
        else:
            self.prose.append(token)

    def row(self, token: Token) -> None:
        """A row of contacts, levels or slots; the head of such a table is ours."""
        if is_head(token.text, self.mode):
            self.ledger.note(token.line, "rule")
        else:
            kind, thing = add_row(self.outline, self.mode, token)
            self.ledger.note(token.line, kind, thing)

    # -- Facts ---------------------------------------------------------------------------------------------------------

    def fact(self, token: Token) -> bool:
        """Take a fact of the plan. False if it says nothing that is known here, so that it stays text."""
        words, _, value = token.text.partition(": ")
        words = words.removesuffix(":")
        if self.division(token.text, token.line):
            return True
        owner: Item | Place | Procedure = self.stack[-1][1] if self.stack else self.procedure_or_place()
        asked = dialect.asked(token.text)
        if asked and not isinstance(owner, Procedure):
            asked.line = token.line
            owner.fields.append(asked)
            self.ledger.note(token.line, "field", asked)
            return True
        if not self.take(owner, words, value, token):
            return False
        kind = {Item: "item", Phase: "phase", Section: "section", Criterion: "criterion"}.get(type(owner), "procedure")
        self.ledger.note(token.line, kind, owner)
        return True

    def take(self, owner: Item | Place | Procedure, words: str, value: str, token: Token) -> bool:
        if isinstance(owner, Item | Section) and words in {dialect.WHEN, dialect.OFTEN}:
            setattr(owner, "window" if words == dialect.WHEN else "recurrence", value)
        elif isinstance(owner, Item) and words in {dialect.OPTIONAL, dialect.NOT_OPTIONAL}:
            owner.optional = words == dialect.OPTIONAL
        elif isinstance(owner, Item) and words == dialect.EXPECTED:
            owner.expects = value
        elif isinstance(owner, Item) and words == dialect.TAKES and (minutes := dialect.MINUTES.fullmatch(value)):
            owner.takes = int(minutes["number"])
        elif isinstance(owner, Item) and words == dialect.TEAM:
            owner.for_team = value
        elif isinstance(owner, Phase) and words == dialect.TITLE:
            owner.title = value
        elif isinstance(owner, Item) and words == dialect.NO_BLANKS:
            owner.fields = []
        elif isinstance(owner, Section) and words == dialect.LEVEL and value.isdigit() and len(self.sections) > 1:
            parent = self.sections[-2]
            if parent.sections[-1:] == [owner]:
                parent.sections.pop()
                self.reopen(owner, int(value))
        elif isinstance(owner, Procedure) and words == dialect.ESTIMATE:
            owner.estimate = value
        elif isinstance(owner, Procedure) and words == dialect.UNDER:
            owner.group = value
        elif isinstance(owner, Procedure) and words == dialect.TRIPWIRES:
            self.tripwires = value
        elif isinstance(owner, Procedure) and words == dialect.TRIPWIRE:
            criterion = Criterion(value, token.line, kind="rollback", section=self.tripwires)
            self.outline.criteria.append(criterion)
            self.ledger.note(token.line, "criterion", criterion)
        else:
            return False
        return True

    def reopen(self, section: Section, depth: int) -> None:
        """Put the section that has just begun as deep as its fact says: a heading has only six levels."""
        self.sections.pop()
        while len(self.sections) < depth and self.sections[-1].sections:
            self.sections.append(self.sections[-1].sections[-1])
        self.nest(section, depth)

    # -- Small things --------------------------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        return self.place.title

    def procedure_or_place(self) -> Place | Procedure:
        return self.procedure if self.mode == "procedure" and self.procedure else self.place

    def keep(self, token: Token, owner: object, attribute: str, text: str, kind: str = "prose") -> None:
        """Add a text to one of the owner's lists."""
        texts: list[str] = getattr(owner, attribute)
        for line in token.lines:
            self.ledger.note(line, kind if attribute != "run" else "detail", owner, attribute, len(texts))
        texts.append(text)

    def command(self, token: Token, owner: Item | Section | Step | Procedure) -> None:
        owner.languages.append(token.mark)
        self.keep(token, owner, "commands", token.text, "command")

    def close_prose(self) -> None:
        """The lines since the last blank one are one text."""
        owner = self.procedure_or_place()
        for token in self.prose:
            self.ledger.note(token.line, "prose", owner, "prose", len(owner.prose))
        if self.prose:
            owner.prose.append("\n".join(token.raw for token in self.prose))
        self.prose = []


def _detail(token: Token, margin: int) -> str:
    """The text of a detail: what stands further in than the margin keeps its indentation."""
    if token.kind == "quote":
        return token.text
    text = token.raw.lstrip(" \t")
    bare = text.removeprefix("- ") if token.kind in {"bullet", "box", "fact", "run"} else text
    return " " * max(0, token.indent - margin) + bare
