"""What a change of an item's plan changed: its words before and after, so that it can be read item by item later."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.models.item import Item
from checklists.models.journal import JournalEntry, canonical

LABELS = {
    "text": gettext_lazy("Text"),
    "optional": gettext_lazy("Optional"),
    "team": gettext_lazy("Team"),
    "window": gettext_lazy("When"),
    "recurrence": gettext_lazy("How often"),
    "duration_minutes": gettext_lazy("Takes, in minutes"),
    "expected": gettext_lazy("Expected result"),
    "details": gettext_lazy("Details"),
    "commands": gettext_lazy("Commands"),
}


def said(value: Any) -> str:
    """A value of the plan in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return " / ".join(value) or _("empty")
    return str(value) if value not in ("", None) else _("empty")


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

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """What changed, in the reader's words: what it is, before, after."""
        return [
            (str(LABELS.get(name, name)), said(self.before[name]), said(value)) for name, value in self.after.items()
        ]

    @staticmethod
    def digest_of(before: dict, after: dict, salt: str) -> str:
        return hashlib.sha256((salt + canonical([before, after])).encode()).hexdigest()
