"""An outline as a flat list: everything that it names, in reading order, with where it stands. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checklists.importing import outline as read

Place = tuple[str, ...]
Facts = tuple[tuple[str, str], ...]

CRITERIA = "Success criteria"
PROCEDURES = "Procedures"
PEOPLE = "Contacts and escalation"
SIGNOFF = "Sign-off"
DOCUMENT = "The document"


@dataclass(frozen=True)
class Entry:
    """One named thing. `place` has the titles above it, the outermost first; `facts` what it says beside its text."""

    kind: str
    place: Place
    text: str
    facts: Facts = ()

    @property
    def path(self) -> Place:
        """Its own place and text: the place of what is below it."""
        return (*self.place, self.text)

    @property
    def depth(self) -> int:
        return len(self.place)


def entries_of(outline: read.Outline) -> list[Entry]:
    """Everything of the outline that a person would call by name."""
    return [
        *_document(outline),
        *(entry for phase in outline.phases for entry in _division("phase", phase, ())),
        *(entry for each in outline.criteria for entry in _criterion(each)),
        *(entry for each in outline.procedures for entry in _procedure(each)),
        *_people(outline),
        *(Entry(slot.kind, (SIGNOFF,), slot.title, _slot(slot)) for slot in outline.slots),
    ]


def _document(outline: read.Outline) -> Iterator[Entry]:
    yield Entry("title", (DOCUMENT,), outline.title)
    for key, value in outline.metadata.items():
        yield Entry("fact", (DOCUMENT,), key, _facts(value=value))
    for field in outline.fields:
        yield Entry("field", (DOCUMENT,), field.label, _facts(kind=_field(field)))
    for text in outline.prose:
        yield Entry("prose", (DOCUMENT,), text)


def _division(kind: str, division: read.Section, place: Place) -> Iterator[Entry]:
    facts = _facts(
        when=division.window,
        how_often=division.recurrence,
        prose="\n".join(division.prose),
        commands="\n\n".join(division.commands),
        fields=_fields(division.fields),
    )
    entry = Entry(kind, place, division.title, facts)
    yield entry
    for item in division.items:
        yield from _item("item", item, entry.path)
    for section in division.sections:
        yield from _division("section", section, entry.path)


def _item(kind: str, item: read.Item, place: Place) -> Iterator[Entry]:
    facts = _facts(
        when=item.window,
        how_often=item.recurrence,
        optional="yes" if item.optional else "",
        ticked="in the source" if item.checked else "",
        details="\n".join(item.details),
        commands="\n\n".join(item.commands),
        fields=_fields(item.fields),
    )
    entry = Entry(kind, place, f"{item.number} {item.text}".strip(), facts)
    yield entry
    for inner in item.items:
        yield from _item(kind, inner, entry.path)


def _criterion(criterion: read.Criterion) -> Iterator[Entry]:
    if criterion.kind == "rollback":
        yield Entry("trigger", (PROCEDURES,), criterion.text)
        return
    place = [CRITERIA, criterion.phase if criterion.phase != CRITERIA else "", criterion.section]
    yield from _item("criterion", criterion, tuple(title for title in place if title))


def _procedure(procedure: read.Procedure) -> Iterator[Entry]:
    facts = _facts(
        estimated_time=procedure.estimate,
        prose="\n".join(procedure.prose),
        commands="\n\n".join(procedure.commands),
    )
    entry = Entry("procedure", (PROCEDURES,), procedure.title, facts)
    yield entry
    for step in procedure.steps:
        yield Entry(
            "step",
            entry.path,
            step.text,
            _facts(details="\n".join(step.details), commands="\n\n".join(step.commands)),
        )


def _people(outline: read.Outline) -> Iterator[Entry]:
    for contact in outline.contacts:
        yield Entry(
            "contact",
            (PEOPLE,),
            contact.role,
            _facts(name=contact.name, phone=contact.phone, e_mail=contact.email, notes=contact.notes),
        )
    for level in outline.escalation:
        yield Entry(
            "escalation",
            (PEOPLE,),
            level.title,
            _facts(trigger=level.trigger, who=level.who, response=level.response, details="\n".join(level.details)),
        )


def _slot(slot: read.Slot) -> Facts:
    return _facts(
        scope=slot.scope,
        about=slot.place,
        meaning=slot.meaning,
        stage=str(slot.stage or ""),
        who=slot.who,
        how_many=str(slot.needed or ""),
        required="" if slot.required else "no",
        notes=slot.notes,
    )


def _facts(**named: str) -> Facts:
    """Those that say something, with names for people: `how_often` is "how often"."""
    return tuple((name.replace("_", " "), value) for name, value in named.items() if value)


def _fields(fields: list[read.Field]) -> str:
    return "\n".join(f"{field.label}: {_field(field)}" for field in fields)


def _field(field: read.Field) -> str:
    """`number, ms` or `choice: Green, Yellow, Red`."""
    if field.choices:
        return f"{field.kind}: {', '.join(field.choices)}"
    return f"{field.kind}, {field.unit}" if field.unit else field.kind
