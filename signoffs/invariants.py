"""What must hold of signatures and records, and everything that must hold at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from checklists import invariants
from checklists.models import Action, Closure, Item, JournalEntry, Project, Reading
from signoffs import rules
from signoffs.closing import why_not_complete
from signoffs.models import APPROVING, Ending, Record, Signature, VoidedBy
from signoffs.models.signature import TOLD
from signoffs.snapshot import SCHEMA, Content, content_of, digest_of
from signoffs.standing import DID, Standing, standings

# What an act of signing does after its signature: none of it can be what was missing to be complete.
FOLLOWING = (
    *(Action.SCOPE_CLOSED, Action.PROJECT_COMPLETED),
    *(Action.PHASE_ADDED, Action.ITEM_ADDED, Action.ITEM_HANDED_OVER),
)


@dataclass
class Signed:
    """What the checks of signing look at, read once: how every slot stands, and every signature that ever was."""

    project: Project
    content: Content
    table: list[Standing]
    signatures: list[Signature]

    @classmethod
    def of(cls, project: Project) -> Signed:
        content = content_of(project)
        signatures = Signature.objects.filter(slot__project=project).select_related("slot", "invitation")
        return cls(project, content, standings(project, content), list(signatures))

    @cached_property
    def endings(self) -> dict[str, JournalEntry]:
        """By signature: the entry of the journal that ended it."""
        ends: dict[str, JournalEntry] = {}
        for entry in self.project.journal.filter(action__in=[Action.SIGNATURE_WITHDRAWN, Action.SCOPE_REOPENED]):
            ends |= dict.fromkeys(entry.facts.get("voids", ()), entry)
        return ends


def one_live_signature_per_slot_and_signer(signed: Signed) -> Iterator[str]:
    """I5: who signs a slot again has given up the signature before."""
    live = [signature for signature in signed.signatures if signature.voided_at is None]
    for (slot, name), number in Counter((signature.slot, signature.name) for signature in live).items():
        if number > 1:
            yield f"The slot {slot.title} has {number} signatures of {name} that hold."


def signatures_keep_what_was_seen(signed: Signed) -> Iterator[str]:
    """I4: the digest of a signature is that of the snapshot that was signed."""
    for signature in signed.signatures:
        if digest_of(signature.snapshot) != signature.digest:
            yield f"The signature of {told(signature)} is not over the snapshot that it keeps."


def what_is_closed_is_as_it_was_signed(signed: Signed) -> Iterator[str]:
    """I4 where nothing may change any more: every signature that closed it is over what is there now."""
    for closure in Closure.objects.live(signed.project):
        for standing in signed.table:
            if standing.slot.required and standing.slot.key == closure.key and standing.state != rules.VALID:
                yield f"{closure.scope_name} is closed, but {standing.slot.title} is {standing.state}."


def who_signs_from_outside_was_invited(signed: Signed) -> Iterator[str]:
    """A link is good for its own place and its own person."""
    for signature in signed.signatures:
        asked = signature.invitation
        if asked and (asked.slot_id, asked.person_id, asked.ended_how) != (
            signature.slot_id,
            signature.signer_id,
            Ending.SIGNED,
        ):
            yield f"The signature of {signature.name} in {signature.slot.title} has the link of somebody else."


def every_signature_is_in_the_journal(signed: Signed) -> Iterator[str]:
    """I1 for signatures: as many as the journal tells of."""
    given = len(signed.signatures)
    told = signed.project.journal.filter(action__in=TOLD).count()
    if given != told:
        yield f"There are {given} signatures, by the journal {told}."


def complete_is_what_is_signed(signed: Signed) -> Iterator[str]:
    """I6: complete is when every required slot is validly signed and nothing mandatory is open; from the last signature on."""
    is_complete = Project.objects.filter(pk=signed.project.pk, completed_at__isnull=False).exists()
    why = why_not_complete(signed.content, signed.table)
    if is_complete and why:
        yield f"The project is complete, but {why}."
    last = max((each.seq for each in signed.content.signatures), default=0)
    since = signed.project.journal.filter(seq__gt=last).exclude(action__in=FOLLOWING)
    if last and not is_complete and not why and not since.exists():
        yield "The last signature left nothing to do, but the project is not complete."


def four_eyes_approved(signed: Signed) -> Iterator[str]:
    """I7: nobody approves what they did before, unless another manager let them; nobody fills two slots of a stage."""
    did = doings(signed.project)
    readings = Reading.objects.filter(field__project=signed.project, field__item=None)
    blanks = list(readings.values_list("field", "by", "at"))
    table = {standing.slot.pk: standing for standing in signed.table}
    for signature in signed.signatures:
        if signature.decision not in APPROVING or not signature.slot.approves or signature.overridden_by_id:
            continue
        numbers = {item["number"] for item in content_in(signature)["items"]}
        own = any(seq < signature.seq and who in signature.people and number in numbers for seq, number, who in did)
        standing = table.get(signature.slot_id)
        if standing and signature.digest == standing.digest:
            around = {blank.pk for blank in standing.fields}
            own |= any(
                blank in around and who in signature.people and at < signature.signed_at for blank, who, at in blanks
            )
        if own:
            yield f"The signature of {told(signature)} approves what they worked on themselves."
    places: dict[tuple, dict[int, str]] = {}
    for standing in table.values():
        here = places.setdefault((standing.slot.key, standing.slot.stage), {})
        for signature in standing.signatures:
            if standing.slot.is_decision or signature.digest != standing.digest:
                continue
            for person in signature.people:
                if here.setdefault(person, standing.slot.title) != standing.slot.title:
                    yield f"{signature.who} signed two places of one stage: {here[person]} and {standing.slot.title}."


def doings(project: Project) -> list[tuple[int, int, int]]:
    """Who did something with an item, or was given it: number of the entry, of the item, key of the person."""
    numbers = dict(Item.with_retired.filter(project=project).values_list("pk", "number"))
    entries = project.journal.filter(action__in=DID).exclude(item=None).values_list("seq", "item", "actor")
    found = [(seq, numbers[item], actor) for seq, item, actor in entries]
    given = project.journal.filter(action=Action.ITEM_HANDED_OVER)
    return found + [(entry.seq, numbers[entry.item_id], entry.facts["who"]) for entry in given if entry.item_id]


def stages_came_in_order(signed: Signed) -> Iterator[str]:
    """I8: what a signature was to wait for was signed before it, and nobody votes after the decision."""
    by_uuid = {str(signature.uuid): signature for signature in signed.signatures}
    for signature in signed.signatures:
        for number, given in content_in(signature)["earlier"]:
            before = [by_uuid.get(uuid) for uuid, *_facts in given]
            if any(each is None or each.seq >= signature.seq for each in before):
                yield f"The signature of {told(signature)} is over one of slot {number} that was not there yet."
            if not before and not signature.slot.is_decision:
                yield f"The signature of {told(signature)} did not wait for slot {number}."
    decisions = sorted((each for each in signed.signatures if each.slot.is_decision), key=lambda each: each.seq)
    for decision, later in zip_longest(decisions, decisions[1:]):
        end = signed.endings.get(str(decision.uuid)) or later
        for vote in signed.signatures:
            if vote.slot.is_vote and vote.seq > decision.seq and (end is None or vote.seq < end.seq):
                yield f"{told(vote)} voted after the decision of {decision.who}."


def signatures_are_as_they_were_told(signed: Signed) -> Iterator[str]:
    """I13, and I1 for each: what the journal proves of a signature is so, also of one that is void, and it stays void."""
    journal = {entry.seq: entry for entry in signed.project.journal.filter(action__in=TOLD)}
    given = {(each.slot_id, each.signer_id, each.signed_at) for each in signed.signatures}
    for signature in signed.signatures:
        entry = journal.get(signature.seq)
        if entry is None or entry.facts.get("record") != signature.record or entry.at != signature.signed_at:
            yield f"The signature of {told(signature)} is not as it was given."
        elif entry.remark and entry.remark != signature.comment:
            yield f"What {told(signature)} wrote is not what was written."
        end = signed.endings.get(str(signature.uuid))
        if end and (signature.voided_at, signature.voided_by_id) != (end.at, end.actor_id):
            yield f"The signature of {told(signature)} did not stay void as entry {end.seq} of the journal tells."
        elif end and end.remark and end.remark != signature.void_reason:
            yield f"Why the signature of {told(signature)} is void is not what was written."
        elif not end and signature.voided_at:
            again = (signature.slot_id, signature.voided_by_id, signature.voided_at)
            if signature.voided_how != VoidedBy.AGAIN or again not in given:
                yield f"The journal does not tell why the signature of {told(signature)} is void."


def records_end_where_the_journal_was(signed: Signed) -> Iterator[str]:
    """I12: what a record proves is an entry of this journal."""
    for record in Record.objects.filter(project=signed.project):
        if not signed.project.journal.filter(seq=record.head_seq, hash=record.head_hash).exists():
            yield f"The record of revision {record.revision} ends at an entry that the journal does not have."


def told(signature: Signature) -> str:
    return f"{signature.name} in {signature.slot.title}"


def content_in(signature: Signature) -> dict:
    """What was signed, where this version can read it."""
    snapshot = json.loads(signature.snapshot)
    return snapshot if snapshot.get("schema") == SCHEMA else {"items": [], "earlier": []}


OF_SIGNING: tuple[Callable[[Signed], Iterator[str]], ...] = (
    one_live_signature_per_slot_and_signer,
    signatures_keep_what_was_seen,
    what_is_closed_is_as_it_was_signed,
    who_signs_from_outside_was_invited,
    every_signature_is_in_the_journal,
    complete_is_what_is_signed,
    four_eyes_approved,
    stages_came_in_order,
    signatures_are_as_they_were_told,
    records_end_where_the_journal_was,
)
# How many there are.
CHECKS = len(invariants.CHECKS) + len(OF_SIGNING)


def broken(project: Project) -> list[str]:
    """Sentences about what does not hold in the project; none if all is well."""
    found = [sentence for check in invariants.CHECKS for sentence in check(project)]
    signed = Signed.of(project)
    return found + [sentence for check in OF_SIGNING for sentence in check(signed)]
