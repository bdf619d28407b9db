"""A waiver: a manager's word that an item need not be settled before others sign."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import Action, Item, JournalEntry


class WaiverManager(models.Manager["Waiver"]):
    def give(self, item: Item, act: Act, reason: str) -> Waiver:
        """Let it be signed although the item is not settled, for a reason; for managers. Who signs sees it."""
        project = item.project
        with project.locked(act):
            item.refresh_from_db()
            there = self.filter(item=item, ended_at=None).select_related("by").first()
            if there:
                raise TransitionRefused(_("%(who)s waived this already. Nothing was changed.") % {"who": there.by})
            if item.is_settled:
                raise TransitionRefused(_("This item is settled, so there is nothing to waive. Nothing was changed."))
            project.closures.guard(project, item.key)
            entry = JournalEntry.objects.record(project, act, Action.ITEM_WAIVED, item=item, remark=reason)
            return self.create(item=item, by=act.by, by_name=str(act.by), at=act.at, reason=reason, seq=entry.seq)


class Waiver(models.Model):
    """It holds until a manager ends it. `seq` is the entry of the journal that tells of it."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="waivers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    reason = models.TextField(max_length=1000)
    seq = models.PositiveIntegerField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WaiverManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(ended_at=None), name="waiver_one_live_per_item"),
            models.CheckConstraint(condition=~Q(reason=""), name="waiver_says_why"),
        ]

    def __str__(self) -> str:
        return f"#{self.item.number}: {self.reason}"

    def end(self, act: Act) -> None:
        """Want the item settled after all. What was signed meanwhile becomes stale by it."""
        project = self.item.project
        with project.locked(act):
            self.refresh_from_db(fields=["ended_at"])
            if self.ended_at:
                return
            project.closures.guard(project, self.item.key)
            self.ended_at = act.at
            self.save(update_fields=["ended_at"])
            JournalEntry.objects.record(project, act, Action.WAIVER_ENDED, item=self.item)
