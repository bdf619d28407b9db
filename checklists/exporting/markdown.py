"""An outline as Markdown that reads back as the same outline; the form is told in `importing.dialect`.

Each thing is written in the plainest words that mean it. Whether they do is not guessed: the reader's own functions are
asked, and where the plain form would be read as something else, a marked one is taken.
"""

from __future__ import annotations

from collections.abc import Iterator

from checklists.exporting.forms import (
    GAP,
    blanks,
    commands,
    division,
    fence,
    one_line,
    prose,
    quote,
    said,
    same,
    table,
    times,
)
from checklists.importing import dialect
from checklists.importing.dialect import FACT, escaped, tokens_of
from checklists.importing.meaning import duration_of, team_in
from checklists.importing.outline import Criterion, Item, Outline, Phase, Procedure, Section, Step
from checklists.importing.thresholds import expected_in


def markdown_of(outline: Outline) -> str:
    """The whole plan, with what its items tell of the run."""
    lines = [GAP]
    for line in _Writer(outline).lines():
        if line != GAP or lines[-1] != GAP:
            lines.append(line)
    return dialect.FRONT + "\n".join("" if line == GAP else line for line in lines).rstrip("\n") + "\n"


def heading_of(place: Section) -> str:
    """The words that tell title, window and recurrence of a phase or section; empty where no heading tells them all."""
    title = one_line(place.title)
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
        yield f"# {one_line(outline.title)}"
        yield GAP
        for key, value in outline.metadata.items():
            yield f"- **{escaped(key, '*')}:** {escaped(value)}"
        yield from blanks(outline.fields, outline.title)
        yield from said(outline.run)
        yield GAP
        yield from prose(outline.prose, outline.title, head=True)
        for phase in outline.phases:
            yield from self.phase(phase)
        yield from self.criteria([each for each in outline.criteria if each.kind == "success"])
        yield from self.procedures()
        yield from self.people()
        yield from self.slots()

    def phase(self, phase: Phase) -> Iterator[str]:
        title = one_line(phase.title)
        plain = heading_of(phase)
        yield f"## {plain or title}"
        yield GAP
        if not plain:
            read = dialect.phase_heading(title)
            if read[0] != title:  # the title's own bracket would be taken for a window
                yield f"{FACT}{dialect.TITLE}: {title}"
            yield from times(phase, read)
        yield from self.place(phase, 1)

    def place(self, place: Section, depth: int) -> Iterator[str]:
        """What stands in a phase or section, and the sections below it, which are `depth` levels below their phase."""
        yield from prose(place.prose, place.title)
        yield from blanks(place.fields, place.title)
        yield from said(place.run)
        for command, language in commands(place):
            yield GAP
            yield from fence(command, language, "")
        if place.items:
            yield GAP
        for item in place.items:
            yield from _item(item, "")
        yield GAP
        for section in place.sections:
            level = min(depth + dialect.PHASE_LEVEL, dialect.DEEPEST_HEADING)
            yield f"{'#' * level} {one_line(section.title)}"
            yield GAP
            if depth + dialect.PHASE_LEVEL > level:
                yield f"{FACT}{dialect.LEVEL}: {depth}"
            yield from times(section, dialect.section_heading(one_line(section.title)))
            yield from self.place(section, depth + 1)

    def criteria(self, criteria: list[Criterion]) -> Iterator[str]:
        for title in dict.fromkeys(each.phase for each in criteria):
            own = [each for each in criteria if each.phase == title]
            yield from division(title or "Success criteria", dialect.CRITERIA)
            for section in sorted(dict.fromkeys(each.section for each in own), key=bool):
                if section:
                    yield f"### {one_line(section)}"
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
            yield from division(procedure.title, words[procedure.kind])
            for fact, words_of_it in ((dialect.UNDER, procedure.group), (dialect.ESTIMATE, procedure.estimate)):
                if words_of_it:
                    yield f"{FACT}{fact}: {one_line(words_of_it)}"
                    yield GAP
            yield from prose(procedure.prose, procedure.title, steps=True)
            if procedure.kind == "rollback":
                yield from _tripwires(tripwires)
                tripwires = []
            for command, language in commands(procedure):
                yield GAP
                yield from fence(command, language, "")
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
            yield from division("Contacts", dialect.CONTACTS)
            yield from table(dialect.CONTACT_HEAD, rows)
        if outline.escalation:
            rows = [
                [each.title, each.trigger, each.who, each.response, "\n".join(each.details), each.group]
                for each in outline.escalation
            ]
            yield from division("Escalation", dialect.ESCALATION)
            yield from table(dialect.ESCALATION_HEAD, rows)

    def slots(self) -> Iterator[str]:
        if self.outline.slots:
            rows = [
                [
                    *(each.title, each.kind, each.meaning, each.scope, each.notes, each.group, each.filled, ""),
                    *(each.about, each.place, str(each.stage or ""), each.who, str(each.needed or "")),
                    "" if each.required else dialect.ADVISORY,
                ]
                for each in self.outline.slots
            ]
            yield from division("Sign-off", dialect.SIGNOFF)
            yield from table(dialect.SIGNOFF_HEAD, rows)


# -- Items and steps ---------------------------------------------------------------------------------------------------


def _item(item: Item, indent: str) -> Iterator[str]:
    text = one_line(f"{item.number} {item.text}" if item.number else item.text)
    yield f"{indent}- [{'x' if item.checked else ' '}] {text}"
    below = indent + "  "
    read = dialect.item_of(text)
    for fact in _facts(item, read):
        yield f"{below}- {FACT}{fact}"
    told = len(read.fields) if same(read.fields, item.fields[: len(read.fields)]) else 0
    yield from blanks(item.fields[told:], text, below)
    for detail in item.details:
        yield from _detail(detail, below, text)
    for command, language in commands(item):
        yield from fence(command, language, below)
    yield from said(item.run, below)
    for inner in item.items:
        yield from _item(inner, below)


def _facts(item: Item, read: Item) -> Iterator[str]:
    """What the item's words do not tell, or tell differently."""
    if read.fields and not same(read.fields, item.fields[: len(read.fields)]):
        yield dialect.NO_BLANKS
    if item.window != read.window:
        yield f"{dialect.WHEN}: {item.window}"
    if item.recurrence != read.recurrence:
        yield f"{dialect.OFTEN}: {item.recurrence}"
    if item.optional != read.optional:
        yield dialect.OPTIONAL if item.optional else dialect.NOT_OPTIONAL
    if item.expects is not None and item.expects != expected_in(item.text):
        yield f"{dialect.EXPECTED}: {one_line(item.expects)}"
    told = duration_of(item)
    if item.takes is not None and item.takes != (told.minutes if told else 0):
        yield f"{dialect.TAKES}: {item.takes} min"
    if item.for_team is not None and item.for_team != team_in(item.details):
        yield f"{dialect.TEAM}: {one_line(item.for_team)}"


def _tripwires(criteria: list[Criterion]) -> Iterator[str]:
    if criteria and criteria[0].section:
        yield f"- {FACT}{dialect.TRIPWIRES}: {one_line(criteria[0].section)}"
    for criterion in criteria:
        yield f"- {FACT}{dialect.TRIPWIRE}: {one_line(criterion.text)}"


def _step(step: Step, number: str) -> Iterator[str]:
    yield f"{number} {one_line(step.text)}"
    below = " " * (len(number) + 1)
    for detail in step.details:
        yield from _detail(detail, below, None)
    for command, language in commands(step):
        yield from fence(command, language, below)


def _detail(text: str, indent: str, label: str | None) -> Iterator[str]:
    """A detail as a list entry where that reads back as the same, else as a quotation. A step (no label) asks nothing."""
    bare = text.lstrip(" ")
    margin = indent + " " * (len(text) - len(bare))
    tokens = tokens_of(f"- {bare}")
    kinds = {"bullet"} if label is not None else {"bullet", "box"}
    plain = len(tokens) == 1 and tokens[0].kind in kinds and bare and not bare[0].isspace()
    if not plain or (label is not None and dialect.field_in(bare, label)):
        yield from quote(text, indent)
    elif dialect.NUMBERED.fullmatch(bare):
        yield f"{margin}{bare}"
    else:
        yield f"{margin}- {bare}"
