"""Phases and their sections: where an item stands in the plan, in the author's order and words."""

from django.db import models

from checklists.models.project import Project
from checklists.models.timing import Timing


class PhaseKind(models.TextChoices):
    """Success criteria are ticked like items but stand apart: they are what sign-off asks about."""

    PHASE = "phase", "Phase"
    CRITERIA = "criteria", "Success criteria"


class Division(Timing):
    """What phases and sections share: a title, the author's prose, and commands that belong to no item."""

    position = models.PositiveIntegerField()
    title = models.TextField()
    prose = models.JSONField(default=list, blank=True)
    commands = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Phase(Division):
    """A top division of the plan."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="phases")
    kind = models.CharField(max_length=16, choices=PhaseKind.choices, default=PhaseKind.PHASE)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["project", "position"], name="phase_position_unique"),
            models.CheckConstraint(condition=models.Q(kind__in=PhaseKind.values), name="phase_kind_known"),
        ]


class Section(Division):
    """A heading inside a phase; `parent` is the section around it. Positions run through the whole phase."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="sections")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="sections")
    depth = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["phase", "position"], name="section_position_unique")]
