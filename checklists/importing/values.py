"""Small values that an outline is made of: when, how often, how much, and remarks about the reading."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Repair:
    """One change that the importer made to the text before it read it, shown to the user with before and after."""

    line: int
    kind: str  # encoding, mojibake, litter, line-break, indentation
    before: str
    after: str


@dataclass
class Guess:
    """What the importer inferred and nobody wrote; the preview asks about it. A correction of the line undoes it."""

    line: int
    kind: str  # indentation, bullet-as-item, heading-as-item, row-as-item, tick, phase, title, slot, blank, symbol
    text: str


@dataclass
class Remark:
    """Something in the checklist itself that its author may want to mend before the run."""

    line: int
    code: str
    text: str


@dataclass
class Placeholder:
    """Room that the author left for a fact: `[CUSTOMER]`, `TBD`, `____`, `{{name}}`.

    `name` says what goes there, `suggestion` what the author recommends, if anything.
    """

    text: str
    line: int
    style: str  # bracket, word, blank, braces
    name: str = ""
    suggestion: str = ""


@dataclass
class Offset:
    """When, in minutes from T-0; `end` is None where it is open. A time of day stands in `clock`, as "08:00"."""

    start: int | None = None
    end: int | None = None
    clock: str = ""
    clock_end: str = ""


@dataclass
class Round:
    """How often: every so many units, from and until so many minutes after T-0, at a time of day."""

    every: int
    unit: str  # minute, hour, day, week, month
    at: str = ""
    start: int | None = None
    until: int | None = None


@dataclass
class Threshold:
    """What a value is checked against; `words` are the source's."""

    operator: str  # <, <=, >, >=, =
    number: float
    unit: str = ""
    words: str = ""


@dataclass
class Duration:
    """How long something takes, in minutes, with the source's words; of a range, the longer time."""

    minutes: int
    words: str


@dataclass
class Condition:
    """The question that decides whether this is asked at all, and the answer that asks for it."""

    question: str
    answer: str
    line: int


@dataclass
class Milestone:
    """A line of the plan's timeline; its words stand in the prose too."""

    text: str
    line: int
    window: str
    offset: Offset | None = None
