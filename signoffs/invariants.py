"""What must hold of signatures and records, and everything that must hold at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checklists import invariants
from checklists.invariants import Check
from checklists.models import Project
from signoffs.models import Record, Signature
from signoffs.models.signature import TOLD
from signoffs.snapshot import digest_of


def one_live_signature_per_slot_and_signer(project: Project) -> Iterator[str]:
    """I5: who signs a slot again has given up the signature before."""
    live = Signature.objects.filter(slot__project=project, voided_at=None).select_related("slot")
    for (slot, name), number in Counter((signature.slot, signature.name) for signature in live).items():
        if number > 1:
            yield f"The slot {slot.title} has {number} signatures of {name} that hold."


def signatures_keep_what_was_seen(project: Project) -> Iterator[str]:
    """I4: the digest of a signature is that of the snapshot that was signed."""
    for signature in Signature.objects.filter(slot__project=project).select_related("slot"):
        if digest_of(signature.snapshot) != signature.digest:
            yield f"The signature of {signature.name} in {signature.slot.title} is not over the snapshot that it keeps."


def every_signature_is_in_the_journal(project: Project) -> Iterator[str]:
    """I1 for signatures: as many as the journal tells of."""
    given = Signature.objects.filter(slot__project=project).count()
    told = project.journal.filter(action__in=TOLD).count()
    if given != told:
        yield f"There are {given} signatures, by the journal {told}."


def records_end_where_the_journal_was(project: Project) -> Iterator[str]:
    """I12: what a record proves is an entry of this journal."""
    for record in Record.objects.filter(project=project):
        if not project.journal.filter(seq=record.head_seq, hash=record.head_hash).exists():
            yield f"The record of revision {record.revision} ends at an entry that the journal does not have."


CHECKS: tuple[Check, ...] = (
    *invariants.CHECKS,
    one_live_signature_per_slot_and_signer,
    signatures_keep_what_was_seen,
    every_signature_is_in_the_journal,
    records_end_where_the_journal_was,
)


def broken(project: Project) -> list[str]:
    """Sentences about what does not hold in the project; none if all is well."""
    return [sentence for check in CHECKS for sentence in check(project)]
