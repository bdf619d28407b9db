"""How the plan itself was changed, for the report: what was agreed on when, what changed since and why, what went."""

from __future__ import annotations

from dataclasses import dataclass

from checklists.models import Action, Amendment, Item, JournalEntry, Project

# Of the plan, but no change of it.
OTHERS = (Action.PLAN_BASELINED, Action.PLAN_DOWNLOADED)


@dataclass
class PlanChange:
    """One change of the plan: its entry of the journal, and word by word what differs where an item was reworded."""

    entry: JournalEntry
    differences: list[tuple[str, str, str]]


@dataclass
class PlanHistory:
    """`changes` are those since the baseline; before it, a plan is only being written."""

    baseline: JournalEntry | None
    changes: list[PlanChange]
    retired: list[Item]


def plan_history_of(project: Project, journal: list[JournalEntry]) -> PlanHistory:
    """From the journal that the report is about, and from what the plan no longer holds; in a fixed number of queries."""
    baseline = next((entry for entry in journal if entry.action == Action.PLAN_BASELINED), None)
    entries = [entry for entry in journal if baseline and entry.seq > baseline.seq and is_change(entry)]
    amendments = Amendment.objects.filter(item__project=project)
    amended = {amendment.entry_id: amendment.differences for amendment in amendments}
    retired = Item.with_retired.filter(project=project).exclude(retired_at=None).select_related("retired_by")
    return PlanHistory(baseline, [PlanChange(entry, amended.get(entry.pk, [])) for entry in entries], list(retired))


def is_change(entry: JournalEntry) -> bool:
    of_plan = entry.action.startswith("plan.") and entry.action not in OTHERS
    return of_plan or entry.action == Action.ITEM_AMENDED
