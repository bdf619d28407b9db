"""What to do when it goes wrong."""

from django.db import models
from django.utils.translation import gettext_lazy

from checklists.models.project import Project
from checklists.models.retirable import PlanManager, Retirable


class ProcedureKind(models.TextChoices):
    ROLLBACK = "rollback", gettext_lazy("Rollback")
    INCIDENT = "incident", gettext_lazy("Incident")
    OTHER = "other", gettext_lazy("Procedure")


class Procedure(Retirable):
    """Steps for a bad moment. `criteria` are the tripwires that call for it; `estimate` is how long it should take."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="procedures")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=ProcedureKind.choices)
    group = models.TextField(blank=True, help_text="The headings above it in the source.")
    title = models.TextField()
    prose = models.JSONField(default=list, blank=True)
    commands = models.JSONField(default=list, blank=True)
    criteria_title = models.TextField(blank=True, help_text="What the source calls the tripwires.")
    criteria = models.JSONField(default=list, blank=True)
    estimate = models.CharField(max_length=300, blank=True)

    objects = PlanManager()
    with_retired = models.Manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            *Retirable.Meta.constraints,
            models.CheckConstraint(condition=models.Q(kind__in=ProcedureKind.values), name="procedure_kind_known"),
        ]

    def __str__(self) -> str:
        return self.title


class Step(Retirable):
    """One numbered step of a procedure, with the author's details and commands."""

    procedure = models.ForeignKey(Procedure, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    text = models.TextField()
    details = models.JSONField(default=list, blank=True)
    commands = models.JSONField(default=list, blank=True)

    objects = PlanManager()
    with_retired = models.Manager()

    class Meta:
        ordering = ["position"]
        constraints = Retirable.Meta.constraints

    def __str__(self) -> str:
        return self.text
