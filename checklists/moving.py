"""What moving T-0 would shift: looked at before it is done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from django.utils.translation import gettext as _

from checklists import schedule
from checklists.models import Item, Phase, Project
from checklists.timetable import Timetable

# How many items that become late are named.
NAMED = 8


@dataclass(frozen=True)
class PhaseShift:
    """A phase's window before and after, in local time, and how many of its items are still to be done."""

    phase: Phase
    before: str
    after: str
    to_do: int
    total: int


@dataclass(frozen=True)
class Shift:
    """Everything that follows from another T-0: `by` how much it moves, and what then is late that is not late now."""

    by: timedelta
    phases: list[PhaseShift]
    late: list[Item]
    late_count: int
    no_longer_late: int
    holders: list[tuple[str, int]]
    undated: int

    @property
    def unnamed(self) -> int:
        """How many more become late than are named."""
        return self.late_count - len(self.late)

    @property
    def words(self) -> str:
        """`2 d later`, `3 h 30 earlier`; empty where only the zone changes."""
        if not self.by:
            return ""
        told = _("%(length)s later") if self.by > timedelta() else _("%(length)s earlier")
        return told % {"length": schedule.length_words(abs(self.by))}


def shift_of(project: Project, now: datetime, go_live_at: datetime, zone: tzinfo) -> Shift:
    """What a T-0 at another moment, on the clocks of a zone, would change; in a fixed number of queries."""
    before = Timetable.load(project, now)
    after = before.moved(go_live_at, zone)
    was_late, is_late = ({item.pk for item in table.late} for table in (before, after))
    newly = is_late - was_late
    held = project.items.open().exclude(owner=None).select_related("owner")
    return Shift(
        by=go_live_at - project.go_live_at,
        phases=[_phase_shift(phase, before, after) for phase in before.phases.values()],
        late=list(project.items.filter(pk__in=newly).select_related("project")[:NAMED]),
        late_count=len(newly),
        no_longer_late=len(was_late - is_late),
        holders=sorted(Counter(str(item.owner) for item in held).items()),
        undated=sum(before.of_item(item) is None for item in before.items.values()),
    )


def _phase_shift(phase: Phase, before: Timetable, after: Timetable) -> PhaseShift:
    items = [item for item in before.items.values() if item.phase_id == phase.pk]
    windows = [(table.span_of(phase), table.zone) for table in (before, after)]
    dated = [(window, zone) for window, zone in windows if window]
    # Over a turn of the year a day and a month alone could be either year's.
    with_year = (
        len({moment.astimezone(zone).year for window, zone in dated for moment in (window.start, window.due)}) > 1
    )
    old, new = (schedule.stretch(window, zone, with_year=with_year) if window else "" for window, zone in windows)
    return PhaseShift(phase, old, new, sum(not item.is_settled for item in items), len(items))
