"""What signers demand: an item with an owner and a day, apart from everything that is signed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from checklists.act import Act
from checklists.models import Item, Phase, Project
from checklists.models.phase import PhaseKind
from checklists.planning.divisions import add_phase
from checklists.planning.items import add_item
from checklists.planning.places import Place

if TYPE_CHECKING:
    from golive_site.accounts.models import User


def add_condition(project: Project, act: Act, text: str, owner: User, due: date, *, reason: str) -> Item:
    """A new item among the conditions, which are begun with the first: given to its owner, due with the day."""
    with project.locked(act):
        place = Place.of("last", _conditions_of(project, act, reason))
        item = add_item(project, act, text, place, reason=reason, as_written=True)
        item.due_on = due
        item.save(update_fields=["due_on"])
        item.hand_over(act, owner, for_others=True)
        return item


def _conditions_of(project: Project, act: Act, reason: str) -> Phase:
    found = project.phases.filter(kind=PhaseKind.CONDITIONS).first()
    if found:
        return found
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Conditions of go-live")
    return add_phase(project, act, title, reason=reason, kind=PhaseKind.CONDITIONS)
