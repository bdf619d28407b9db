"""An outline as Markdown that reads back as the same outline; the form is told in `importing.dialect`.

Each thing is written in the plainest words that mean it. Whether they do is not guessed: the reader's own functions are
asked, and where the plain form would be read as something else, a marked one is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from checklists.importing import dialect
from checklists.importing.dialect import FACT, RUN, escaped, tokens_of
from checklists.importing.outline import Criterion, Field, Item, Outline, Phase, Procedure, Section, Step

# Where a blank line belongs; several in a row make one. Blank lines of code are none of these.
GAP = "\x00"


def markdown_of(outline: Outline) -> str:
    """The whole plan, with what its items tell of the run."""
    lines = [GAP]
    for line in _Writer(outline).lines():
        if line != GAP or lines[-1] != GAP:
            lines.append(line)
    return dialect.FRONT + "\n".join("" if line == GAP else line for line in lines).rstrip("\n") + "\n"


def heading_of(place: Section) -> str:
    """The words that tell title, window and recurrence of a phase or section; empty where no heading tells them all."""
    title = _one_line(place.title)
    phase = isinstance(place, Phase)
    read = dialect.phase_heading if phase else dialect.section_heading
    forms = [title, f"{title} ({place.window})"] if phase else [title]
    wanted = (title, place.window, place.recurrence)
    return next((form for form in forms if read(form) == wanted), "")


class _Writer:
    def __init__(self, outline: Outline) -> None:
        self.outline = outline

    def lines(self) -> Iterator[str]:
        outline = self.outline
        yield f"# {_one_line(outline.title)}"
        yield GAP
        for key, value in outline.metadata.items():
            yield f"- **{escaped(key, '*')}:** {escaped(value)}"
        yield from _blanks(outline.fields, outline.title)
        yield from _said(outline.run)
        yield GAP
        yield from _prose(outline.prose, outline.title, head=True)
        for phase in outline.phases:
            yield from self.phase(phase)
        yield from self.criteria([each for each in outline.criteria if each.kind == "success"])
        yield from self.procedures()
        yield from self.people()
        yield from self.slots()

    def phase(self, phase: Phase) -> Iterator[str]:
        title = _one_line(phase.title)
        plain = heading_of(phase)
        yield f"## {plain or title}"
        yield GAP
        if not plain:
            read = dialect.phase_heading(title)
            if read[0] != title:  # the title's own bracket would be taken for a window
                yield f"{FACT}{dialect.TITLE}: {title}"
            yield from _times(phase, read)
        yield from self.place(phase, 1)

    def place(self, place: Section, depth: int) -> Iterator[str]:
        """What stands in a phase or section, and the sections below it, which are `depth` levels below their phase."""
        yield from _prose(place.prose, place.title)
        yield from _blanks(place.fields, place.title)
        yield from _said(place.run)
        for command, language in _commands(place):
            yield GAP
            yield from _fence(command, language, "")
        if place.items:
            yield GAP
        for item in place.items:
            yield from _item(item, "")
        yield GAP
        for section in place.sections:
            level = min(depth + dialect.PHASE_LEVEL, dialect.DEEPEST_HEADING)
            yield f"{'#' * level} {_one_line(section.title)}"
            yield GAP
            if depth + dialect.PHASE_LEVEL > level:
                yield f"{FACT}{dialect.LEVEL}: {depth}"
            yield from _times(section, dialect.section_heading(_one_line(section.title)))
            yield from self.place(section, depth + 1)

    def criteria(self, criteria: list[Criterion]) -> Iterator[str]:
        for title in dict.fromkeys(each.phase for each in criteria):
            own = [each for each in criteria if each.phase == title]
            yield from _division(title or "Success criteria", dialect.CRITERIA)
            for section in sorted(dict.fromkeys(each.section for each in own), key=bool):
                if section:
                    yield f"### {_one_line(section)}"
                    yield GAP
                for criterion in own:
                    if criterion.section == section:
                        yield from _item(criterion, "")
                yield GAP

    def procedures(self) -> Iterator[str]:
        tripwires = [each for each in self.outline.criteria if each.kind == "rollback"]
        procedures = list(self.outline.procedures)
        if tripwires and not any(each.kind == "rollback" for each in procedures):
            procedures.append(Procedure("Rollback", 0))
        words = {kind: words for words, kind in dialect.PROCEDURES.items()}
        for procedure in procedures:
            yield from _division(procedure.title, words[procedure.kind])
            for fact, words_of_it in ((dialect.UNDER, procedure.group), (dialect.ESTIMATE, procedure.estimate)):
                if words_of_it:
                    yield f"{FACT}{fact}: {_one_line(words_of_it)}"
                    yield GAP
            yield from _prose(procedure.prose, procedure.title, steps=True)
            if procedure.kind == "rollback":
                yield from _tripwires(tripwires)
                tripwires = []
            for command, language in _commands(procedure):
                yield GAP
                yield from _fence(command, language, "")
            yield GAP
            for number, step in enumerate(procedure.steps, start=1):
                yield from _step(step, f"{number}.")
            yield GAP

    def people(self) -> Iterator[str]:
        outline = self.outline
        if outline.contacts:
            rows = [
                [each.role, each.name, each.phone, each.email, "yes" * each.emergency, each.notes, each.group]
                for each in outline.contacts
            ]
            yield from _division("Contacts", dialect.CONTACTS)
            yield from _table(dialect.CONTACT_HEAD, rows)
        if outline.escalation:
            rows = [
                [each.title, each.trigger, each.who, each.response, "\n".join(each.details), each.group]
                for each in outline.escalation
            ]
            yield from _division("Escalation", dialect.ESCALATION)
            yield from _table(dialect.ESCALATION_HEAD, rows)

    def slots(self) -> Iterator[str]:
        if self.outline.slots:
            rows = [
                [each.title, each.kind, each.meaning, each.scope, each.notes, each.group, each.filled, ""]
                for each in self.outline.slots
            ]
            yield from _division("Sign-off", dialect.SIGNOFF)
            yield from _table(dialect.SIGNOFF_HEAD, rows)


# -- Items and steps ---------------------------------------------------------------------------------------------------


def _item(item: Item, indent: str) -> Iterator[str]:
    text = _one_line(f"{item.number} {item.text}" if item.number else item.text)
    yield f"{indent}- [{'x' if item.checked else ' '}] {text}"
    below = indent + "  "
    read = dialect.item_of(text)
    for fact in _facts(item, read):
        yield f"{below}- {FACT}{fact}"
    told = len(read.fields) if _same(read.fields, item.fields[: len(read.fields)]) else 0
    yield from _blanks(item.fields[told:], text, below)
    for detail in item.details:
        yield from _detail(detail, below, text)
    for command, language in _commands(item):
        yield from _fence(command, language, below)
    yield from _said(item.run, below)
    for inner in item.items:
        yield from _item(inner, below)


def _facts(item: Item, read: Item) -> Iterator[str]:
    """What the item's words do not tell, or tell differently."""
    if read.fields and not _same(read.fields, item.fields[: len(read.fields)]):
        yield dialect.NO_BLANKS
    if item.window != read.window:
        yield f"{dialect.WHEN}: {item.window}"
    if item.recurrence != read.recurrence:
        yield f"{dialect.OFTEN}: {item.recurrence}"
    if item.optional != read.optional:
        yield dialect.OPTIONAL if item.optional else dialect.NOT_OPTIONAL


def _tripwires(criteria: list[Criterion]) -> Iterator[str]:
    if criteria and criteria[0].section:
        yield f"- {FACT}{dialect.TRIPWIRES}: {_one_line(criteria[0].section)}"
    for criterion in criteria:
        yield f"- {FACT}{dialect.TRIPWIRE}: {_one_line(criterion.text)}"


def _step(step: Step, number: str) -> Iterator[str]:
    yield f"{number} {_one_line(step.text)}"
    below = " " * (len(number) + 1)
    for detail in step.details:
        yield from _detail(detail, below, None)
    for command, language in _commands(step):
        yield from _fence(command, language, below)


def _detail(text: str, indent: str, label: str | None) -> Iterator[str]:
    """A detail as a list entry where that reads back as the same, else as a quotation. A step (no label) asks nothing."""
    bare = text.lstrip(" ")
    margin = indent + " " * (len(text) - len(bare))
    tokens = tokens_of(f"- {bare}")
    kinds = {"bullet"} if label is not None else {"bullet", "box"}
    plain = len(tokens) == 1 and tokens[0].kind in kinds and bare and not bare[0].isspace()
    if not plain or (label is not None and dialect.field_in(bare, label)):
        yield from _quote(text, indent)
    elif dialect.NUMBERED.fullmatch(bare):
        yield f"{margin}{bare}"
    else:
        yield f"{margin}- {bare}"


# -- Small forms -------------------------------------------------------------------------------------------------------


def _division(title: str, words: str) -> Iterator[str]:
    yield f"## {_one_line(title)}"
    yield GAP
    yield f"{FACT}{words}"
    yield GAP


def _times(place: Section, read: tuple[str, str, str]) -> Iterator[str]:
    """When and how often, where the heading does not tell it."""
    if place.window != read[1]:
        yield f"{FACT}{dialect.WHEN}: {place.window}"
    if place.recurrence != read[2]:
        yield f"{FACT}{dialect.OFTEN}: {place.recurrence}"
    if (place.window, place.recurrence) != read[1:]:
        yield GAP


def _blanks(fields: list[Field], label: str, indent: str = "") -> Iterator[str]:
    for blank in fields:
        yield f"{indent}- {blank_of(blank, label)}"


def blank_of(blank: Field, label: str) -> str:
    """A blank as it is filled in on paper, where that reads back as the same, else as a fact."""
    answers = " ".join(f"[ ] {choice}" for choice in blank.choices)
    forms = [f"{blank.label}: {answers}", f"{answers}"] if answers else [f"{blank.label}: {dialect.ROOM} {blank.unit}"]
    for form in forms:
        form = form.strip()
        tokens = tokens_of(f"- {form}")
        read = dialect.field_in(form, label)
        if len(tokens) == 1 and tokens[0].kind == "bullet" and read and _same([read], [blank]):
            return form
    told = [escaped(part, "|") for part in (blank.label, blank.unit, *blank.choices)]
    while told[-1:] == [""] and len(told) > 1:
        told.pop()
    return f"{FACT}{dialect.ASK}{blank.kind}: {' | '.join(told)}"


def _same(some: list[Field], others: list[Field]) -> bool:
    """Whether they ask for the same, wherever they stand."""
    return [(f.label, f.kind, f.unit, f.choices) for f in some] == [
        (f.label, f.kind, f.unit, f.choices) for f in others
    ]


def _said(run: list[str], indent: str = "") -> Iterator[str]:
    for text in run:
        yield f"{indent}- {RUN}{escaped(text)}"


def _prose(texts: list[str], label: str, *, head: bool = False, steps: bool = False) -> Iterator[str]:
    for text in texts:
        if dialect.is_plain(text, label, head=head, steps=steps):
            yield text
        else:
            yield from _quote(text, "")
        yield GAP


def _quote(text: str, indent: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield f"{indent}> {line}" if line else f"{indent}>"
    if indent:
        yield GAP


def _commands(owner: Item | Section | Step | Procedure) -> Iterator[tuple[str, str]]:
    languages = [*owner.languages, *[""] * len(owner.commands)]
    return zip(owner.commands, languages, strict=False)


def _fence(command: str, language: str, indent: str) -> Iterator[str]:
    """Code between marks that do not occur in it."""
    sign = "~" if "`" in language else "`"
    mark = sign * 3
    while mark in command:
        mark += sign
    yield f"{indent}{mark}{language}"
    for line in command.split("\n") if command else []:
        yield f"{indent}{line}" if line else ""
    yield f"{indent}{mark}"


def _table(head: tuple[str, ...], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(escaped(cell, '|') for cell in row)} |"
    yield GAP


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
