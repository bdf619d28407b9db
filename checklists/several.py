"""One act on several items: each by its own verb, all in one transaction; what is refused is told, the rest is done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklists.act import Act, TransitionRefused
from checklists.models import Item, Project
from checklists.planning.items import give_to_team


@dataclass
class Outcome:
    """How it went: what was done, and what was not, each with the sentence that says why."""

    done: list[Item] = field(default_factory=list)
    refused: list[tuple[Item, str]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """One sentence for the user."""
        done = len(self.done)
        said = ngettext("%(number)s item changed.", "%(number)s items changed.", done) % {"number": done}
        if not self.refused:
            return said
        item, why = self.refused[0]
        told = {"number": len(self.refused), "item": item.number, "why": why}
        return said + " " + _("%(number)s not, the first of them #%(item)s: %(why)s") % told


def each_of(project: Project, act: Act, numbers: Iterable[int], verb: Callable[[Item], None]) -> Outcome:
    """Do the verb to these items, parts before their groups, so that a group whose parts are settled follows."""
    outcome = Outcome()
    with project.locked(act):
        for item in project.items.filter(number__in=numbers).select_related("project").order_by("-depth", "position"):
            try:
                verb(item)
            except TransitionRefused as refusal:
                outcome.refused.append((item, str(refusal)))
            else:
                outcome.done.append(item)
    return outcome


VERBS: dict[str, Callable[..., None]] = {
    "claim": Item.claim,
    "complete": Item.complete,
    "exemption": Item.set_aside,
    "handover": Item.hand_over,
    "team": give_to_team,
}


def act_named(name: str, act: Act, **given) -> Callable[[Item], None]:
    """The verb of an item by the name that the form gives it."""
    return lambda item: VERBS[name](item, act, **given)
