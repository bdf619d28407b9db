"""What somebody wanted others to know about an item."""

from django.conf import settings
from django.db import models

from checklists.models.item import Item


class Note(models.Model):
    """One remark on an item, never edited: a correction is another note."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(max_length=5000)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something")]

    def __str__(self) -> str:
        return self.text
