"""Work for the worker: lent to one at a time, tried again until it is done, with words about what keeps it waiting."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Self
from uuid import uuid4

from django.db import DatabaseError, connection, models
from django.db.models import F
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

# A worker that has not renewed its loan for so long is dead. One that lives does so every few seconds, and gives up in the end.
LOAN, BEAT, LONGEST = timedelta(seconds=45), timedelta(seconds=10), timedelta(hours=1)
SLOWEST = timedelta(hours=1)


class JobState(models.TextChoices):
    DUE = "due", _("Waits for the worker")
    RENDERING = "rendering", _("Is being made")
    FAILED = "failed", _("Could not be made yet, and is tried again")
    SEALED = "sealed", _("Sealed")
    READY = "ready", _("Ready")
    DROPPED = "dropped", _("Not made: the project was reopened before")


# Something is still to be done, and the page that shows it asks again.
UNFINISHED = (JobState.DUE, JobState.RENDERING, JobState.FAILED)


class Job(models.Model):
    """`lease` is held by the worker that does it, until `due_at`; `progress` counts percent meanwhile."""

    state = models.CharField(max_length=16, choices=JobState.choices, default=JobState.DUE)
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    problem = models.TextField(blank=True)
    size = models.PositiveIntegerField(default=0)

    objects: models.Manager[Self]
    # What is read together with it.
    WITH: tuple[str, ...] = ("project",)

    class Meta:
        abstract = True

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @classmethod
    def lent(cls, now: datetime) -> Self | None:
        """The next one that is due, lent to the caller. A loan that has run out is due, too: who held it is dead."""
        while job := cls.objects.filter(state__in=UNFINISHED, due_at__lte=now).order_by("due_at", "pk").first():
            loan = uuid4()
            # Of several workers that saw it, one changes what it saw.
            seen = cls.objects.filter(pk=job.pk, state=job.state, lease=job.lease, attempts=job.attempts)
            won = seen.update(
                state=JobState.RENDERING,
                lease=loan,
                due_at=now + LOAN,
                attempts=F("attempts") + 1,
                progress=0,
                problem="",
            )
            if won:
                return cls.objects.select_related(*cls.WITH).get(pk=job.pk)
        return None

    @classmethod
    def each_lent(cls, now: datetime) -> Iterator[Self]:
        """All that is due, one after another, each lent to the caller until they come for the next one."""
        begun = time.monotonic()
        while job := cls.lent(now + timedelta(seconds=time.monotonic() - begun)):
            with job.renewed():
                yield job

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Renew the loan beside the work, which may take minutes, so that it runs out soon after the process dies."""
        done = threading.Event()
        beating = threading.Thread(target=self.renew, args=[done], name=f"loan of {self.pk}", daemon=True)
        beating.start()
        try:
            yield
        finally:
            done.set()
            beating.join()

    def renew(self, done: threading.Event) -> None:
        """Until it is done, or the loan is somebody else's, or it takes so long that it will never be done."""
        lent_until, begun = self.due_at, time.monotonic()
        try:
            while not done.wait(BEAT.total_seconds()):
                passed = timedelta(seconds=time.monotonic() - begun)
                try:
                    if passed > LONGEST or not self.ours.update(due_at=lent_until + passed):
                        return
                except DatabaseError:
                    logger.warning("The loan of %s could not be renewed this time.", self.pk, exc_info=True)
        finally:
            # A connection belongs to its thread.
            connection.close()

    @property
    def ours(self) -> models.QuerySet[Self]:
        """The row, as long as the loan is ours."""
        return type(self).objects.filter(pk=self.pk, lease=self.lease)

    def tell(self, percent: int) -> None:
        """Say how far it is, for the page that waits."""
        self.ours.update(progress=percent)

    def put_off(self, problem: Exception | str, now: datetime) -> None:
        """It went wrong, for a reason that those who wait can read; again later, ever more slowly."""
        if isinstance(problem, MemoryError):
            problem = gettext(
                "It needs more memory than the worker may take: its administrator raises GOLIVE_WORKER_BYTES."
            )
        wait = min(SLOWEST, timedelta(seconds=15 * 2 ** min(self.attempts, 10)))
        self.ours.update(state=JobState.FAILED, lease=None, due_at=now + wait, problem=str(problem)[:1000], progress=0)
