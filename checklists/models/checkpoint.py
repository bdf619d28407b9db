"""A checkpoint: where every chain ended at a moment, so that a chain that is cut or written anew later shows."""

from __future__ import annotations

import json
import logging
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import OuterRef, Subquery

from checklists.chain import GENESIS, canonical, checkpoint_hash
from checklists.locks import CHECKPOINT, wait_for_lock
from checklists.models.journal import JournalEntry
from checklists.models.project import Project

logger = logging.getLogger("golive.checkpoint")


def heads() -> dict[str, tuple[int, str]]:
    """The newest entry of every chain: number and hash, by the project's UUID; the instance's by an empty name."""
    newest = JournalEntry.objects.filter(project=OuterRef("pk")).order_by("-seq")
    projects = Project.objects.annotate(
        head_seq=Subquery(newest.values("seq")[:1]), head_hash=Subquery(newest.values("hash")[:1])
    ).exclude(head_seq=None)
    found = {str(uuid): (seq, hash_) for uuid, seq, hash_ in projects.values_list("uuid", "head_seq", "head_hash")}
    own = JournalEntry.objects.filter(project=None).order_by("-seq").values_list("seq", "hash").first()
    return found | ({"": own} if own else {})


# A checkpoint this old is followed by the next.
DAILY = timedelta(hours=24)


def keep_daily(now: datetime) -> None:
    """The worker's duty: a checkpoint a day."""
    newest = Checkpoint.objects.order_by("pk").last()
    if newest is None or now - newest.at >= DAILY:
        Checkpoint.objects.make(now)


class CheckpointManager(models.Manager["Checkpoint"]):
    def make(self, at: datetime) -> Checkpoint:
        """Keep all heads as they are now, as a row and as a line of the log, which is kept elsewhere."""
        with transaction.atomic():
            wait_for_lock(CHECKPOINT)
            last = self.order_by("pk").last()
            prev = last.hash if last else GENESIS
            body = canonical({"at": at.isoformat(), "heads": heads()})
            checkpoint = self.create(at=at, body=body, prev=prev, hash=checkpoint_hash(prev, body))
        logger.info("checkpoint %s of %s chains: %s", checkpoint.pk, len(checkpoint.heads), checkpoint.hash)
        return checkpoint

    def broken(self) -> Checkpoint | None:
        """The first checkpoint that does not follow from the one before it."""
        prev = GENESIS
        for checkpoint in self.order_by("pk").iterator():
            if (checkpoint.prev, checkpoint.hash) != (prev, checkpoint_hash(prev, checkpoint.body)):
                return checkpoint
            prev = checkpoint.hash
        return None

    def anchors(self) -> dict[str, dict[int, str]]:
        """What checkpoints say of each chain: the hash of an entry by its number."""
        known: dict[str, dict[int, str]] = {}
        for checkpoint in self.order_by("-pk").iterator():
            for chain, (seq, hash_) in checkpoint.heads.items():
                known.setdefault(chain, {})[seq] = hash_
        return known


class Checkpoint(models.Model):
    """All heads at a moment; `body` is canonical JSON, chained as the journal is."""

    at = models.DateTimeField()
    body = models.TextField()
    prev = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    objects = CheckpointManager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Checkpoint {self.pk}"

    @property
    def heads(self) -> dict[str, tuple[int, str]]:
        return json.loads(self.body)["heads"]
