"""A delegation: somebody asks another person to sign in their place for some days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import Action, JournalEntry, Membership, Project, Role


class DelegationManager(models.Manager["Delegation"]):
    def live_in(self, projects: Iterable[Project], now: datetime) -> list[Delegation]:
        """Those that hold on this day of each project, between two who are both still there."""
        today = {project.pk: project.local(now).date() for project in projects}
        near = self.filter(
            project__in=today,
            ended_at=None,
            first__lte=max(today.values(), default=date.max),
            last__gte=min(today.values(), default=date.min),
            principal__is_active=True,
            delegate__is_active=True,
            principal__memberships__project=F("project"),
            delegate__memberships__project=F("project"),
        ).select_related("principal", "delegate")
        return [each for each in near if each.first <= today[each.project_id] <= each.last]

    def make(self, project: Project, act: Act, delegate, first: date, last: date, reason: str) -> Delegation:
        """Who acts asks `delegate` to sign for them, from one day to another. One step only: nobody hands on."""
        with project.locked(act):
            role = Membership.objects.filter(project=project, user=delegate, user__is_active=True).first()
            if delegate.pk == act.by.pk:
                raise TransitionRefused(_("You cannot stand in for yourself. Nothing was changed."))
            if role is None or role.role == Role.AUDITOR:
                raise TransitionRefused(
                    _("%(who)s does not work on this project. Nothing was changed.") % {"who": delegate}
                )
            if last < first or last < project.local(act.at).date():
                raise TransitionRefused(_("Those days are over before they begin. Nothing was changed."))
            same_days = self.filter(project=project, ended_at=None, first__lte=last, last__gte=first)
            if same_days.filter(Q(delegate=act.by) | Q(principal=delegate)).exists():
                raise TransitionRefused(
                    _("Who stands in for somebody cannot hand on, nor be handed to while away. Nothing was changed.")
                )
            if same_days.filter(principal=act.by).exists():
                raise TransitionRefused(_("Somebody stands in for you on those days already. End that first."))
            made = self.create(
                project=project,
                principal=act.by,
                delegate=delegate,
                first=first,
                last=last,
                reason=reason,
                made_at=act.at,
            )
            JournalEntry.objects.record(
                project, act, Action.DELEGATION_MADE, subject=str(delegate), remark=reason, days=f"{first} – {last}"
            )
            return made


class Delegation(models.Model):
    """From the first day to the last, both included, as the project's zone counts days."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="delegations")
    principal = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    reason = models.TextField(max_length=1000)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DelegationManager()

    class Meta:
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(principal=F("delegate")), name="delegation_to_somebody_else"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="delegation_days_in_order"),
            models.CheckConstraint(condition=~Q(reason=""), name="delegation_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.principal}, {self.first} – {self.last}"

    def end(self, act: Act) -> None:
        """Sign for oneself again; for the principal, and for managers."""
        with self.project.locked(act):
            self.refresh_from_db(fields=["ended_at"])
            if self.ended_at:
                return
            self.ended_at = act.at
            self.save(update_fields=["ended_at"])
            JournalEntry.objects.record(self.project, act, Action.DELEGATION_ENDED, subject=str(self.delegate))
