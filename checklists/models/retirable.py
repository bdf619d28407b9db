"""Taken out of the plan and kept: what was once there is not deleted, whoever may have touched it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class PlanManager(models.Manager):
    """What the plan holds now. Everything that lists, counts or ticks goes through here and so skips what is retired."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(retired_at=None)


class Retirable(models.Model):
    """A row of the plan that can be taken out and put back.

    What went in one act shares its moment, and comes back with it. `objects` is the plan as it is, `with_retired` all.
    """

    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_reason = models.TextField(max_length=1000, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(retired_at__isnull=True, retired_by__isnull=True, retired_reason="")
                | models.Q(retired_at__isnull=False, retired_by__isnull=False),
                name="%(class)s_retired_has_who",
            )
        ]
