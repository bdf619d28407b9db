"""A project's timetable as of a moment: when each item is due, which are late, and which are due soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, fields
from datetime import date, datetime, tzinfo

from django.utils.translation import gettext as _

from checklists import schedule
from checklists.models import Item, Phase, Project, Section
from checklists.models.item import SETTLED
from checklists.schedule import Span, Timed, Window


@dataclass(slots=True)
class Brief:
    """As much of an item as numbers and due times need: every page of a plan asks for those of all its items."""

    pk: int
    project_id: int
    number: int
    state: str
    optional: bool
    team: str
    owner_id: int | None
    settled_at: datetime | None
    phase_id: int
    section_id: int | None
    parent_id: int | None
    offset_start: int | None
    offset_end: int | None
    due_on: date | None
    clock: str
    round: dict | None

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED


ItemOrBrief = Item | Brief
COLUMNS = tuple(column.name for column in fields(Brief))


class Timetable:
    """Due times follow from T-0 whenever they are asked for; none is stored, so none can be left behind."""

    def __init__(
        self,
        project: Project,
        phases: Iterable[Phase],
        sections: Iterable[Section],
        items: Iterable[ItemOrBrief],
        now: datetime,
    ):
        self.go_live_at: datetime = project.go_live_at
        self.zone: tzinfo = project.tzinfo
        self.now = now
        self.phases = {phase.pk: phase for phase in phases}
        self.sections = {section.pk: section for section in sections}
        self.items: dict[int, ItemOrBrief] = {item.pk: item for item in items}
        self._spans: dict[int, Span | None] = {}
        self._windows: dict[Span, Window | None] = {}

    @classmethod
    def load(cls, project: Project, now: datetime) -> Timetable:
        """From the database, in three queries."""
        sections = Section.objects.filter(phase__project=project)
        briefs = [Brief(*row) for row in project.items.values_list(*COLUMNS)]
        return cls(project, project.phases.select_related("opened_by"), sections, briefs, now)

    def moved(self, go_live_at: datetime, zone: tzinfo) -> Timetable:
        """The same plan around another T-0, for looking ahead."""
        other = copy(self)
        other.go_live_at, other.zone, other._windows = go_live_at, zone, {}
        return other

    def of_item(self, item: ItemOrBrief) -> Window | None:
        """The item's window: its own, or that of the item, the section or the phase around it."""
        if item.due_on:
            return schedule.window_of_day(item.due_on, self.go_live_at, self.zone)
        if item.pk not in self._spans:
            self._spans[item.pk] = schedule.span_of(self._around(item))
        return self._window(self._spans[item.pk])

    def of_phase(self, phase: Phase) -> Window | None:
        return self._window(schedule.span_of([phase]))

    def of_section(self, section: Section) -> Window | None:
        return self._window(schedule.span_of(self._outwards(section, section.phase_id)))

    def span_of(self, phase: Phase) -> Window | None:
        """From the first to the last moment of anything in the phase."""
        own = [self.of_phase(phase), *(self.of_item(item) for item in self.items.values() if item.phase_id == phase.pk)]
        windows = [window for window in own if window]
        if not windows:
            return None
        last = max(windows, key=lambda window: window.due)
        return Window(min(window.start for window in windows), last.due, last.offset)

    def words_of(self, division: Phase | Section) -> str:
        """When a phase or section is, in local time; empty where itself it does not say."""
        if division.offset_start is None:
            return ""
        window = self.of_phase(division) if isinstance(division, Phase) else self.of_section(division)
        return schedule.stretch(window, self.zone) if window else ""

    def is_late(self, item: ItemOrBrief) -> bool:
        """Whether it should be settled by now and is not."""
        window = None if item.is_settled else self.of_item(item)
        return window is not None and window.is_late(self.now)

    def is_soon(self, item: ItemOrBrief) -> bool:
        """Whether it is to be settled within the next two hours."""
        window = None if item.is_settled else self.of_item(item)
        return window is not None and window.is_soon(self.now)

    @property
    def late(self) -> list[ItemOrBrief]:
        return [item for item in self.items.values() if self.is_late(item)]

    @property
    def soon(self) -> list[ItemOrBrief]:
        return [item for item in self.items.values() if self.is_soon(item)]

    def due_words(self, item: ItemOrBrief) -> tuple[str, str]:
        """An item's due column, and its tone: `late 1 h 48` and late, `in 25 min` and warn, `7 Feb, 08:00` and none."""
        window = self.of_item(item)
        if window is None:
            return "", ""
        if window.is_late(self.now):
            return _("late %(length)s") % {"length": schedule.length_words(self.now - window.due)}, "late"
        if window.is_soon(self.now):
            return _("in %(length)s") % {"length": schedule.length_words(window.due - self.now)}, "warn"
        return schedule.clock(window.due, self.zone), ""

    def due_sentence(self, item: ItemOrBrief) -> str:
        """When the item is or was due, and how late it is or was done: `7 Feb 2027, 08:00 EET (T−0), done 12 min late`."""
        window = self.of_item(item)
        if window is None:
            return ""
        told = f"{schedule.words(window.due, self.zone)} ({schedule.offset_words(window.offset)})"
        if item.settled_at:
            late = item.settled_at - window.due
            if item.settled_at <= window.due:
                return told
            return _("%(when)s, settled %(length)s late") % {"when": told, "length": schedule.length_words(late)}
        state, tone = self.due_words(item)
        return f"{told}, {state}" if tone else told

    def _window(self, span: Span | None) -> Window | None:
        """The span's window; items share few spans, so each is worked out once."""
        if span is None:
            return None
        if span not in self._windows:
            self._windows[span] = schedule.window_of(span, self.go_live_at, self.zone)
        return self._windows[span]

    def _around(self, item: ItemOrBrief) -> Iterator[Timed]:
        """The item and all that it stands in, outwards."""
        above: ItemOrBrief | None = item
        while above is not None:
            yield above
            above = self.items.get(above.parent_id) if above.parent_id else None
        yield from self._outwards(self.sections.get(item.section_id) if item.section_id else None, item.phase_id)

    def _outwards(self, section: Section | None, phase_id: int) -> Iterator[Timed]:
        while section is not None:
            yield section
            section = self.sections.get(section.parent_id) if section.parent_id else None
        yield self.phases[phase_id]
