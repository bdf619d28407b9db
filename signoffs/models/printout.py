"""A printout: a report as of a moment, for one reader, in the form that they chose. Not sealed, and gone after a day."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from checklists.models import Phase, Project, Section
from signoffs.models.job import Job, JobState


class Variant(models.TextChoices):
    FULL = "full", _("Everything")
    SUMMARY = "summary", _("Summary: outcome, sign-offs and deviations on two pages")
    FORM = "form", _("Form for paper: to tick and sign by hand")


class Printout(Job):
    """What somebody wants to print: which form, of which part, in which language."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="printouts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    variant = models.CharField(max_length=16, choices=Variant.choices, default=Variant.FULL)
    language = models.CharField(max_length=10, blank=True)
    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    objects = models.Manager()

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="printout_state_known"),
            models.CheckConstraint(condition=Q(variant__in=Variant.values), name="printout_variant_known"),
            models.CheckConstraint(
                condition=Q(phase=None) | Q(section=None), name="printout_of_a_phase_or_of_a_section"
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.RENDERING, lease__isnull=False)
                | (~Q(state=JobState.RENDERING) & Q(lease=None)),
                name="printout_rendering_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}: {self.get_variant_display()}"

    def get_absolute_url(self) -> str:
        return reverse("printout_pdf", args=[self.project.slug, self.pk])

    @property
    def is_ready(self) -> bool:
        return self.state == JobState.READY

    @property
    def part(self) -> Phase | Section | None:
        return self.phase or self.section

    @property
    def path(self) -> Path:
        return Path(settings.DATA_DIR) / "printouts" / f"{self.pk}.pdf"
