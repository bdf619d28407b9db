"""Who works on a project, and as what."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.act import Act, TransitionRefused
from checklists.importing.said import Said
from checklists.models.journal import Action, JournalEntry
from checklists.models.mail import Mail
from checklists.models.project import Project
from checklists.models.versioned import Versioned


class Role(models.TextChoices):
    """What somebody is in one project. A manager may do what a technician may, and sign."""

    MANAGER = "manager", gettext_lazy("Project manager")
    TECHNICIAN = "technician", gettext_lazy("Technician")
    APPROVER = "approver", gettext_lazy("Approver")
    AUDITOR = "auditor", gettext_lazy("Auditor")


class MembershipManager(models.Manager["Membership"]):
    def admit(
        self, project: Project, act: Act, email: str, name: str, role: Role, teams: Iterable[str] | None = None
    ) -> Membership:
        """Give somebody a role, or another one, and say of which teams they are; None leaves the teams as they are.

        A new person gets an account without a usable password.
        """
        users = get_user_model().objects
        with project.locked(act):
            user = users.filter(email__iexact=email.strip()).first()
            if user is None:
                user = users.create_user(email, name=name)
                JournalEntry.objects.record_for_instance(act.at, act.by, Action.ACCOUNT_CREATED, subject=str(user))
            elif user.is_external:
                user.give_account()
                JournalEntry.objects.record_for_instance(act.at, act.by, Action.ACCOUNT_CREATED, subject=str(user))
            member = self.filter(project=project, user=user).select_related("user").first()
            if member is None:
                member = self.create(project=project, user=user, role=role, teams=list(teams or ()))
                action = Action.MEMBER_ADDED
            elif member.role == role and (teams is None or member.teams == list(teams)):
                return member
            else:
                if member.role != role:
                    member.guard_manager_remains()
                member.role, action = role, Action.MEMBER_CHANGED
                member.teams = member.teams if teams is None else list(teams)
                member.version += 1
                member.save()
            with translation.override(settings.LANGUAGE_CODE):
                told = Said(str(Role(role).label))
            entry = JournalEntry.objects.record(
                project, act, action, subject=str(user), role=told, teams=", ".join(member.teams)
            )
            if action == Action.MEMBER_ADDED:
                key = f"member-added:{project.pk}:{entry.seq}"
                path = project.get_absolute_url()
                Mail.objects.post("member_added", user, key, act.at, project=project, by=str(act.by), path=path)
            return member


class Membership(Versioned):
    """Somebody's role in a project; one role per person and project."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)
    # Names as the plan's items have them, in any case of letters: whose items this person is meant to claim.
    teams = models.JSONField(default=list, blank=True)

    objects = MembershipManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "user"], name="membership_one_role_per_project"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}"

    def remove(self, act: Act) -> None:
        """Take the person off the project; what they did and signed stays."""
        with self.project.locked(act):
            now = Membership.objects.filter(pk=self.pk).first()
            if now is None:
                return
            self.role, self.version = now.role, now.version
            self.guard_manager_remains()
            if self.is_overtaken(act):
                raise TransitionRefused(
                    _("Somebody changed this meanwhile: %(who)s is %(role)s now. Nothing was changed.")
                    % {"who": self.user, "role": self.get_role_display()}
                )
            self.delete()
            JournalEntry.objects.record(self.project, act, Action.MEMBER_REMOVED, subject=str(self.user))

    def guard_manager_remains(self) -> None:
        others = Membership.objects.filter(project=self.project, role=Role.MANAGER).exclude(pk=self.pk)
        if self.role == Role.MANAGER and not others.exists():
            raise TransitionRefused(_("A project needs a manager. Make somebody else manager first."))
