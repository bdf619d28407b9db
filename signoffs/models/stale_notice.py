"""A stale notice: a signer was told that what they signed has changed since."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from signoffs.models.signature import Signature


class StaleNoticeManager(models.Manager["StaleNotice"]):
    def untold(self, signatures: list[Signature]) -> list[Signature]:
        """Those of which nobody was told yet."""
        told = set(self.filter(signature__in=[each.pk for each in signatures]).values_list("signature", flat=True))
        return [each for each in signatures if each.pk not in told]

    def give(self, signatures: list[Signature], at: datetime) -> None:
        self.bulk_create(StaleNotice(signature=each, at=at) for each in signatures)


class StaleNotice(models.Model):
    """Once for each signature, however often what it is about changes after that."""

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, related_name="stale_notice")
    at = models.DateTimeField()

    objects = StaleNoticeManager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.signature} is stale"
