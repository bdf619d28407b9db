"""A record: the sealed report of one revision of a project, the same bytes for ever."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from checklists.act import Act
from checklists.models import JournalEntry, Project
from signoffs.models.job import UNFINISHED, Job, JobState


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

    def next_revision(self, project: Project) -> int:
        """The number of the record that is made when the project is complete the next time."""
        last = self.filter(project=project).aggregate(last=models.Max("revision"))["last"]
        return (last or 0) + 1

    def supersede(self, project: Project, act: Act) -> None:
        """The project is open again; the caller holds its lock. What was sealed stays, what was not is not made any more."""
        live = self.filter(project=project, superseded_at=None)
        live.filter(state__in=UNFINISHED).update(state=JobState.DROPPED, superseded_at=act.at, lease=None)
        live.update(superseded_at=act.at)


class Record(Job):
    """`head_*` is where the journal ended when it was ordered; `key_id` names the key of the seal."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="records")
    revision = models.PositiveIntegerField()
    ordered_at = models.DateTimeField()
    head_seq = models.PositiveIntegerField()
    head_hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(null=True, blank=True)
    key_id = models.CharField(max_length=16, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = RecordManager()

    class Meta:
        ordering = ["-revision"]
        constraints = [
            models.UniqueConstraint(fields=["project", "revision"], name="record_one_per_revision"),
            models.UniqueConstraint(fields=["project"], condition=Q(superseded_at=None), name="record_one_live"),
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="record_state_known"),
            models.CheckConstraint(
                condition=(
                    Q(state=JobState.SEALED, sealed_at__isnull=False, size__gt=0) & ~Q(sha256="") & ~Q(key_id="")
                )
                | (~Q(state=JobState.SEALED) & Q(sealed_at=None, size=0, sha256="", key_id="")),
                name="record_sealed_has_bytes",
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.RENDERING, lease__isnull=False)
                | (~Q(state=JobState.RENDERING) & Q(lease=None)),
                name="record_rendering_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}, revision {self.revision}"

    def get_absolute_url(self) -> str:
        return reverse("record_pdf", args=[self.project.slug, self.revision])

    @property
    def is_sealed(self) -> bool:
        return self.state == JobState.SEALED

    @property
    def path(self) -> Path:
        """Where the sealed bytes are; their hash is in the name, so that no other bytes can have it."""
        return Path(settings.DATA_DIR) / "records" / str(self.project.uuid) / f"{self.revision}-{self.sha256}.pdf"
