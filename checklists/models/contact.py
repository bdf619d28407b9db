"""Who to call, and who to call next."""

from django.db import models

from checklists.models.project import Project
from checklists.models.retirable import PlanManager, Retirable


class Contact(Retirable):
    """Somebody to reach during the go-live, as the plan names them; any part may still be blank."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="contacts")
    position = models.PositiveIntegerField()
    role = models.CharField(max_length=300)
    name = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=300, blank=True)
    email = models.CharField(max_length=300, blank=True)
    emergency = models.BooleanField(default=False)
    group = models.TextField(blank=True, help_text="The headings above it in the source.")
    notes = models.TextField(blank=True)

    objects = PlanManager()
    with_retired = models.Manager()

    class Meta:
        ordering = ["position"]
        constraints = Retirable.Meta.constraints

    def __str__(self) -> str:
        return f"{self.role}: {self.name}" if self.name else self.role


class EscalationLevel(Retirable):
    """One rung of the escalation ladder: what triggers it, who is told, how fast they answer."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="escalation_levels")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    trigger = models.TextField(blank=True)
    who = models.TextField(blank=True)
    response = models.CharField(max_length=300, blank=True)
    group = models.TextField(blank=True, help_text="The headings above it in the source.")
    details = models.JSONField(default=list, blank=True)

    objects = PlanManager()
    with_retired = models.Manager()

    class Meta:
        ordering = ["position"]
        constraints = Retirable.Meta.constraints

    def __str__(self) -> str:
        return self.title
