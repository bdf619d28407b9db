"""An outline as a flat list: everything that it names, in reading order, with where it stands.

What is not its author's is said in the reader's language; the names of facts are keys (kinds.py says them).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from checklists.importing import outline as read
from checklists.models import Role
from checklists.models.field import FieldKind
from checklists.models.slot import Meaning

Place = tuple[str, ...]
Facts = tuple[tuple[str, str], ...]


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
    signoff = (_("Sign-off"),)
    return [
        *_document(outline),
        *(entry for phase in outline.phases for entry in _division("phase", phase, ())),
        *(entry for each in outline.criteria for entry in _criterion(each)),
        *(entry for each in outline.procedures for entry in _procedure(each)),
        *_people(outline),
        *(Entry(slot.kind, signoff, slot.title, _slot(slot)) for slot in outline.slots),
    ]


def _document(outline: read.Outline) -> Iterator[Entry]:
    document = (_("The document"),)
    yield Entry("title", document, outline.title)
    for key, value in outline.metadata.items():
        yield Entry("fact", document, key, _facts(value=value))
    for field in outline.fields:
        yield Entry("field", document, field.label, _facts(kind=_field(field)))
    for text in outline.prose:
        yield Entry("prose", document, text)


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
        optional=_("yes") if item.optional else "",
        team=item.team if item.for_team is None else item.for_team,
        ticked=_("in the source") if item.checked else "",
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
        yield Entry("trigger", (_("Procedures"),), criterion.text)
        return
    criteria = _("Success criteria")
    named = criterion.phase not in (criteria, "Success criteria")
    place = [criteria, criterion.phase if named else "", criterion.section]
    yield from _item("criterion", criterion, tuple(title for title in place if title))


def _procedure(procedure: read.Procedure) -> Iterator[Entry]:
    facts = _facts(
        estimated_time=procedure.estimate,
        prose="\n".join(procedure.prose),
        commands="\n\n".join(procedure.commands),
    )
    entry = Entry("procedure", (_("Procedures"),), procedure.title, facts)
    yield entry
    for step in procedure.steps:
        yield Entry(
            "step",
            entry.path,
            step.text,
            _facts(details="\n".join(step.details), commands="\n\n".join(step.commands)),
        )


def _people(outline: read.Outline) -> Iterator[Entry]:
    people = (_("Contacts and escalation"),)
    for contact in outline.contacts:
        yield Entry(
            "contact",
            people,
            contact.role,
            _facts(name=contact.name, phone=contact.phone, e_mail=contact.email, notes=contact.notes),
        )
    for level in outline.escalation:
        yield Entry(
            "escalation",
            people,
            level.title,
            _facts(trigger=level.trigger, who=level.who, response=level.response, details="\n".join(level.details)),
        )


def _slot(slot: read.Slot) -> Facts:
    return _facts(
        scope=slot.scope,
        about=slot.place,
        meaning=_label(Meaning, slot.meaning),
        stage=str(slot.stage or ""),
        who=_label(Role, slot.who),
        how_many=str(slot.needed or ""),
        required="" if slot.required else _("no"),
        notes=slot.notes,
    )


def _facts(**named: str) -> Facts:
    """Those that say something, by such a name as "how often"."""
    return tuple((name.replace("_", " "), value) for name, value in named.items() if value)


def _fields(fields: list[read.Field]) -> str:
    return "\n".join(f"{field.label}: {_field(field)}" for field in fields)


def _field(field: read.Field) -> str:
    """`Number, ms` or `Choice: Green, Yellow, Red`."""
    kind = _label(FieldKind, field.kind)
    if field.choices:
        return f"{kind}: {', '.join(field.choices)}"
    return f"{kind}, {field.unit}" if field.unit else kind


def _label(choices: type[TextChoices], value: str) -> str:
    """What one of our own words is called; an author's word as it is."""
    return str(choices(value).label) if value in choices.values else value
