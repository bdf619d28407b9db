"""How long a project is kept: for years after T-0, longer under a legal hold; put away in the archive meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models.journal import Action, JournalEntry
from checklists.models.project import Project

YEARS, MOST_YEARS = 7, 99


class KeepingManager(models.Manager["Keeping"]):
    def of(self, project: Project) -> Keeping:
        """The project's, or what holds where nobody has said anything."""
        return self.filter(project=project).select_related("held_by", "archived_by").first() or Keeping(project=project)


class Keeping(models.Model):
    """`years` count from T-0. A hold keeps it whatever the years say; what is archived can be read and not changed."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="keeping")
    years = models.PositiveSmallIntegerField(default=YEARS)
    held_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    hold_reason = models.TextField(blank=True, max_length=1000)
    archived_at = models.DateTimeField(null=True, blank=True)
    archived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = KeepingManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=MOST_YEARS), name="keeping_years"),
            models.CheckConstraint(
                condition=Q(held_at=None, held_by=None, hold_reason="")
                | (Q(held_at__isnull=False, held_by__isnull=False) & ~Q(hold_reason="")),
                name="keeping_hold_has_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(archived_at=None, archived_by=None)
                | Q(archived_at__isnull=False, archived_by__isnull=False),
                name="keeping_archived_has_who",
            ),
        ]

    def __str__(self) -> str:
        return f"Keeping of {self.project}"

    @property
    def until(self) -> date:
        """The last day on which the project must be there."""
        day = self.project.local(self.project.go_live_at).date()
        try:
            return day.replace(year=day.year + self.years)
        except ValueError:  # the 29th of February
            return day.replace(year=day.year + self.years, month=3, day=1)

    def why_not_removed(self, now: datetime) -> str:
        """Why the project cannot be removed yet; empty when it can."""
        if self.held_at:
            return _("It is under a legal hold: %(why)s") % {"why": self.hold_reason}
        if now.date() <= self.until:
            return _("It is kept until %(day)s.") % {"day": self.until.isoformat()}
        if self.archived_at is None:
            return _("It is not in the archive.")
        return ""

    # -- Verbs, for managers -------------------------------------------------------------------------------------------

    def keep_for(self, act: Act, years: int) -> None:
        """Keep the project for so many years after T-0."""
        with self._changed(act):
            if self.years == years:
                return
            old, self.years = self.years, years
            self.save()
            JournalEntry.objects.record(self.project, act, Action.KEPT_FOR, old=old, new=years)

    def hold(self, act: Act, reason: str) -> None:
        """Keep it whatever the years say, because of a lawsuit or an inquiry."""
        with self._changed(act):
            if self.held_at:
                raise TransitionRefused(_("It is under a legal hold already. Nothing was changed."))
            self.held_at, self.held_by, self.hold_reason = act.at, act.by, reason
            self.save()
            JournalEntry.objects.record(self.project, act, Action.HELD, remark=reason)

    def release(self, act: Act, reason: str) -> None:
        """The hold is over."""
        with self._changed(act):
            if self.held_at is None:
                return
            self.held_at, self.held_by, self.hold_reason = None, None, ""
            self.save()
            JournalEntry.objects.record(self.project, act, Action.RELEASED, remark=reason)

    def archive(self, act: Act) -> None:
        """Put it away: it can be read, and nothing in it changes any more."""
        with self._changed(act):
            if self.archived_at:
                return
            self.archived_at, self.archived_by = act.at, act.by
            self.save()
            JournalEntry.objects.record(self.project, act, Action.ARCHIVED)

    def bring_back(self, act: Act) -> None:
        """Take it out of the archive."""
        with self._changed(act):
            if self.archived_at is None:
                return
            self.archived_at, self.archived_by = None, None
            self.save()
            JournalEntry.objects.record(self.project, act, Action.BROUGHT_BACK)

    @contextmanager
    def _changed(self, act: Act) -> Iterator[None]:
        """The project's lock, also of one in the archive, with what is kept read again."""
        with self.project.locked(act, archived=True):
            self.pk = Keeping.objects.filter(project=self.project).values_list("pk", flat=True).first()
            if self.pk:
                self.refresh_from_db(fields=[column.name for column in self._meta.fields if column.name != "project"])
            yield
