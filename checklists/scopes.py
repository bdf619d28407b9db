"""Scopes: how much of a plan a slot or a closure is about, and which scope lies inside which. Pure but for loading.

A scope has a key, such as `("phase", 7)`. The path of a scope or of a row of the plan is its own key and those of
everything around it, innermost first. The whole plan is around everything but the conditions of signers, which stand apart:
no signature over the plan is about what signatures made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checklists.models import Project

Key = tuple[str, int]

PLAN: Key = ("plan", 0)
BEFORE: Key = ("before", 0)
CRITERIA: Key = ("criteria", 0)


@dataclass
class Places:
    """The tree of a plan by keys of rows: what stands directly around what."""

    before: set[int] = field(default_factory=set)
    criteria: set[int] = field(default_factory=set)
    apart: set[int] = field(default_factory=set)
    # By section: its phase, and the section around it. By item: phase, section, and the item above it.
    sections: dict[int, tuple[int, int | None]] = field(default_factory=dict)
    items: dict[int, tuple[int, int | None, int | None]] = field(default_factory=dict)

    @classmethod
    def load(cls, project: Project) -> Places:
        """The places of a plan, with those that are out of it: what is closed cannot be put back either."""
        return cls.load_all([project.pk])[project.pk]

    @classmethod
    def load_all(cls, projects: Iterable[int]) -> dict[int, Places]:
        """Those of many plans, by project, in a fixed number of queries."""
        from checklists.models import Item, Phase, Section  # they know of closures, which know of places

        found = {pk: cls() for pk in projects}
        for phase in Phase.with_retired.filter(project__in=found).only("project", "kind", "offset_start"):
            found[phase.project_id].add_phase(phase.pk, phase.is_before_launch, phase.kind)
        sections = Section.with_retired.filter(phase__project__in=found).order_by()
        for project, pk, phase_id, above in sections.values_list("phase__project", "pk", "phase", "parent"):
            found[project].sections[pk] = phase_id, above
        items = Item.with_retired.filter(project__in=found).order_by()
        for project, pk, phase_id, section_id, above in items.values_list(
            "project", "pk", "phase", "section", "parent"
        ):
            found[project].items[pk] = phase_id, section_id, above
        return found

    def add_phase(self, pk: int, is_before: bool, kind: str) -> None:
        if is_before:
            self.before.add(pk)
        if kind == "criteria":
            self.criteria.add(pk)
        if kind == "conditions":
            self.apart.add(pk)

    def path(self, key: Key) -> list[Key]:
        """The key and those of all scopes around it."""
        kind, pk = key
        if kind == "item" and pk in self.items:
            phase, section, parent = self.items[pk]
            return [
                key,
                *self.path(("item", parent) if parent else ("section", section) if section else ("phase", phase)),
            ]
        if kind == "section" and pk in self.sections:
            phase, above = self.sections[pk]
            return [key, *self.path(("section", above) if above else ("phase", phase))]
        if kind == "phase" and pk in self.apart:
            return [key]
        if kind == "phase":
            around = [BEFORE] if pk in self.before else [CRITERIA] if pk in self.criteria else []
            return [key, *around, PLAN]
        return [PLAN] if key == PLAN else [key, PLAN]

    def contains(self, outer: Key, inner: Key) -> bool:
        """Whether the one lies inside the other, or is the same."""
        return outer in self.path(inner)

    def overlapping(self, key: Key, others: Iterable[Key]) -> list[Key]:
        """Those of the others that have something in common with it: around it, inside it, or the same."""
        around = set(self.path(key))
        return [other for other in others if other in around or self.contains(key, other)]
