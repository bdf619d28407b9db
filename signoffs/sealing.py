"""Makes the records that are ordered, off every request: facts, layout, seal, file, and only then the row.

A record is lent to one worker at a time. If that dies, the loan runs out and another begins anew; if it was only slow, it finds
its loan gone when it wants to write, and throws its work away. So a revision is sealed once. Nothing is drawn, sealed or
hashed while a lock is held.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.db.models import F, Q
from django.utils.translation import gettext as _

from checklists.models import Action, JournalEntry, Mail
from signoffs import pdf, seal, verify
from signoffs.evidence import evidence_of
from signoffs.models import Record, RecordState, Signature
from signoffs.report import report_of

logger = logging.getLogger(__name__)

# The largest plans take a minute; a worker that has said nothing for this long is dead.
LOAN = timedelta(minutes=15)
SLOWEST = timedelta(hours=1)


class CannotSeal(Exception):
    """Why a record cannot be made, in a sentence for those who wait for it."""


def seal_due(now: datetime) -> None:
    """The worker's duty: make what is ordered, one after another."""
    while (record := lent(now)) is not None:
        make(record, now)


def lent(now: datetime) -> Record | None:
    """The next record that is due, lent to the caller."""
    waiting = Q(state__in=(RecordState.DUE, RecordState.FAILED)) | Q(state=RecordState.RENDERING)
    record = Record.objects.filter(waiting, due_at__lte=now, superseded_at=None).order_by("due_at", "pk").first()
    if record is None:
        return None
    loan = uuid4()
    # Of several workers that saw it, one changes what it saw.
    won = Record.objects.filter(pk=record.pk, state=record.state, lease=record.lease, attempts=record.attempts).update(
        state=RecordState.RENDERING, lease=loan, due_at=now + LOAN, attempts=F("attempts") + 1, progress=0, problem=""
    )
    return Record.objects.select_related("project").get(pk=record.pk, lease=loan) if won else lent(now)


def make(record: Record, now: datetime) -> None:
    """One attempt. Whatever goes wrong is kept in words beside the record, and it is tried again, ever more slowly."""
    try:
        content = drawn(record, progress_of(record))
        keep(record, content, now)
    except Exception as problem:
        logger.exception("The record %s was not made (attempt %s).", record.pk, record.attempts)
        words = (
            str(problem) if isinstance(problem, CannotSeal | seal.NoSeal) else f"{type(problem).__name__}: {problem}"
        )
        wait = min(SLOWEST, timedelta(seconds=15 * 2 ** min(record.attempts, 10)))
        Record.objects.filter(pk=record.pk, lease=record.lease).update(
            state=RecordState.FAILED, lease=None, due_at=now + wait, problem=words[:1000], progress=0
        )


def progress_of(record: Record) -> Callable[[int], None]:
    """Says how far it is, in percent, for the page that waits."""

    def tell(percent: int) -> None:
        Record.objects.filter(pk=record.pk, lease=record.lease).update(progress=percent)

    return tell


def drawn(record: Record, tell: Callable[[int], None]) -> bytes:
    """The sealed file of a record, checked as everybody else can check it."""
    if reason := pdf.problem():
        raise CannotSeal(reason)
    tell(5)
    report = report_of(record.project, record.ordered_at, record)
    if not report.is_complete:
        raise CannotSeal(
            _("The project is not complete any more: a signature is missing or stale, or an item is open.")
        )
    if report.broken_at is not None:
        raise CannotSeal(
            _("The journal is broken at entry %(number)s: nothing can be proved by it.") % {"number": report.broken_at}
        )
    tell(15)
    content = pdf.render(report, evidence_of(report, record.revision), lambda part: tell(15 + int(70 * part)))
    tell(85)
    identity = seal.current()
    record.key_id = identity.id
    content = seal.sealed(content, f"Record of {record.project.name}, revision {record.revision}", identity)
    tell(95)
    authorities = [authority.dump() for authority in seal.authorities()]
    result = verify.verify(content, authorities, head=(record.head_seq, record.head_hash))
    if result.verdict != verify.GOOD:
        raise CannotSeal(_("What was sealed does not verify: %(why)s") % {"why": "; ".join(map(str, result.findings))})
    return content


def keep(record: Record, content: bytes, now: datetime) -> None:
    """The bytes to disk, then the row; if the loan is gone meanwhile, neither."""
    lease = record.lease
    record.sha256, record.size = hashlib.sha256(content).hexdigest(), len(content)
    written(record.path, content)
    with record.project.locked():
        won = Record.objects.filter(pk=record.pk, lease=lease, superseded_at=None).update(
            state=RecordState.SEALED,
            lease=None,
            progress=100,
            sealed_at=now,
            sha256=record.sha256,
            size=record.size,
            key_id=record.key_id,
        )
        if won:
            entry = JournalEntry.objects.record_unattended(
                record.project,
                now,
                Action.RECORD_SEALED,
                subject=str(record.revision),
                sha256=record.sha256,
                head=f"{record.head_seq}:{record.head_hash}",
            )
            tell_people(record, entry, now)
    if not won:
        record.path.unlink(missing_ok=True)
        logger.warning("The record %s was made by somebody else meanwhile; ours is thrown away.", record.pk)


def tell_people(record: Record, entry: JournalEntry, now: datetime) -> None:
    """The receipt: who signed and who manages gets hash and head by mail, out of this database's reach."""
    signers = Signature.objects.filter(slot__project=record.project).values("signer")
    managers = record.project.memberships.filter(role="manager").values("user")
    people = record.project.members.filter(Q(pk__in=signers) | Q(pk__in=managers), is_active=True).distinct()
    for person in people:
        Mail.objects.post(
            "record_sealed",
            person,
            f"record-sealed:{record.pk}:{person.pk}",
            now,
            project=record.project,
            path=record.get_absolute_url(),
            revision=record.revision,
            sha256=record.sha256,
            head=f"{record.head_seq}:{record.head_hash}",
        )


def written(path: Path, content: bytes) -> None:
    """A file that is whole or not there, whenever the power fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
