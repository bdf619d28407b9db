"""A blank of the plan with everything that was entered there: one value and its corrections, or a value read again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from checklists.models import Field, Reading
from checklists.models.field import FieldKind
from checklists.models.timing import Timing
from checklists.verdicts import MISSED, limit_in, number_of
from signoffs.chart import Chart, Point, chart_of
from signoffs.rounds import Rounds, rounds_of

# From how many values on a blank tells a course and not a correction.
SERIES = 3


@dataclass
class Blank:
    """A field with what was entered: the value that holds, and those before it."""

    field: Field
    readings: list[Reading]
    at: datetime
    # What around it says that it comes round, and how often.
    recurs: Timing | None = None

    @property
    def latest(self) -> Reading | None:
        return self.readings[-1] if self.readings else None

    @property
    def verdict(self) -> str:
        """Whether the value that holds keeps its limit; see verdicts.py."""
        return self.field.verdict(self.latest.value) if self.latest else ""

    @property
    def earlier(self) -> list[Reading]:
        return self.readings[:-1]

    @property
    def is_series(self) -> bool:
        """Whether it was read again and again, rather than corrected: then all its values count, not only the last."""
        return len(self.readings) >= (2 if self.recurs else SERIES)

    @property
    def judged(self) -> list[tuple[Reading, str]]:
        """Every value with its verdict, oldest first."""
        return [(reading, self.field.verdict(reading.value)) for reading in self.readings]

    @property
    def chart(self) -> Chart | None:
        """The course of its numbers over time; None where it was read too seldom or for something else than numbers."""
        points = [
            Point(reading.at, number, found == MISSED)
            for reading, found in self.judged
            if (number := number_of(reading.value)) is not None
        ]
        is_number = self.field.kind == FieldKind.NUMBER or len(points) == len(self.readings)
        if not self.is_series or not is_number:
            return None
        return chart_of(points, self.field.project.tzinfo, limit_in(self.field.unit, self.field.limit))

    @cached_property
    def rounds(self) -> Rounds | None:
        """When it was expected so far, and when nobody came; None where nothing tells."""
        if not self.recurs:
            return None
        project, read = self.field.project, sorted(reading.at for reading in self.readings)
        return rounds_of(self.recurs.round, project.go_live_at, project.tzinfo, self.at, read)

    @property
    def is_unread(self) -> bool:
        """Whether it was expected at a time at which nobody read it."""
        return bool(self.rounds and self.rounds.missed)
