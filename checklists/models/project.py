"""A project: one go-live of one system for one customer, with T-0, a time zone and the people who work on it."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from checklists import schedule
from checklists.act import Act, TransitionRefused
from checklists.locks import NO_PROJECT, wait_for_lock
from checklists.models.journal import Action, JournalEntry
from checklists.models.request_key import RequestKey
from checklists.scopes import BEFORE
from checklists.sentences import at

if TYPE_CHECKING:
    from checklists.access import Rights


def validate_zone(name: str) -> None:
    """Refuse what is no name of the IANA time zone database."""
    if name != "UTC" and ("/" not in name or name not in zoneinfo.available_timezones()):
        raise ValidationError(_("“%(name)s” is not a time zone. Use a name such as Europe/Athens.") % {"name": name})


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user) -> ProjectQuerySet:
        """Those that the person is a member of; nobody sees others, not even a superuser."""
        return self.filter(memberships__user=user)


class Project(models.Model):
    """One go-live. `go_live_at` is T-0; `zone` is where its people live and how its times are shown and printed."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    customer = models.CharField(max_length=200, blank=True)
    system = models.CharField(max_length=200, blank=True)
    go_live_at = models.DateTimeField()
    zone = models.CharField(max_length=64, validators=[validate_zone])
    sequential = models.BooleanField(default=False, help_text="Whether phases follow each other: one after another.")
    document_title = models.TextField(blank=True, help_text="The title of the source, where the name is another.")
    # Pairs, not an object: PostgreSQL would put its keys in another order than the author's.
    metadata = models.JSONField(default=list, blank=True)
    prose = models.JSONField(default=list, blank=True)
    source = models.BinaryField()
    source_name = models.CharField(max_length=255)
    source_sha256 = models.CharField(max_length=64)
    template_version = models.ForeignKey(
        "TemplateVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="projects"
    )
    cloned_from = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="clones")
    repairs = models.JSONField(default=list, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Counts from one, and one up with each reopening. Complete is what nothing is left to do or to sign of.
    revision = models.PositiveIntegerField(default=1)
    completed_at = models.DateTimeField(null=True, blank=True)
    # From then on every change of the plan has a reason.
    baselined_at = models.DateTimeField(null=True, blank=True)
    baselined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    members: models.ManyToManyField = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Membership", related_name="projects"
    )

    # Set by access.project_for, for one person.
    rights: Rights

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["go_live_at", "name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(baselined_at__isnull=True, baselined_by__isnull=True)
                | models.Q(baselined_at__isnull=False, baselined_by__isnull=False),
                name="project_baselined_has_who",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("project", args=[self.slug])

    @property
    def tzinfo(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.zone)

    @property
    def state(self) -> str:
        """`complete` once everything is signed that has to be, until something is reopened; else `running`."""
        return "complete" if self.completed_at else "running"

    def local(self, moment: datetime) -> datetime:
        """The moment on the clocks of the project's zone."""
        return moment.astimezone(self.tzinfo)

    @contextmanager
    def locked(self, act: Act | None = None, *, archived: bool = False) -> Iterator[None]:
        """A transaction in which nobody else changes this project: the only way in which plan data is written.

        PostgreSQL: an advisory lock until the transaction's end. SQLite: its transactions take the write lock at once
        (`transaction_mode` IMMEDIATE in the settings), so none is needed. Without an act the application does it.
        Refused for a project in the archive, unless `archived` says that the act changes nothing that is in it.
        """
        with RequestKey.objects.once(act):
            wait_for_lock(self.pk)
            if act:
                self._guard(act, archived)
            yield

    def _guard(self, act: Act, archived: bool) -> None:
        """Who was removed, deactivated or given another role since the request came does nothing any more; nor does
        anybody to a project that is in the archive, unless the act is one for those."""
        mine = self.memberships.filter(user=act.by, user__is_active=True)
        role, archived_at = mine.order_by().values_list("role", "project__keeping__archived_at").first() or (None, None)
        if role is None:
            # By a command or a link.
            archived_at = Project.objects.values_list("keeping__archived_at", flat=True).get(pk=self.pk)
        if act.standing is not None and act.standing[0] == self.pk:
            if role is None:
                raise Http404
            if role != act.standing[1]:
                raise PermissionDenied
        if archived_at and not archived:
            raise TransitionRefused(_("This project is in the archive: it can be read, and nothing in it changes."))

    # -- Verbs -------------------------------------------------------------------------------------------------------

    def move_go_live(self, act: Act, moment: datetime, zone: str, reason: str, seen: datetime) -> None:
        """Move T-0, and with it everything that counts from it, for a reason; for managers.

        `seen` is the T-0 that the person saw when they decided: refused when somebody else moved it meanwhile.
        """
        with self.locked(act):
            self.refresh_from_db(fields=["go_live_at", "zone"])
            if (self.go_live_at, self.zone) == (moment, zone):
                return
            if self.go_live_at != seen:
                raise TransitionRefused(
                    _("T-0 was moved meanwhile: it is %(when)s now. Nothing was changed.")
                    % {"when": schedule.words(self.go_live_at, self.tzinfo)}
                )
            # Who signs the whole plan, or what comes before T-0, signs for this moment.
            self.closures.guard(self, BEFORE)
            zones = f"{self.zone} → {zone}" if self.zone != zone else ""
            old, new = at(self.go_live_at, self.zone), at(moment, zone)
            self.go_live_at, self.zone = moment, zone
            self.save(update_fields=["go_live_at", "zone"])
            facts: dict[str, Any] = {"old": old, "new": new, "zones": zones, "moment": moment.isoformat()}
            JournalEntry.objects.record(self, act, Action.GO_LIVE_MOVED, remark=reason, **facts)

    def order_phases(self, act: Act, sequential: bool) -> None:
        """Say whether phases follow each other; for managers."""
        with self.locked(act):
            self.refresh_from_db(fields=["sequential"])
            if self.sequential == sequential:
                return
            self.sequential = sequential
            self.save(update_fields=["sequential"])
            words = "phases follow each other" if sequential else "phases need not follow each other"
            JournalEntry.objects.record(self, act, Action.PROJECT_CHANGED, subject=words)

    @classmethod
    def free_slug(cls, name: str) -> str:
        """A slug for the name that no project has yet, such as `sms` or `sms-2`; in a transaction it stays free."""
        wait_for_lock(NO_PROJECT)
        base = slugify(name)[:50].strip("-") or "project"
        taken = set(cls.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        taken.add("new")  # the address of the page that makes projects
        if base not in taken:
            return base
        number = 2
        while f"{base}-{number}" in taken:
            number += 1
        return f"{base}-{number}"
