"""When somebody last looked at a slot, and how far the journal was then: what changed since is shown first."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from checklists.models import Slot

# Looking twice within this time is looking once.
ONE_LOOK = timedelta(minutes=20)


class LookManager(models.Manager["Look"]):
    def take(self, slot: Slot, user, at: datetime, seq: int) -> Look:
        """Note that somebody looks now; what comes back knows when they looked before."""
        look = self.filter(slot=slot, user=user).first()
        if look is None:
            self.bulk_create([Look(slot=slot, user=user, at=at, seq=seq)], ignore_conflicts=True)
            return Look(slot=slot, user=user, at=at, seq=seq)
        if at - look.at > ONE_LOOK:
            look.before_at, look.before_seq = look.at, look.seq
        look.at, look.seq = at, seq
        look.save()
        return look


class Look(models.Model):
    """The last look, and the one before."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="looks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    seq = models.PositiveIntegerField()
    before_at = models.DateTimeField(null=True, blank=True)
    before_seq = models.PositiveIntegerField(null=True, blank=True)

    objects = LookManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "user"], name="look_one_per_slot_and_user")]

    def __str__(self) -> str:
        return f"{self.user} at {self.slot}"
