"""What signers demand, and what becomes of it: each condition is an item of the plan for as long as its signature holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from checklists.act import Act
from checklists.planning.conditions import add_condition
from checklists.planning.items import retire_item
from signoffs.models import Condition, Signature

if TYPE_CHECKING:
    from golive_site.accounts.models import User


@dataclass(frozen=True)
class Demand:
    """A condition that a signer makes: what, by whom, by when."""

    text: str
    owner: User
    due: date


def demand(signature: Signature, act: Act, demands: Sequence[Demand]) -> None:
    """Write the conditions of a new signature, and make an item of each; part of the act of signing."""
    with translation.override(settings.LANGUAGE_CODE):
        reason = _("A condition of %(who)s: %(slot)s") % {"who": signature.who, "slot": signature.slot.title}
    for each in demands:
        item = add_condition(signature.slot.project, act, each.text, each.owner, each.due, reason=reason)
        Condition.objects.create(
            signature=signature, text=each.text, owner=each.owner, owner_name=str(each.owner), due=each.due, item=item
        )


def release(signatures: Iterable[Signature], act: Act) -> None:
    """Take out of the plan what nobody demands any more, because these are void now; what is done stays done."""
    with translation.override(settings.LANGUAGE_CODE):
        reason = _("The signature with this condition is void.")
    rows = Condition.objects.filter(signature__in=[each.pk for each in signatures])
    for condition in rows.exclude(item=None).select_related("item__project"):
        if condition.item and not condition.item.is_settled:
            retire_item(condition.item, act, reason=reason)
