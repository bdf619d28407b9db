"""What must hold of signatures and records, and everything that must hold at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest

from checklists import invariants
from checklists.invariants import Check
from checklists.models import Action, Closure, Item, JournalEntry, Project, Reading
from signoffs import rules
from signoffs.closing import why_not_complete
from signoffs.models import APPROVING, Ending, Record, Signature, VoidedBy
from signoffs.models.signature import TOLD
from signoffs.snapshot import SCHEMA, content_of, digest_of
from signoffs.standing import DID, standings

# What an act of signing does after its signature: none of it can be what was missing to be complete.
FOLLOWING = (
    *(Action.SCOPE_CLOSED, Action.PROJECT_COMPLETED),
    *(Action.PHASE_ADDED, Action.ITEM_ADDED, Action.ITEM_HANDED_OVER),
)


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
            yield f"The signature of {told(signature)} is not over the snapshot that it keeps."


def what_is_closed_is_as_it_was_signed(project: Project) -> Iterator[str]:
    """I4 where nothing may change any more: every signature that closed it is over what is there now."""
    table = standings(project)
    for closure in Closure.objects.live(project):
        for standing in table:
            if standing.slot.required and standing.slot.key == closure.key and standing.state != rules.VALID:
                yield f"{closure.scope_name} is closed, but {standing.slot.title} is {standing.state}."


def who_signs_from_outside_was_invited(project: Project) -> Iterator[str]:
    """A link is good for its own place and its own person."""
    for signature in Signature.objects.filter(slot__project=project).select_related("slot", "invitation"):
        asked = signature.invitation
        if asked and (asked.slot_id, asked.person_id, asked.ended_how) != (
            signature.slot_id,
            signature.signer_id,
            Ending.SIGNED,
        ):
            yield f"The signature of {signature.name} in {signature.slot.title} has the link of somebody else."


def every_signature_is_in_the_journal(project: Project) -> Iterator[str]:
    """I1 for signatures: as many as the journal tells of."""
    given = Signature.objects.filter(slot__project=project).count()
    told = project.journal.filter(action__in=TOLD).count()
    if given != told:
        yield f"There are {given} signatures, by the journal {told}."


def complete_is_what_is_signed(project: Project) -> Iterator[str]:
    """I6: complete is when every required slot is validly signed and nothing mandatory is open; from the last signature on."""
    content = content_of(project)
    table = standings(project, content)
    is_complete = Project.objects.filter(pk=project.pk, completed_at__isnull=False).exists()
    why = why_not_complete(content, table)
    if is_complete and why:
        yield f"The project is complete, but {why}."
    last = max((each.seq for each in content.signatures), default=0)
    since = project.journal.filter(seq__gt=last).exclude(action__in=FOLLOWING)
    if last and not is_complete and not why and not since.exists():
        yield "The last signature left nothing to do, but the project is not complete."


def four_eyes_approved(project: Project) -> Iterator[str]:
    """I7: nobody approves what they did before, unless another manager let them; nobody fills two slots of a stage."""
    did = doings(project)
    blanks = list(Reading.objects.filter(field__project=project, field__item=None).values_list("field", "by", "at"))
    table = {standing.slot.pk: standing for standing in standings(project)}
    for signature in Signature.objects.filter(slot__project=project, decision__in=APPROVING).select_related("slot"):
        if not signature.slot.approves or signature.overridden_by_id:
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


def stages_came_in_order(project: Project) -> Iterator[str]:
    """I8: what a signature was to wait for was signed before it, and nobody votes after the decision."""
    rows = list(Signature.objects.filter(slot__project=project).select_related("slot"))
    by_uuid = {str(signature.uuid): signature for signature in rows}
    for signature in rows:
        for number, given in content_in(signature)["earlier"]:
            before = [by_uuid.get(uuid) for uuid, *_facts in given]
            if any(each is None or each.seq >= signature.seq for each in before):
                yield f"The signature of {told(signature)} is over one of slot {number} that was not there yet."
            if not before and not signature.slot.is_decision:
                yield f"The signature of {told(signature)} did not wait for slot {number}."
    ends = endings(project)
    decisions = sorted((each for each in rows if each.slot.is_decision), key=lambda each: each.seq)
    for decision, later in zip_longest(decisions, decisions[1:]):
        end = ends.get(str(decision.uuid)) or later
        for vote in rows:
            if vote.slot.is_vote and vote.seq > decision.seq and (end is None or vote.seq < end.seq):
                yield f"{told(vote)} voted after the decision of {decision.who}."


def signatures_are_as_they_were_told(project: Project) -> Iterator[str]:
    """I13, and I1 for each: what the journal proves of a signature is so, also of one that is void, and it stays void."""
    journal = {entry.seq: entry for entry in project.journal.filter(action__in=TOLD)}
    ends = endings(project)
    rows = list(Signature.objects.filter(slot__project=project).select_related("slot"))
    signed = {(each.slot_id, each.signer_id, each.signed_at) for each in rows}
    for signature in rows:
        entry = journal.get(signature.seq)
        if entry is None or entry.facts.get("record") != signature.record or entry.at != signature.signed_at:
            yield f"The signature of {told(signature)} is not as it was given."
        elif entry.remark and entry.remark != signature.comment:
            yield f"What {told(signature)} wrote is not what was written."
        end = ends.get(str(signature.uuid))
        if end and (signature.voided_at, signature.voided_by_id) != (end.at, end.actor_id):
            yield f"The signature of {told(signature)} did not stay void as entry {end.seq} of the journal tells."
        elif end and end.remark and end.remark != signature.void_reason:
            yield f"Why the signature of {told(signature)} is void is not what was written."
        elif not end and signature.voided_at:
            again = (signature.slot_id, signature.voided_by_id, signature.voided_at)
            if signature.voided_how != VoidedBy.AGAIN or again not in signed:
                yield f"The journal does not tell why the signature of {told(signature)} is void."


def endings(project: Project) -> dict[str, JournalEntry]:
    """By signature: the entry of the journal that ended it."""
    ends: dict[str, JournalEntry] = {}
    for entry in project.journal.filter(action__in=[Action.SIGNATURE_WITHDRAWN, Action.SCOPE_REOPENED]):
        ends |= dict.fromkeys(entry.facts.get("voids", ()), entry)
    return ends


def records_end_where_the_journal_was(project: Project) -> Iterator[str]:
    """I12: what a record proves is an entry of this journal."""
    for record in Record.objects.filter(project=project):
        if not project.journal.filter(seq=record.head_seq, hash=record.head_hash).exists():
            yield f"The record of revision {record.revision} ends at an entry that the journal does not have."


def told(signature: Signature) -> str:
    return f"{signature.name} in {signature.slot.title}"


def content_in(signature: Signature) -> dict:
    """What was signed, where this version can read it."""
    snapshot = json.loads(signature.snapshot)
    return snapshot if snapshot.get("schema") == SCHEMA else {"items": [], "earlier": []}


CHECKS: tuple[Check, ...] = (
    *invariants.CHECKS,
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


def broken(project: Project) -> list[str]:
    """Sentences about what does not hold in the project; none if all is well."""
    return [sentence for check in CHECKS for sentence in check(project)]
