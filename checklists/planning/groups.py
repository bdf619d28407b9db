"""Groups follow their parts also when parts come, go or become optional: done when all that they need is."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from checklists.act import Act
from checklists.importing.said import Said
from checklists.models import Action, Item
from checklists.models.item import STUCK, State


def parts_came(group: Item | None, act: Act, part: Item, *, is_new: bool) -> None:
    """The item got a part below it. `is_new`: it had none before and so becomes a group, which nobody holds."""
    if group is None:
        return
    group = _fresh(group)
    if is_new and group.owner:
        held_by, group.owner = group.owner, None
        if group.state == State.CLAIMED:
            group._enter(State.OPEN, act)
        group.save()
        group._record(act, Action.ITEM_RELEASED, held_by=str(held_by), who=held_by.pk)
    follow(group, act, part)


def follow(group: Item | None, act: Act, part: Item) -> None:
    """Complete or reopen the item, and those above it, by how their parts stand now."""
    while group is not None:
        group = _fresh(group)
        waiting = group.holding_parts().first()
        if group.is_settled and waiting:
            with translation.override(settings.LANGUAGE_CODE):
                reason = _("#%(number)s below it is open.") % {"number": waiting.number}
            group._reopen(act, reason)
            group.save()
        elif not group.is_settled and group.state not in STUCK and not waiting and group.children.exists():
            group._settle(State.DONE, act)
            group.save()
            group._record(
                act, Action.ITEM_COMPLETED, last_part=Said("with its last sub-item #%(item)s", item=str(part.number))
            )
        group = group.parent


def _fresh(item: Item) -> Item:
    return Item.with_retired.select_related("owner", "settled_by", "parent", "project").get(pk=item.pk)
