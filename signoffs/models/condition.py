"""A condition: what somebody has to do so that an approval stays what it was meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import Action, Item, JournalEntry, Project
from checklists.models.item import State
from signoffs.models.signature import Signature


class ConditionManager(models.Manager["Condition"]):
    def open(self, project: Project) -> models.QuerySet[Condition]:
        """Those of signatures that hold, and that nobody has met yet; the earliest day first."""
        live = self.filter(signature__slot__project=project, signature__voided_at=None, met_at=None)
        unmet = live.exclude(item__state=State.DONE, item__isnull=False)
        return unmet.select_related("signature__slot__project", "item__project").order_by("due", "pk")


class Condition(models.Model):
    """One condition of a signature, with its owner and the day by which it must be met. Conditions are not rewritten.

    `item` is the item of the plan that was made of it: who completes that meets the condition. Those from before there
    were such items have none, and somebody says that they are met.
    """

    signature = models.ForeignKey(Signature, on_delete=models.PROTECT, related_name="conditions")
    text = models.TextField(max_length=1000)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    owner_name = models.CharField(max_length=120)
    due = models.DateField()
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="conditions")
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ConditionManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="condition_says_what"),
            models.CheckConstraint(
                condition=Q(met_at=None, met_by=None) | Q(met_at__isnull=False, met_by__isnull=False),
                name="condition_met_has_who",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_met(self) -> bool:
        return bool(self.met_at or (self.item and self.item.state == State.DONE))

    @property
    def met(self) -> tuple[datetime | None, Any]:
        """When and by whom."""
        return (self.item.settled_at, self.item.settled_by) if self.item and self.is_met else (self.met_at, self.met_by)

    def meet(self, act: Act) -> None:
        """Say that it is met, by completing its item where it has one; for its owner, its signer and managers."""
        project = self.signature.slot.project
        with project.locked(act):
            self.refresh_from_db(
                from_queryset=Condition.objects.select_related("signature__slot", "met_by", "item__project")
            )
            if self.met_at:
                return
            if self.signature.voided_at:
                raise TransitionRefused(_("The signature with this condition is void. Nothing was changed."))
            if self.item:
                self.item.complete(act, for_others=True)
                return
            self.met_at, self.met_by = act.at, act.by
            self.save(update_fields=["met_at", "met_by"])
            JournalEntry.objects.record(
                project, act, Action.CONDITION_MET, subject=self.signature.slot.title, remark=self.text
            )


def words_beside(signature: Signature, conditions: Iterable[Condition]) -> str:
    """What the signer wrote besides the conditions, which the comment tells behind it, one a line."""
    told = "\n".join(told_of(each.text, each.owner_name, each.due) for each in conditions)
    return signature.comment.removesuffix(told).strip()


def told_of(text: str, owner: object, due: date) -> str:
    return f"{text} ({owner}, {due})"


def conditions_of(signatures: Iterable[Signature]) -> dict[int, list[Condition]]:
    """By signature: its conditions."""
    found: dict[int, list[Condition]] = {}
    keys = [signature.pk for signature in signatures]
    for condition in Condition.objects.filter(signature__in=keys).select_related(
        "met_by", "signature", "item__settled_by", "item__project"
    ):
        found.setdefault(condition.signature_id, []).append(condition)
    return found
