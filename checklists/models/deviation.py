"""A deviation: something that is not as it should be, how bad it is, whose it is, and what follows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.act import Act, TransitionRefused
from checklists.models.journal import Action, JournalEntry
from checklists.models.placed import Placed
from checklists.models.project import Project
from checklists.models.versioned import Versioned


class Severity(models.TextChoices):
    LOW = "low", gettext_lazy("Low")
    MEDIUM = "medium", gettext_lazy("Medium")
    HIGH = "high", gettext_lazy("High")
    CRITICAL = "critical", gettext_lazy("Critical")


class DeviationState(models.TextChoices):
    OPEN = "open", gettext_lazy("Open")
    RESOLVED = "resolved", gettext_lazy("Resolved")
    ACCEPTED = "accepted", gettext_lazy("Accepted as it is")


# What people say about one; the place is said once, when it is raised.
SAID = ("title", "text", "severity", "state", "owner", "follow_up", "due")


class DeviationManager(models.Manager["Deviation"]):
    def in_order(self, project: Project) -> models.QuerySet[Deviation]:
        """Open ones first, the worst on top."""
        weight = {severity: place for place, severity in enumerate(reversed(Severity.values))}
        order = models.Case(
            *(models.When(severity=severity, then=place) for severity, place in weight.items()),
            output_field=models.IntegerField(),
        )
        is_closed = models.Case(
            models.When(state=DeviationState.OPEN, then=0), default=1, output_field=models.IntegerField()
        )
        rows = self.filter(project=project).select_related("project", "item", "section", "phase", "owner", "raised_by")
        return rows.order_by(is_closed, order, "number")

    def raise_(self, project: Project, act: Act, says: dict[str, Any], **place) -> Deviation:
        """Say that something is not as it should be. Also where the plan is closed: it is no part of what was signed."""
        with project.locked(act):
            number = (self.filter(project=project).aggregate(last=Max("number"))["last"] or 0) + 1
            made = self.create(
                project=project, number=number, raised_by=act.by, raised_at=act.at, changed_at=act.at, **says, **place
            )
            made.tell(act, Action.DEVIATION_RAISED)
            return made


class Deviation(Placed, Versioned):
    """`number` counts through the project; `follow_up` is what is to be done about it, by `due`."""

    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=5000, blank=True)
    severity = models.CharField(max_length=16, choices=Severity.choices, default=Severity.MEDIUM)
    state = models.CharField(max_length=16, choices=DeviationState.choices, default=DeviationState.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    follow_up = models.TextField(max_length=1000, blank=True)
    due = models.DateField(null=True, blank=True)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = DeviationManager()

    class Meta:
        ordering = ["number"]
        constraints = [
            *Placed.Meta.constraints,
            models.UniqueConstraint(fields=["project", "number"], name="deviation_number_unique"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="deviation_severity_known"),
            models.CheckConstraint(condition=Q(state__in=DeviationState.values), name="deviation_state_known"),
            models.CheckConstraint(condition=~Q(title=""), name="deviation_says_what"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("deviation", args=[self.project.slug, self.number])

    @property
    def is_open(self) -> bool:
        return self.state == DeviationState.OPEN

    @property
    def is_grave(self) -> bool:
        """Whether a part of the plan is not green because of it."""
        return self.is_open and self.severity in (Severity.HIGH, Severity.CRITICAL)

    def amend(self, act: Act, says: dict[str, Any]) -> None:
        """Say otherwise how it stands. Refused where somebody else was faster, so that nothing is overwritten unseen."""
        with self.project.locked(act):
            around = ("project", "item", "section", "phase", "owner", "raised_by")
            self.refresh_from_db(from_queryset=Deviation.objects.select_related(*around))
            changed = {name: value for name, value in says.items() if name in SAID and value != getattr(self, name)}
            if not changed:
                return
            if self.is_overtaken(act):
                raise TransitionRefused(
                    _("Somebody changed this deviation while you looked at it. Look again; nothing was changed.")
                )
            for name, value in changed.items():
                setattr(self, name, value)
            self.version += 1
            self.changed_at = act.at
            self.save()
            self.tell(act, Action.DEVIATION_CHANGED, columns=", ".join(sorted(changed)))

    def tell(self, act: Act, action: Action, **facts) -> None:
        """The entry of the journal; what people wrote stands in the row, and in the chain as a hash."""
        said = "\n".join(filter(None, [self.title, self.text, self.follow_up]))
        told = {"deviation": self.number, "severity": self.severity, "outcome": self.state} | facts
        JournalEntry.objects.record(self.project, act, action, item=self.item, subject=self.told, remark=said, **told)
