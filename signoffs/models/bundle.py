"""A bundle: the records of many projects as one file, for an auditor to take along."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from signoffs.models.job import Job, JobState


class Bundle(Job):
    """What somebody asked for on their desk; `asked` is the choice of projects, of those that they may see."""

    WITH = ("by",)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    asked = models.JSONField(default=dict, blank=True)
    projects = models.PositiveIntegerField(default=0)

    objects = models.Manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="bundle_state_known"),
            models.CheckConstraint(
                condition=Q(state=JobState.RENDERING, lease__isnull=False)
                | (~Q(state=JobState.RENDERING) & Q(lease=None)),
                name="bundle_rendering_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"Bundle of {self.by}"

    @property
    def is_ready(self) -> bool:
        return self.state == JobState.READY

    @property
    def path(self) -> Path:
        return Path(settings.DATA_DIR) / "bundles" / f"{self.pk}.zip"
