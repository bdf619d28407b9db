"""A row that people change while others look at it: what they saw is told apart from what is there now."""

from __future__ import annotations

from django.db import models

from checklists.act import Act


class Versioned(models.Model):
    """`version` rises by one with every change. A form sends the mark of what it shows: row and version."""

    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def row_name(self) -> str:
        return f"{self._meta.model_name}-{self.pk}"

    @property
    def mark(self) -> str:
        return f"{self.row_name}:{self.version}"

    def is_overtaken(self, act: Act) -> bool:
        """Whether the person looked at an older version. Who says nothing of what they saw is believed."""
        return act.seen.get(self.row_name, self.version) != self.version
