"""A delegation: somebody asks another person to sign in their place for some days."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import Action, JournalEntry, Membership, Project, Role


class DelegationManager(models.Manager["Delegation"]):
    def live(self, project: Project, now: datetime) -> models.QuerySet[Delegation]:
        """Those that hold on this day of the project, between two who are both still there."""
        today = project.local(now).date()
        members = Membership.objects.filter(project=project, user__is_active=True).values("user")
        return self.filter(
            project=project,
            ended_at=None,
            first__lte=today,
            last__gte=today,
            principal__in=members,
            delegate__in=members,
        ).select_related("principal", "delegate")

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
