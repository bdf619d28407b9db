"""A closure: a part of the plan that was signed by everybody who had to, and does not change until a manager reopens it.

`signoffs` closes and reopens; the verbs of the plan ask here whether they may change something.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.translation import gettext as _

from checklists import schedule
from checklists.act import Act, TransitionRefused
from checklists.models.journal import Action, JournalEntry
from checklists.models.project import Project
from checklists.models.scoped import Scoped, one_place
from checklists.scopes import PLAN, Key, Places


class ClosureManager(models.Manager["Closure"]):
    def live(self, project: Project) -> models.QuerySet[Closure]:
        return self.filter(project=project, reopened_at=None).select_related("project", "phase", "section", "subject")

    def guard(self, project: Project, *keys: Key) -> None:
        """Refuse a change at any of these places where that, or something around it, is closed.

        The caller holds the project's lock.
        """
        if not self.filter(project=project, reopened_at=None).exists():
            return
        closed = {closure.key: closure for closure in self.live(project)}
        places = Places.load(project)
        for key in keys:
            for around in places.path(key):
                if around in closed:
                    closed[around].refuse()

    def guard_all(self, project: Project, *keys: Key) -> None:
        """Refuse what would change something inside these places, too: a phase that moves, T-0 for the whole plan."""
        closed = {closure.key: closure for closure in self.live(project)}
        if not closed:
            return
        places = Places.load(project)
        for key in keys:
            for other in places.overlapping(key, closed):
                closed[other].refuse()

    def close(self, project: Project, act: Act, scoped: Scoped, signed_by: str) -> Closure:
        """Close what the row is about; part of an act of signing, which holds the lock."""
        place = {name: getattr(scoped, name) for name in ("scope", "phase", "section", "subject")}
        closure = self.create(
            project=project, closed_at=act.at, closed_by=act.by, signed_by=signed_by, revision=project.revision, **place
        )
        with translation.override(settings.LANGUAGE_CODE):
            subject = str(closure.scope_name)
        JournalEntry.objects.record(project, act, Action.SCOPE_CLOSED, subject=subject, signed_by=signed_by)
        return closure


class Closure(Scoped):
    """`signed_by` are the names of those whose signatures closed it, as they were then."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="closures")
    revision = models.PositiveIntegerField(default=1)
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_by = models.TextField()
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reopened_reason = models.TextField(max_length=1000, blank=True)

    objects = ClosureManager()

    class Meta:
        ordering = ["closed_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=one_place(), name="closure_scope_has_its_place"),
            models.CheckConstraint(
                condition=models.Q(reopened_at=None, reopened_by=None, reopened_reason="")
                | (models.Q(reopened_at__isnull=False, reopened_by__isnull=False) & ~models.Q(reopened_reason="")),
                name="closure_reopened_has_who_and_why",
            ),
            *(
                models.UniqueConstraint(
                    fields=fields, condition=models.Q(reopened_at=None, **none), name=f"closure_one_live_per_{name}"
                )
                for name, fields, none in (
                    ("whole", ["project", "scope"], {"phase": None, "section": None, "subject": None}),
                    ("phase", ["phase"], {}),
                    ("section", ["section"], {}),
                    ("subject", ["subject"], {}),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope_name}, closed {self.closed_at:%Y-%m-%d}"

    @property
    def is_plan(self) -> bool:
        return self.key == PLAN

    def refuse(self) -> None:
        """Say why nothing changes here."""
        raise TransitionRefused(
            _(
                "Closed since %(when)s by the signatures of %(who)s: %(scope)s. A manager can reopen it, with a reason. "
                "Nothing was changed."
            )
            % {
                "scope": self.scope_name,
                "who": self.signed_by,
                "when": schedule.words(self.closed_at, self.project.tzinfo),
            }
        )
