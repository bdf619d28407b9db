"""What a change of an item's plan changed: its words before and after, so that it can be read item by item later."""

from __future__ import annotations

import hashlib

from django.db import models

from checklists.models.item import Item
from checklists.models.journal import JournalEntry, canonical


class Amendment(models.Model):
    """One entry `item.amended` of the journal, with what it changed: column to value, before and after.

    The entry holds a salted hash of both, so that the words here are proven and can still be redacted.
    """

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="amendments")
    entry = models.OneToOneField(JournalEntry, on_delete=models.PROTECT, related_name="amendment")
    before = models.JSONField()
    after = models.JSONField()
    salt = models.CharField(max_length=32)

    class Meta:
        ordering = ["entry"]

    def __str__(self) -> str:
        return ", ".join(self.after)

    @staticmethod
    def digest_of(before: dict, after: dict, salt: str) -> str:
        return hashlib.sha256((salt + canonical([before, after])).encode()).hexdigest()
