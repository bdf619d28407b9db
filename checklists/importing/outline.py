"""What the importer understood: a tree of plain dataclasses and an account of every source line.

Line numbers count from 1 in the decoded source text. Nothing here knows Django; `as_json` on `Outline` is the command line
contract of `manage.py import_checklist --dry-run --json`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Repair:
    """One change that the importer made to the text before it read it, shown to the user with before and after."""

    line: int
    kind: str  # encoding, mojibake, litter, line-break, indentation
    before: str
    after: str


@dataclass
class Field:
    """A blank of the source (`count: ___`, `[ ] Yes [ ] No`) that somebody fills in during the run."""

    label: str
    kind: str = "text"  # text, long, number, date, datetime, yesno, choice
    unit: str = ""
    choices: list[str] = field(default_factory=list)
    line: int = 0


@dataclass
class Item:
    """A line that somebody ticks; `checked` says that the source had it ticked already."""

    text: str
    line: int
    checked: bool = False
    optional: bool = False
    recurrence: str = ""
    details: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


@dataclass
class Section:
    """A heading inside a phase, as deep as the source nests them."""

    title: str
    line: int
    recurrence: str = ""
    prose: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    fields: list[Field] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)


@dataclass
class Phase(Section):
    """A top division of the plan; `window` keeps the source's words for when it happens ("T-3 days"), empty if none."""

    window: str = ""


@dataclass
class Contact:
    role: str
    name: str = ""
    phone: str = ""
    email: str = ""
    emergency: bool = False
    notes: str = ""
    line: int = 0


@dataclass
class EscalationLevel:
    title: str
    trigger: str = ""
    who: str = ""
    response: str = ""
    details: list[str] = field(default_factory=list)
    line: int = 0


@dataclass
class Step:
    text: str
    line: int
    details: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


@dataclass
class Procedure:
    """What to do when it goes wrong: rollback, incident or other. Never ticked before somebody declares it."""

    title: str
    line: int
    kind: str = "rollback"  # rollback, incident, other
    prose: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    estimate: str = ""


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
    meaning: str = "approved"  # approved, performed, verified, reviewed
    scope: str = ""  # title of the phase that it signs, empty for the whole plan
    filled: str = ""  # what the source had in the blank, to be confirmed by a person
    notes: str = ""


@dataclass
class LineAccount:
    """Where one source line went. `to` is a path into the JSON object, such as `phases/0/sections/1/items/2`."""

    line: int
    kind: str
    to: str = ""


@dataclass
class Outline:
    title: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    phases: list[Phase] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    escalation: list[EscalationLevel] = field(default_factory=list)
    procedures: list[Procedure] = field(default_factory=list)
    criteria: list[Criterion] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)
    lines: list[LineAccount] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
