"""A record: the sealed report of one revision of a project, the same bytes for ever."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from checklists.act import Act
from checklists.models import JournalEntry, Project


class RecordState(models.TextChoices):
    DUE = "due", _("Waits for the worker")
    RENDERING = "rendering", _("Is being made")
    FAILED = "failed", _("Could not be made yet, and is tried again")
    SEALED = "sealed", _("Sealed")
    DROPPED = "dropped", _("Not made: the project was reopened before")


# Something is still to be done, and the page that shows it asks again.
UNFINISHED = (RecordState.DUE, RecordState.RENDERING, RecordState.FAILED)


class RecordManager(models.Manager["Record"]):
    def order(self, project: Project, act: Act, revision: int) -> Record:
        """Have the record of a revision made, in the transaction that completes it; the caller holds the project's lock.

        It will hold the journal up to its newest entry of now. Ordering it again changes nothing.
        """
        head = JournalEntry.objects.filter(project=project).order_by("-seq").values("seq", "hash").first()
        if head is None:
            raise ValueError("A project without a journal has nothing to prove.")
        self.filter(project=project, superseded_at=None).exclude(revision=revision).update(superseded_at=act.at)
        record, _made = self.get_or_create(
            project=project,
            revision=revision,
            defaults={"ordered_at": act.at, "due_at": act.at, "head_seq": head["seq"], "head_hash": head["hash"]},
        )
        return record

    def supersede(self, project: Project, act: Act) -> None:
        """The project is open again; the caller holds its lock. What was sealed stays, what was not is not made any more."""
        live = self.filter(project=project, superseded_at=None)
        live.filter(state__in=UNFINISHED).update(state=RecordState.DROPPED, superseded_at=act.at, lease=None)
        live.update(superseded_at=act.at)


class Record(models.Model):
    """`head_*` is where the journal ended when it was ordered; `lease` is held by the worker that makes it, until `due_at`.

    `progress` counts percent while it is made. `key_id` names the key of the seal.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="records")
    revision = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=RecordState.choices, default=RecordState.DUE)
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    head_seq = models.PositiveIntegerField()
    head_hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(null=True, blank=True)
    key_id = models.CharField(max_length=16, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = RecordManager()

    class Meta:
        ordering = ["-revision"]
        constraints = [
            models.UniqueConstraint(fields=["project", "revision"], name="record_one_per_revision"),
            models.UniqueConstraint(fields=["project"], condition=Q(superseded_at=None), name="record_one_live"),
            models.CheckConstraint(condition=Q(state__in=RecordState.values), name="record_state_known"),
            models.CheckConstraint(
                condition=(
                    Q(state=RecordState.SEALED, sealed_at__isnull=False, size__gt=0) & ~Q(sha256="") & ~Q(key_id="")
                )
                | (~Q(state=RecordState.SEALED) & Q(sealed_at=None, size=0, sha256="", key_id="")),
                name="record_sealed_has_bytes",
            ),
            models.CheckConstraint(
                condition=Q(state=RecordState.RENDERING, lease__isnull=False)
                | (~Q(state=RecordState.RENDERING) & Q(lease=None)),
                name="record_rendering_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}, revision {self.revision}"

    def get_absolute_url(self) -> str:
        return reverse("record_pdf", args=[self.project.slug, self.revision])

    @property
    def is_sealed(self) -> bool:
        return self.state == RecordState.SEALED

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def path(self) -> Path:
        """Where the sealed bytes are; their hash is in the name, so that no other bytes can have it."""
        return Path(settings.DATA_DIR) / "records" / str(self.project.uuid) / f"{self.revision}-{self.sha256}.pdf"
