"""The snapshot: canonical JSON of a slot's scope and its digest, so that a signature is bound to what its signer saw.

Sorted keys, NFC, strings and integers only, and in no language: the same data gives the same bytes on every database.
Discussion is not in it, nor who holds an item, nor when it is due: none of that changes what was signed. Reasons are in it
by the salted hash that the journal keeps of them, so that they can be removed later; entry and salt travel in
`evidence.json`.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from checklists.chain import canonical, remark_hash
from checklists.models import Action, Closure, Evidence, Field, Item, JournalEntry, Project, Slot
from checklists.models.item import Kind
from checklists.models.scoped import Scope
from checklists.rows import with_value
from checklists.scopes import Key, Places
from signoffs.models import Signature, Waiver
from signoffs.statements import VERSION

if TYPE_CHECKING:
    from checklists.rows import FieldWithValue

SCHEMA = "golive-snapshot-3"

# Entries that tell why an item is as it is.
REASONS = (Action.ITEM_BLOCKED, Action.ITEM_FAILED, Action.ITEM_SET_ASIDE, Action.ITEM_REOPENED)
# Who signs these signs for the moment of T-0, too.
WITH_T_ZERO = (Scope.PLAN, Scope.BEFORE)


@dataclass(frozen=True)
class Reason:
    """What the journal knows of why an item is as it is: the entry, the salted hash of the words, and who said them."""

    seq: int
    sha256: str
    who: str


@dataclass
class Content:
    """What the plan holds at a moment: every item with its people, every blank with its value, every live signature."""

    project: Project
    places: Places
    items: list[Item] = field(default_factory=list)
    fields: list[FieldWithValue] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)
    named: dict[int, list[int]] = field(default_factory=dict)
    reasons: dict[int, Reason] = field(default_factory=dict)
    remarks: dict[int, str] = field(default_factory=dict)
    waivers: dict[int, Waiver] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    closures: dict[Key, Closure] = field(default_factory=dict)

    @cached_property
    def paths(self) -> dict[int, frozenset[Key]]:
        """By item: every scope in which it is."""
        return {item.pk: frozenset(self.places.path(item.key)) for item in self.items}

    @cached_property
    def fragments(self) -> dict[int, str]:
        """By item: what a snapshot says of it, as canonical JSON. Made once, however many slots are about it."""
        values: dict[int, list[list[str]]] = {}
        for blank in self.fields:
            if blank.item_id:
                values.setdefault(blank.item_id, []).append([blank.label, blank.value or ""])
        return {item.pk: spelled(self.facts_of(item, values.get(item.pk, []))) for item in self.items}

    @cached_property
    def names(self) -> dict[int, str]:
        """Everybody who ever did something here, by the name that they had then."""
        entries = JournalEntry.objects.filter(project=self.project).exclude(actor=None).order_by("seq")
        return dict(entries.values_list("actor", "actor_name"))

    @property
    def planned(self) -> list[Item]:
        """All that the whole plan consists of; what signers demanded stands apart from it."""
        return [item for item in self.items if item.kind != Kind.CONDITION]

    def items_of(self, slot: Slot) -> list[Item]:
        """The items that the slot is about; not the one that asks for the signature."""
        key, paths = slot.key, self.paths
        return [item for item in self.items if key in paths[item.pk] and item.pk != slot.item_id]

    def fields_of(self, slot: Slot) -> list[FieldWithValue]:
        """The blanks that the slot is about and that belong to no item."""
        return [blank for blank in self.fields if blank.item_id is None and slot.key in self.places.path(blank.key)]

    def evidence_of(self, slot: Slot) -> list[Evidence]:
        """What was shown in the slot's scope, at items and around them."""
        asked = slot.item_id
        return [
            each
            for each in self.evidence
            if (each.item_id != asked if each.item_id and asked else True) and slot.key in self.places.path(each.key)
        ]

    def earlier(self, slot: Slot) -> list[Slot]:
        """Slots that come before this one: required, of an earlier stage, about the same or a part of it.

        Before the decision of a meeting come all its votes, those that bind nobody, too; no vote comes behind it.
        """
        return [
            other
            for other in self.slots
            if (slot.is_decision and other.is_vote)
            or (
                not (slot.is_vote and other.is_decision)
                and other.required
                and other.stage < slot.stage
                and self.places.contains(slot.key, other.key)
            )
        ]

    def guard_open(self, key: Key) -> None:
        """Refuse what would change this place where that, or something around it, is closed."""
        for around in self.places.path(key) if self.closures else ():
            if around in self.closures:
                self.closures[around].refuse()

    def facts_of(self, item: Item, values: list[list[str]]) -> dict:
        reason, waiver = self.reasons.get(item.pk) if item.reason else None, self.waivers.get(item.pk)
        return {
            "number": item.number,
            "text": item.text,
            "details": item.details,
            "commands": item.commands,
            "expected": item.expected,
            "optional": item.optional,
            "state": item.state if item.is_settled or item.reason else "open",
            "by": item.settled_by_id,
            "at": utc(item.settled_at),
            "reason": [reason.seq, reason.sha256] if reason else [0, remark_hash("", item.reason)],
            "waived": waiver.seq if waiver else 0,
            "values": values,
        }


def content_of(project: Project) -> Content:
    """In a fixed number of queries."""
    return contents_of([project])[project.pk]


def contents_of(projects: Iterable[Project]) -> dict[int, Content]:
    """Those of many projects, by project, in a fixed number of queries however many there are."""
    by_pk = {project.pk: project for project in projects}
    found = {pk: Content(by_pk[pk], places) for pk, places in Places.load_all(by_pk).items()}

    def each(rows: Iterable[Any]) -> Iterator[tuple[Content, Any]]:
        for row in rows:
            row.project = by_pk[row.project_id]
            yield found[row.project_id], row

    for content, item in each(Item.objects.filter(project__in=found).select_related("settled_by", "owner", "phase")):
        content.items.append(item)
    for content, blank in each(with_value(Field.objects.filter(project__in=found).select_related("phase", "section"))):
        content.fields.append(blank)
    slots = Slot.objects.filter(project__in=found).select_related("phase", "section", "subject")
    for content, slot in each(slots.prefetch_related("named__user")):
        content.slots.append(slot)
        content.named[slot.pk] = [person.user_id for person in slot.named.all()]
    live = Signature.objects.live().filter(slot__project__in=found)
    for signature in live.select_related("signer", "slot"):
        found[signature.slot.project_id].signatures.append(signature)
    why = JournalEntry.objects.filter(project__in=found, action__in=REASONS).order_by("seq")
    for pk, seq, item, remark, body, who in why.values_list("project", "seq", "item", "remark", "body", "actor_name"):
        found[pk].reasons[item] = Reason(seq, json.loads(body)["remark_sha256"], who)
        found[pk].remarks[seq] = remark
    evidence = Evidence.objects.live().filter(project__in=found).select_related("by", "item", "section", "phase")
    for content, shown in each(evidence):
        content.evidence.append(shown)
    for waiver in Waiver.objects.filter(item__project__in=found, ended_at=None).select_related("item"):
        found[waiver.item.project_id].waivers[waiver.item_id] = waiver
    closed = Closure.objects.filter(project__in=found, reopened_at=None)
    for content, closure in each(closed.select_related("phase", "section", "subject")):
        content.closures[closure.key] = closure
    return found


def snapshot_of(slot: Slot, content: Content) -> str:
    """What is signed, as canonical JSON."""
    project = content.project
    # Keys in their order; the items come as they are spelled already.
    parts = {
        "earlier": spelled(earlier_of(slot, content)),
        "evidence": spelled(sorted([str(each.uuid), each.name, each.sha256] for each in content.evidence_of(slot))),
        "items": f"[{','.join(content.fragments[item.pk] for item in content.items_of(slot))}]",
        "project": spelled(
            {
                "uuid": str(project.uuid),
                "name": project.name,
                "go_live_at": utc(project.go_live_at) if slot.scope in WITH_T_ZERO else "",
            }
        ),
        "schema": spelled(SCHEMA),
        "scope": spelled([slot.scope, scope_told(slot)]),
        "slot": spelled(
            {
                **{name: getattr(slot, name) for name in ("number", "title", "meaning", "kind", "stage", "needed")},
                **{name: getattr(slot, name) for name in ("required", "filler", "role")},
                "people": sorted(content.named.get(slot.pk, [])),
                # Only where there is one, so that what was signed before there were teams stays as it is.
                **({"team": slot.team} if slot.team else {}),
            }
        ),
        "statement": spelled(VERSION),
        "values": spelled([[blank.label, blank.value or ""] for blank in content.fields_of(slot)]),
    }
    return "{" + ",".join(f'"{name}":{spelling}' for name, spelling in parts.items()) + "}"


def earlier_of(slot: Slot, content: Content) -> list:
    """What was signed before, in stages that come before this one."""
    given: dict[int, list[Signature]] = {}
    for signature in content.signatures:
        given.setdefault(signature.slot_id, []).append(signature)
    return [
        [
            other.number,
            [
                [str(each.uuid), each.voter or 0, each.decision, each.digest]
                for each in ordered(given.get(other.pk, []))
            ],
        ]
        for other in content.earlier(slot)
    ]


def ordered(signatures: Iterable[Signature]) -> list[Signature]:
    return sorted(signatures, key=lambda each: (each.seq, str(each.uuid)))


def scope_told(slot: Slot) -> str:
    """Which one, where the scope is one of many."""
    if slot.subject:
        return f"#{slot.subject.number}"
    return str(slot.phase or slot.section or "")


def spelled(value: object) -> str:
    """Canonical JSON in Unicode's composed form, so that one text has one spelling."""
    return unicodedata.normalize("NFC", canonical(value))


def utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


def digest_of(snapshot: str) -> str:
    return hashlib.sha256(snapshot.encode()).hexdigest()
