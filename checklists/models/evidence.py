"""Evidence: a file, a picture or pasted output that shows what was found, kept byte for byte under its hash."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.evidence_files import Received
from checklists.models.closure import Closure
from checklists.models.journal import Action, JournalEntry
from checklists.models.placed import Placed
from checklists.models.project import Project

# Types that a browser shows inside a page of ours; all others are only ever downloaded.
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class EvidenceManager(models.Manager["Evidence"]):
    def live(self) -> models.QuerySet[Evidence]:
        return self.filter(withdrawn_at=None)

    def add(self, project: Project, act: Act, received: Received, remark: str = "", **place) -> Evidence:
        """Keep what was received, at `item`, `section`, `phase` or the whole plan. The bytes are on disk before the row is.

        Refused where the place is closed, and beyond the project's quota.
        """
        evidence = Evidence(
            project=project,
            name=received.name,
            media_type=received.media_type,
            size=received.size,
            sha256=received.sha256,
            by=act.by,
            at=act.at,
            remark=remark,
            **place,
        )
        received.keep(evidence.path)
        try:
            with project.locked(act):
                Closure.objects.guard(project, evidence.key)
                held = self.filter(project=project).aggregate(size=Sum("size"))["size"] or 0
                if held + evidence.size > settings.EVIDENCE_QUOTA:
                    raise TransitionRefused(
                        _("This project holds %(held)s of evidence, and may hold %(most)s. Nothing was kept.")
                        % {"held": filesizeformat(held), "most": filesizeformat(settings.EVIDENCE_QUOTA)}
                    )
                evidence.save(force_insert=True)
                JournalEntry.objects.record(
                    project,
                    act,
                    Action.EVIDENCE_ADDED,
                    item=evidence.item,
                    subject=evidence.told,
                    remark=remark,
                    file=evidence.name,
                    sha256=evidence.sha256,
                )
        except BaseException:
            evidence.path.unlink(missing_ok=True)
            raise
        return evidence


class Evidence(Placed):
    """`media_type` is what the bytes are, not what somebody said they are. Never changed; withdrawn, it stays readable."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    remark = models.TextField(max_length=1000, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.TextField(max_length=1000, blank=True)

    objects = EvidenceManager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            *Placed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="evidence_withdrawn_has_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where the bytes are: under a name that nobody typed."""
        return Path(settings.DATA_DIR) / "evidence" / str(self.project.uuid) / str(self.uuid)

    @property
    def is_picture(self) -> bool:
        return self.media_type in PICTURES

    @property
    def is_text(self) -> bool:
        return self.media_type == "text/plain"

    def withdraw(self, act: Act, reason: str) -> None:
        """Say that it shows nothing, such as a wrong file; for who added it, and managers. It stays readable."""
        with self.project.locked(act):
            self.refresh_from_db(fields=["withdrawn_at"])
            if self.withdrawn_at:
                return
            Closure.objects.guard(self.project, self.key)
            self.withdrawn_at, self.withdrawn_by, self.withdrawn_reason = act.at, act.by, reason
            self.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
            JournalEntry.objects.record(
                self.project,
                act,
                Action.EVIDENCE_WITHDRAWN,
                item=self.item,
                subject=self.told,
                remark=reason,
                file=self.name,
                sha256=self.sha256,
            )
