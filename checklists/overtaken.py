"""Forms that stay open while others work: by what a page sees that its form is overtaken, and who was faster."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from checklists import schedule
from checklists.models import Action, Deviation, Item, JournalEntry, Project

# What makes the form of an item another one: its words, and whether they can be changed at all.
OF_ITEM = (
    *(Action.ITEM_AMENDED, Action.ITEM_COMPLETED, Action.ITEM_SET_ASIDE, Action.ITEM_REOPENED, Action.ITEM_UNDONE),
    *(Action.ITEM_RETIRED, Action.ITEM_RESTORED),
)


def followed(project: Project, entry: JournalEntry | None, *marks: object) -> dict[str, str]:
    """What a form tells overtaken.js: a mark that is another one once the form would be, and who made the last change."""
    return {"mark": " ".join(map(str, marks)), "latest": told(entry, project) if entry else ""}


def told(entry: JournalEntry, project: Project) -> str:
    """Who did what and when, on the project's clock."""
    facts = {"who": entry.actor_name, "did": entry.sentence, "when": schedule.words(entry.at, project.tzinfo)}
    return _("%(who)s %(did)s, %(when)s.") % facts


def of_item(item: Item, seen: str) -> dict[str, str]:
    """Of the form in which the plan's words about an item are changed."""
    entry = item.project.journal.filter(item=item, action__in=OF_ITEM).last()
    return followed(item.project, entry, seen, item.is_settled, bool(item.retired_at))


def of_row(project: Project, row: Any, seen: str, *actions: Action, item: Item | None = None) -> dict[str, str]:
    """Of the form of a phase, a section, a blank, or a row of contacts or procedures, which the journal names."""
    entry = project.journal.filter(action__in=actions, item=item, subject=str(row)).last()
    return followed(project, entry, seen, bool(row.retired_at))


def of_deviation(deviation: Deviation) -> dict[str, str]:
    """Of the form of a deviation."""
    entries = deviation.project.journal.filter(action=Action.DEVIATION_CHANGED, item=deviation.item).order_by("-seq")
    entry = next((each for each in entries if each.facts["deviation"] == deviation.number), None)
    return followed(deviation.project, entry, deviation.version)
