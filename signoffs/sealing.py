"""Makes the records that are ordered, off every request: facts, layout, seal, file, and only then the row.

A record is lent to one worker at a time, which renews the loan while it works. If it dies, the loan runs out within a minute and
another begins anew; if it was only stopped, it finds its loan gone when it wants to write, and throws its work away. So a
revision is sealed once. Nothing is drawn, sealed or hashed while a lock is held.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from checklists.files import written
from checklists.models import Action, JournalEntry, Mail
from signoffs import pdf, seal, verify
from signoffs.evidence import evidence_of
from signoffs.models import JobState, Record, Signature
from signoffs.report import report_of

logger = logging.getLogger(__name__)


class CannotSeal(Exception):
    """Why a record cannot be made, in a sentence for those who wait for it."""


def seal_due(now: datetime) -> None:
    """The worker's duty: make what is ordered, one after another."""
    for record in Record.each_lent(now):
        make(record, now)


def make(record: Record, now: datetime) -> None:
    """One attempt. Whatever goes wrong is kept in words beside the record, and it is tried again."""
    try:
        keep(record, drawn(record), now)
    except Exception as problem:
        logger.exception("The record %s was not made (attempt %s).", record.pk, record.attempts)
        known = isinstance(problem, CannotSeal | seal.NoSeal | MemoryError)
        record.put_off(problem if known else f"{type(problem).__name__}: {problem}", now)


def drawn(record: Record) -> bytes:
    """The sealed file of a record, checked as everybody else can check it."""
    if reason := pdf.problem():
        raise CannotSeal(reason)
    record.tell(5)
    report = report_of(record.project, record.ordered_at, record)
    if not report.is_complete:
        raise CannotSeal(
            _("The project is not complete any more: a signature is missing or stale, or an item is open.")
        )
    if report.broken_at is not None:
        raise CannotSeal(
            _("The journal is broken at entry %(number)s: nothing can be proved by it.") % {"number": report.broken_at}
        )
    record.tell(15)
    content = pdf.render(report, evidence_of(report, record.revision), lambda part: record.tell(15 + int(70 * part)))
    record.tell(85)
    identity = seal.current()
    record.key_id = identity.id
    content = seal.sealed(content, f"Record of {record.project.name}, revision {record.revision}", identity)
    record.tell(95)
    authorities = [authority.dump() for authority in seal.authorities()]
    result = verify.verify(content, authorities, head=(record.head_seq, record.head_hash))
    if result.verdict != verify.GOOD:
        raise CannotSeal(_("What was sealed does not verify: %(why)s") % {"why": "; ".join(map(str, result.findings))})
    return content


def keep(record: Record, content: bytes, now: datetime) -> None:
    """The bytes to disk, then the row; if the loan is gone meanwhile, neither."""
    record.sha256, record.size = hashlib.sha256(content).hexdigest(), len(content)
    written(record.path, content)
    with record.project.locked():
        won = record.ours.filter(superseded_at=None).update(
            state=JobState.SEALED,
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
