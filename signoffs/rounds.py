"""When a check that comes round was expected, and which of these times passed without a value."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise
from typing import Any

from checklists.schedule import DAY, HOUR, WEEK, moment

MINUTES = {"minute": 1, "hour": HOUR, "day": DAY, "week": WEEK}
# More than anybody counts on paper.
MOST = 500


@dataclass(frozen=True)
class Rounds:
    """The times at which a value was expected so far, and those of them at which none was read."""

    expected: Sequence[datetime]
    missed: Sequence[datetime]


def rounds_of(
    said: Mapping[str, Any] | None, go_live_at: datetime, zone: tzinfo, until: datetime, read: Sequence[datetime]
) -> Rounds | None:
    """What the plan says about how often, against the moments of the readings, oldest first, as of a moment.

    A round lasts until the next one begins, and one that goes on is not missed yet. None where the plan tells neither
    from when nor until when, and for months, which are too far apart for one report.
    """
    if not said or said["unit"] not in MINUTES or said["start"] is None or said["until"] is None:
        return None
    step = said["every"] * MINUTES[said["unit"]]
    offsets = range(said["start"], said["until"] + step, step)
    if not 1 < len(offsets) <= MOST:
        return None
    clock = said["at"] if step % DAY == 0 else ""
    begins = [moment(go_live_at, zone, offset, clock) for offset in offsets]
    past = [(begin, end) for begin, end in pairwise(begins) if end <= until]
    missed = [begin for begin, end in past if bisect_left(read, begin) == bisect_left(read, end)]
    return Rounds([begin for begin, _end in past], missed)
