"""The snapshot: canonical JSON of a slot's scope and its digest, so that a signature is bound to what its signer saw.

Sorted keys, NFC, strings and integers only: the same data gives the same bytes on every database. Notes and claims
are not in it: talking about signed work does not change it.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from datetime import UTC, datetime

from checklists.models import Item, Reading, Slot
from checklists.models.item import State
from checklists.models.slot import Meaning

SCHEMA = 1


def statement_of(slot: Slot) -> str:
    """The sentence that the signer puts their name to."""
    if slot.is_vote:
        return f"I have read the state of {slot.scope_name} and say whether {slot.project.name} goes live."
    verb = {
        Meaning.APPROVED: "approve",
        Meaning.PERFORMED: "state that I performed",
        Meaning.VERIFIED: "state that I verified",
        Meaning.REVIEWED: "state that I reviewed",
    }[Meaning(slot.meaning)]
    return f"I have read what is listed here and {verb} {slot.scope_name} of {slot.project.name}."


def items_of(slot: Slot, items: list[Item]) -> list[Item]:
    """The items of the slot's scope, of all the project's items."""
    return [item for item in items if slot.phase_id is None or item.phase_id == slot.phase_id]


def readings_of(project) -> dict[int, list[Reading]]:
    """Every field's readings, oldest first, by item; readings of sections stand under 0."""
    by_item: dict[int, list[Reading]] = {}
    readings = Reading.objects.filter(field__project=project).select_related("field", "by")
    for reading in readings.order_by("field__position", "at", "pk"):
        by_item.setdefault(reading.field.item_id or 0, []).append(reading)
    return by_item


def snapshot_of(slot: Slot, items: list[Item], readings: dict[int, list[Reading]]) -> str:
    """What is signed, as canonical JSON. `items` are the project's with their people, `readings` from `readings_of`."""
    content = {
        "schema": SCHEMA,
        "project": {"slug": slot.project.slug, "name": slot.project.name, "go_live_at": utc(slot.project.go_live_at)},
        "slot": {"number": slot.number, "title": slot.title, "meaning": slot.meaning, "kind": slot.kind},
        "scope": slot.scope_name,
        "statement": statement_of(slot),
        "items": [item_facts(item, readings.get(item.pk, [])) for item in items_of(slot, items)],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return unicodedata.normalize("NFC", text)


def item_facts(item: Item, readings: list[Reading]) -> dict:
    latest = {reading.field.label: reading.value for reading in readings}
    return {
        "number": item.number,
        "text": item.text,
        "details": item.details,
        "commands": item.commands,
        "state": item.state if item.is_settled or item.reason else "open",
        "by": item.settled_by.email if item.settled_by else "",
        "at": utc(item.settled_at),
        "reason": item.reason,
        "values": latest,
    }


def utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


def digest_of(snapshot: str) -> str:
    return hashlib.sha256(snapshot.encode()).hexdigest()


def happened_to(item: dict) -> str:
    """The state of an item of a snapshot in words: `done by nia@example.org, 2027-02-06 19:04 UTC`."""
    words = State(item["state"]).label.lower() if item["state"] in State else item["state"]
    words += f" by {item['by']}, {item['at'][:16].replace('T', ' ')} UTC" if item["by"] else ""
    return words + (f" (“{item['reason']}”)" if item["reason"] else "")


def differences(earlier: dict, item: dict) -> list[str]:
    """What differs between an item then and now; both come from snapshots."""
    parts = []
    if happened_to(earlier) != happened_to(item):
        parts.append(f"was {happened_to(earlier)}, is {happened_to(item)}")
    if earlier["text"] != item["text"]:
        parts.append(f"text was “{earlier['text']}”")
    names = sorted(earlier["values"].keys() | item["values"].keys())
    for name in names:
        before, now = earlier["values"].get(name, "nothing"), item["values"].get(name, "nothing")
        if before != now:
            parts.append(f"{name} was {before}, is {now}")
    return parts or ["details or commands changed"]


def changed_since(before: str, now: str) -> list[str]:
    """What differs between two snapshots, item by item, in words."""
    old, new = json.loads(before), json.loads(now)
    was = {item["number"]: item for item in old["items"]}
    words = []
    for item in new["items"]:
        earlier = was.get(item["number"])
        if earlier is None:
            words.append(f"#{item['number']} {item['text']} was added")
        elif earlier != item:
            words.append(f"#{item['number']} {item['text']}: " + "; ".join(differences(earlier, item)))
    words += [f"#{number} was taken out" for number in was.keys() - {item["number"] for item in new["items"]}]
    words += [f"the {key} changed" for key in ("project", "statement", "slot", "scope") if old[key] != new[key]]
    return words
