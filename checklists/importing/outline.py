"""What the importer understood: a tree of plain dataclasses and an account of every source line.

Line numbers count from 1 in the decoded source text. Nothing here knows Django; `as_json` on `Outline` is the
command line contract of `manage.py import_checklist --dry-run --json`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .values import Condition, Duration, Guess, Milestone, Offset, Placeholder, Remark, Repair, Round, Threshold

# How long the name of a team may be.
TEAM_LENGTH = 60
# How a slot's `who` begins that is for whoever is of a team.
OF_TEAM = "team "


@dataclass
class Field:
    """A blank of the source (`count: ___`, `[ ] Yes [ ] No`) that somebody fills in during the run."""

    label: str
    kind: str = "text"  # text, long, number, date, datetime, yesno, choice, colour
    unit: str = ""
    choices: list[str] = field(default_factory=list)
    line: int = 0
    threshold: Threshold | None = None
    condition: Condition | None = None


@dataclass
class Item:
    """A line that somebody ticks; `checked` says that the source had it ticked already.

    `number` is the author's own ("3."), `window` the words for when ("T-15 minutes"); `languages` names the language of
    each command, in the same order. `expects`, `takes` (minutes) and `for_team` say what a plan tells beside the words; None
    where the words say it.
    """

    text: str
    line: int
    checked: bool = False
    optional: bool = False
    recurrence: str = ""
    window: str = ""
    number: str = ""
    details: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    offset: Offset | None = None
    round: Round | None = None
    condition: Condition | None = None
    threshold: Threshold | None = None
    targets: list[Threshold] = field(default_factory=list)  # what its details ask for
    expected: str = ""
    duration: Duration | None = None
    team: str = ""
    expects: str | None = None
    takes: int | None = None
    for_team: str | None = None
    run: list[str] = field(default_factory=list)  # what an exported plan tells of its run; no part of the plan


@dataclass
class Section:
    """A heading inside a phase, as deep as the source nests them."""

    title: str
    line: int
    recurrence: str = ""
    window: str = ""
    prose: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    offset: Offset | None = None
    round: Round | None = None
    duration: Duration | None = None
    run: list[str] = field(default_factory=list)


@dataclass
class Phase(Section):
    """A top division of the plan; `window` keeps the source's words for when it happens ("T-3 days"), empty if none.

    A phase gives the bracketed words of its heading to `window` alone; deeper sections keep them in the title too.
    """


@dataclass
class Contact:
    """Somebody to call. `labels` keeps the author's own names of our columns, `group` the headings above it."""

    role: str
    name: str = ""
    phone: str = ""
    email: str = ""
    emergency: bool = False
    notes: str = ""
    line: int = 0
    group: str = ""
    labels: dict[str, str] = field(default_factory=dict)


@dataclass
class EscalationLevel:
    """Whom to call next, after which trigger, and how soon they answer."""

    title: str
    trigger: str = ""
    who: str = ""
    response: str = ""
    details: list[str] = field(default_factory=list)
    line: int = 0
    group: str = ""
    labels: dict[str, str] = field(default_factory=dict)


@dataclass
class Step:
    """One act of a procedure, with the author's number."""

    text: str
    line: int
    number: str = ""
    details: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)


@dataclass
class Procedure:
    """What to do when it goes wrong: rollback, incident or other. Never ticked before somebody declares it."""

    title: str
    line: int
    kind: str = "rollback"  # rollback, incident, other
    prose: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    estimate: str = ""
    group: str = ""
    duration: Duration | None = None  # the estimate, where it has a number


@dataclass
class Criterion(Item):
    """What must hold: for success (ticked before sign-off) or for rollback (a tripwire, not ticked)."""

    kind: str = "success"  # success, rollback
    phase: str = ""  # title of the division that it stands in
    section: str = ""


@dataclass
class Slot:
    """Somebody must sign here (`kind` signature) or answer go or no-go (`kind` vote). Never imported as signed."""

    title: str
    line: int
    kind: str = "signature"
    meaning: str = "approved"  # approved, performed, verified, reviewed, acknowledged
    scope: str = ""  # title of the phase that it signs, empty for the whole plan
    filled: str = ""  # what the source had in the blank, to be confirmed by a person
    notes: str = ""
    group: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    # What only an exported plan tells; empty and nought leave it to whoever writes the rows.
    about: str = ""  # plan, before, criteria, phase, section, item
    place: str = ""  # title of the section, text of the item
    stage: int = 0
    who: str = ""  # a role of the project; external: somebody without an account
    needed: int = 0
    required: bool = True


@dataclass
class LineAccount:
    """Where one source line went. `to` is a path into the JSON object, such as `phases/0/sections/1/items/2`."""

    line: int
    kind: str
    to: str = ""


@dataclass
class Outline:
    """The whole document. `fields` are blanks of the plan itself, such as the deployment date above the signatures.

    `warnings` are about the reading, in plain sentences; `lint` is about the checklist.
    """

    title: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    phases: list[Phase] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    escalation: list[EscalationLevel] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    lines: list[LineAccount] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)  # the author's head of a table of metadata
    milestones: list[Milestone] = field(default_factory=list)
    placeholders: list[Placeholder] = field(default_factory=list)
    guesses: list[Guess] = field(default_factory=list)
    lint: list[Remark] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind, however deep they stand."""
        sections = [inner for phase in self.phases for inner in sections_of(phase)]
        places: list[Section] = [*self.phases, *sections]
        items = [item for place in places for top in place.items for item in items_of(top)]
        tickable: list[Item] = [*items, *(item for top in self.criteria for item in items_of(top))]
        steps = [step for procedure in self.procedures for step in procedure.steps]
        detailed: list[Item | Step | EscalationLevel] = [*tickable, *steps, *self.escalation]
        commanded: list[Item | Step | Section | Procedure] = [*tickable, *steps, *places, *self.procedures]
        fielded: list[Item | Section | Outline] = [*tickable, *places, self]
        recurring: list[Item | Section] = [*items, *places]
        return {
            "phases": len(self.phases),
            "sections": len(sections),
            "items": len(items),
            "details": sum(len(owner.details) for owner in detailed),
            "commands": sum(len(owner.commands) for owner in commanded),
            "fields": sum(len(owner.fields) for owner in fielded),
            "contacts": len(self.contacts),
            "escalation_levels": len(self.escalation),
            "procedures": len(self.procedures),
            "steps": len(steps),
            "criteria": len(self.criteria),
            "slots": len(self.slots),
            "rounds": sum(1 for owner in recurring if owner.recurrence),
        }

    def as_json(self) -> dict[str, Any]:
        """The object of `import_checklist --dry-run --json`."""
        plain = asdict(self)
        return {"title": plain.pop("title"), "metadata": plain.pop("metadata"), "counts": self.counts, **plain}


def sections_of(place: Section) -> list[Section]:
    """The sections below a phase or section, in reading order."""
    return [found for inner in place.sections for found in (inner, *sections_of(inner))]


def places_of(outline: Outline) -> list[Section]:
    """The phases and sections of the plan, in reading order."""
    return [place for phase in outline.phases for place in (phase, *sections_of(phase))]


def items_of(item: Item) -> list[Item]:
    """An item and those below it, in reading order."""
    return [item, *(found for child in item.items for found in items_of(child))]


def fields_of(outline: Outline) -> list[Field]:
    """Every blank: of the plan itself, of its phases and sections, and of its items."""
    places = places_of(outline)
    tops: list[Item] = [*outline.criteria, *(item for place in places for item in place.items)]
    items = [item for top in tops for item in items_of(top)]
    owners: list[Item | Section] = [*places, *items]
    return [*outline.fields, *(found for owner in owners for found in owner.fields)]
