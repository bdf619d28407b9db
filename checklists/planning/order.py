"""The plan's items as a tree in their order, with those that are retired, to move things in it and write it back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.act import TransitionRefused
from checklists.models import Field, Item, Phase, Project, Section
from checklists.models.item import KINDS, ROOM, Kind
from checklists.models.phase import PhaseKind
from checklists.planning.places import Place

# What is nested deeper than this nobody reads; documents are not read deeper either.
DEEPEST = 8
COLUMNS = ("number", "position", "depth", "kind", "retired_at", "project_id", "phase_id", "section_id", "parent_id")
WRITTEN = ("position", "depth", "kind", "phase", "section", "parent")

Step = Literal["up", "down", "deeper", "higher"]
STEPS: tuple[Step, ...] = ("up", "down", "deeper", "higher")
# Whose parts stand together: the key of the item above, or those of phase and section.
Home = tuple[int | None, int, int | None]


def home_of(item: Item) -> Home:
    """Where an item stands: below another one, else directly in a section or phase."""
    return (item.parent_id, 0, None) if item.parent_id else (None, item.phase_id, item.section_id)


STAYS_APART = gettext_lazy("Conditions stay apart from what is signed. Nothing was changed.")


class Order:
    """Everything of one project, read under its lock."""

    def __init__(self, project: Project):
        self.project = project
        self.phases = list(Phase.with_retired.filter(project=project))
        self.sections: dict[int, list[Section]] = defaultdict(list)
        for section in Section.with_retired.filter(phase__project=project):
            self.sections[section.phase_id].append(section)
        self.items = {item.pk: item for item in Item.with_retired.filter(project=project).only(*COLUMNS)}
        self.parts: dict[Home, list[Item]] = defaultdict(list)
        for item in self.items.values():
            self.parts[home_of(item)].append(item)

    # -- Looking -----------------------------------------------------------------------------------------------------

    def homes(self) -> Iterator[Home]:
        """Phases and sections in the order in which they are read, without what is retired."""
        for phase in self.phases:
            if phase.retired_at:
                continue
            yield (None, phase.pk, None)
            for section in self.sections[phase.pk]:
                if not section.retired_at:
                    yield (None, phase.pk, section.pk)

    def below(self, item: Item) -> list[Item]:
        """The item and all that stands below it, in order."""
        return [item, *(inner for part in self.parts[item.pk, 0, None] for inner in self.below(part))]

    def walk(self) -> Iterator[Item]:
        """All items in the order of the plan."""
        for phase in self.phases:
            for section in (None, *self.sections[phase.pk]):
                for item in self.parts[None, phase.pk, section.pk if section else None]:
                    yield from self.below(item)

    def by_number(self, number: int) -> Item | None:
        return next((item for item in self.items.values() if item.number == number), None)

    def next_number(self) -> int:
        return max((item.number for item in self.items.values()), default=0) + 1

    def step(self, item: Item, step: Step) -> Place | None:
        """Where one step leads: among its neighbours, into the one before it, out of the one above, or over the edge of
        its section into the next. None where there is nowhere to go."""
        item = self.items[item.pk]
        home = home_of(item)
        here = [each for each in self.parts[home] if not each.retired_at]
        at = here.index(item)
        match step:
            case "up" if at > 0:
                return Place.of("before", here[at - 1])
            case "down" if at + 1 < len(here):
                return Place.of("after", here[at + 1])
            case "deeper":
                return Place.of("last", here[at - 1]) if at > 0 else None
            case "higher":
                return Place.of("after", self.items[item.parent_id]) if item.parent_id else None
        if item.parent_id:
            return None
        homes = list(self.homes())
        beyond = homes.index(home) + (1 if step == "down" else -1)
        if not 0 <= beyond < len(homes):
            return None
        _above, phase, section = homes[beyond]
        what, key = ("section", section) if section else ("phase", phase)
        return Place("first" if step == "down" else "last", what, key)  # type: ignore[arg-type]

    # -- Changing ----------------------------------------------------------------------------------------------------

    def put(self, rows: list[Item], place: Place) -> None:
        """Put rows and all below them at a place, and write where everything stands now. New rows have no key yet."""
        parent, phase, section, at = self._spot(place, rows)
        self._guard_apart(phase, rows)
        known = [row for row in rows if row.pk]
        moving = [inner for row in known for inner in self.below(row)]
        if parent and parent in moving:
            raise TransitionRefused(_("An item cannot stand below itself. Nothing was changed."))
        deepest = max((inner.depth - row.depth for row in known for inner in self.below(row)), default=0)
        if (parent.depth + 1 if parent else 0) + deepest > DEEPEST:
            raise TransitionRefused(_("That is nested too deep for anybody to read. Nothing was changed."))
        home: Home = (parent.pk, 0, None) if parent else (None, phase.pk, section.pk if section else None)
        for row in known:
            old = self.parts[home_of(row)]
            at -= old is self.parts[home] and old.index(row) < at
            old.remove(row)
        self.parts[home][at:at] = rows
        for row in rows:
            row.parent, row.phase, row.section = parent, phase, section
            row.depth = parent.depth + 1 if parent else 0
            row.kind = KINDS[PhaseKind(phase.kind)]
            if not row.pk:
                row.save()
                self.items[row.pk] = row
        moved = [inner for row in rows for inner in self.below(row)]
        for inner in moved:
            if inner in rows:
                continue
            above = self.items[inner.parent_id]  # type: ignore[index]
            inner.phase, inner.section, inner.kind, inner.depth = phase, section, above.kind, above.depth + 1
        self._space(moved)
        Field.with_retired.filter(item__in=moved).update(phase=phase, section=section)

    def _guard_apart(self, phase: Phase, rows: list[Item]) -> None:
        """What is signed is not put among conditions, where no signature is about it, nor the other way round."""
        apart = phase.kind == PhaseKind.CONDITIONS
        if any(row.pk and (row.kind == Kind.CONDITION) != apart for row in rows):
            raise TransitionRefused(STAYS_APART)

    def _spot(self, place: Place, rows: list[Item]) -> tuple[Item | None, Phase, Section | None, int]:
        """The item, phase and section that the place is in, and the index among what stands there."""
        if place.what == "item":
            anchor = self.by_number(place.key)
            if anchor is None or anchor.retired_at:
                raise TransitionRefused(_("The place where it should go is no longer there. Nothing was changed."))
            phase = next(each for each in self.phases if each.pk == anchor.phase_id)
            section = next((each for each in self.sections[phase.pk] if each.pk == anchor.section_id), None)
            if place.how in ("before", "after"):
                if anchor in rows:
                    raise TransitionRefused(_("An item cannot stand next to itself. Nothing was changed."))
                parent = self.items[anchor.parent_id] if anchor.parent_id else None
                at = self.parts[home_of(anchor)].index(anchor)
                return parent, phase, section, at + (place.how == "after")
            parts = self.parts[anchor.pk, 0, None]
            return anchor, phase, section, 0 if place.how == "first" else len(parts)
        for home in self.homes():
            _above, phase_id, section_id = home
            if place.key == (section_id if place.what == "section" else phase_id if not section_id else None):
                phase = next(each for each in self.phases if each.pk == phase_id)
                section = next((each for each in self.sections[phase_id] if each.pk == section_id), None)
                return None, phase, section, 0 if place.how == "first" else len(self.parts[home])
        raise TransitionRefused(_("The place where it should go is no longer there. Nothing was changed."))

    def _space(self, moved: list[Item]) -> None:
        """Give what was moved positions between its neighbours, or all items new ones where there is no room."""
        order = list(self.walk())
        first = order.index(moved[0])
        left = order[first - 1].position if first else 0
        end = first + len(moved)
        right = order[end].position if end < len(order) else left + ROOM * (len(moved) + 1)
        gap = (right - left) // (len(moved) + 1)
        if gap < 1:
            return self.renumber(moved)
        for index, item in enumerate(moved, start=1):
            item.position = left + gap * index
        Item.with_retired.bulk_update(moved, WRITTEN, batch_size=200)
        return None

    def renumber(self, also: list[Item] | None = None) -> None:
        """Give every item a position by where it stands; written are those that change, and those that are named."""
        changed = {item.pk: item for item in also or []}
        for index, item in enumerate(self.walk(), start=1):
            if item.position != index * ROOM:
                item.position = index * ROOM
                changed[item.pk] = item
        Item.with_retired.bulk_update(changed.values(), WRITTEN, batch_size=200)
