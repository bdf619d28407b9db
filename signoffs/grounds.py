"""Readiness by area: every phase with why it is not green, and with what is still to be signed in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from checklists.models import Deviation, Project
from checklists.readiness import Area, areas
from checklists.rows import missed_items
from checklists.timetable import Timetable
from signoffs import rules
from signoffs.standing import Standing


@dataclass(frozen=True)
class Ground:
    """A phase with what is still to be signed in it."""

    area: Area
    unsigned: list[Standing]
    deviations: list[Deviation]

    @property
    def is_green(self) -> bool:
        return not (self.area.reasons or self.unsigned or self.deviations)


@dataclass(frozen=True)
class Grounds:
    """All phases, and what is told against the whole plan: signatures that are missing, grave deviations."""

    rows: list[Ground]
    unsigned: list[Standing]
    deviations: list[Deviation]

    @property
    def green(self) -> int:
        return sum(row.is_green for row in self.rows)


def grounds_of(project: Project, table: Iterable[Standing], now: datetime) -> Grounds:
    """In a fixed number of queries."""
    unsigned = [standing for standing in table if standing.state != rules.VALID]
    grave = [each for each in Deviation.objects.in_order(project) if each.is_grave]
    return Grounds(
        [
            Ground(
                area,
                [standing for standing in unsigned if standing.slot.phase_id == area.phase.pk],
                [each for each in grave if phase_of(each) == area.phase.pk],
            )
            for area in areas(Timetable.load(project, now), project, missed_items(project))
        ],
        [standing for standing in unsigned if standing.slot.phase_id is None],
        [each for each in grave if phase_of(each) is None],
    )


def phase_of(deviation: Deviation) -> int | None:
    """The phase in which it is; None for the whole plan."""
    around = deviation.item or deviation.section
    return around.phase_id if around else deviation.phase_id
