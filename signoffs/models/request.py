"""A request: a manager asked the people of a slot to sign it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import models

from checklists.models import Project, Slot


class SigningRequestManager(models.Manager["SigningRequest"]):
    def live_in(self, projects: Iterable[Project]) -> dict[int, SigningRequest]:
        """The newest of each slot that still stands, by slot."""
        live = self.filter(slot__project__in=[project.pk for project in projects], ended_at=None)
        return {each.slot_id: each for each in live.order_by("at", "pk")}

    def end(self, slots: Iterable[int], at: datetime) -> None:
        """What was asked of these slots was about something that is open again; part of an act that holds the lock."""
        self.filter(slot__in=list(slots), ended_at=None).update(ended_at=at)


class SigningRequest(models.Model):
    """Who asked, and when; the journal says whom. `ended_at` is when a reopening made it void."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="requests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = SigningRequestManager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.by_name} for {self.slot}"
