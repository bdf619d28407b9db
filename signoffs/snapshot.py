"""The snapshot: canonical JSON of a slot's scope and its digest, so that a signature is bound to what its signer saw.

Sorted keys, NFC, strings and integers only: the same data gives the same bytes on every database. Notes and claims
are not in it: talking about signed work does not change it.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from checklists.models import Item, Project, Slot
from checklists.models.item import State
from checklists.models.slot import Meaning
from checklists.sheet import with_value

if TYPE_CHECKING:
    from checklists.sheet import FieldWithValue

SCHEMA = 1


def statement_of(slot: Slot) -> str:
    """The sentence that the signer puts their name to."""
    if slot.is_vote:
        words = _("I have read the state of %(scope)s and say whether %(project)s goes live.")
    else:
        words = {
            Meaning.APPROVED: _("I have read what is listed here and approve %(scope)s of %(project)s."),
            Meaning.PERFORMED: _(
                "I have read what is listed here and state that I performed %(scope)s of %(project)s."
            ),
            Meaning.VERIFIED: _("I have read what is listed here and state that I verified %(scope)s of %(project)s."),
            Meaning.REVIEWED: _("I have read what is listed here and state that I reviewed %(scope)s of %(project)s."),
        }[Meaning(slot.meaning)]
    return words % {"scope": slot.scope_name, "project": slot.project.name}


@dataclass(frozen=True)
class Content:
    """What the plan holds at a moment: every item with its people, every field with the value that it has."""

    items: list[Item]
    fields: list[FieldWithValue]

    def items_of(self, slot: Slot) -> list[Item]:
        """The items that the slot is about; not the one that asks for the signature."""
        return [item for item in self.items if slot.covers(item.phase) and item.pk != slot.item_id]

    def fields_of(self, slot: Slot) -> list[FieldWithValue]:
        """The blanks that the slot is about and that belong to no item."""
        return [field for field in self.fields if field.item_id is None and slot.covers(field.phase)]


def content_of(project: Project) -> Content:
    items = project.items.select_related("settled_by", "owner", "phase")
    return Content(list(items), list(with_value(project.fields.select_related("phase", "section"))))


def snapshot_of(slot: Slot, content: Content) -> str:
    """What is signed, as canonical JSON: the same whatever language its reader has."""
    values: dict[int, list[list[str]]] = {}
    for field in content.fields:
        if field.item_id:
            values.setdefault(field.item_id, []).append([field.label, field.value or ""])
    with translation.override(settings.LANGUAGE_CODE):
        scope, statement = slot.scope_name, statement_of(slot)
    facts = {
        "schema": SCHEMA,
        "project": {"slug": slot.project.slug, "name": slot.project.name, "go_live_at": utc(slot.project.go_live_at)},
        "slot": {"number": slot.number, "title": slot.title, "meaning": slot.meaning, "kind": slot.kind},
        "scope": scope,
        "statement": statement,
        "items": [item_facts(item, values.get(item.pk, [])) for item in content.items_of(slot)],
        "values": [[field.label, field.value or ""] for field in content.fields_of(slot)],
    }
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return unicodedata.normalize("NFC", text)


def item_facts(item: Item, values: list[list[str]]) -> dict:
    return {
        "number": item.number,
        "text": item.text,
        "details": item.details,
        "commands": item.commands,
        "state": item.state if item.is_settled or item.reason else "open",
        "by": item.settled_by.email if item.settled_by else "",
        "at": utc(item.settled_at),
        "reason": item.reason,
        "values": values,
    }


def utc(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds") if moment else ""


def digest_of(snapshot: str) -> str:
    return hashlib.sha256(snapshot.encode()).hexdigest()


def happened_to(item: dict) -> str:
    """The state of an item of a snapshot in words: `done by nia@example.org, 2027-02-06 19:04 UTC`."""
    words = str(State(item["state"]).label).lower() if item["state"] in State else item["state"]
    if item["by"]:
        when = f"{item['at'][:16].replace('T', ' ')} UTC"
        words = _("%(state)s by %(who)s, %(when)s") % {"state": words, "who": item["by"], "when": when}
    return words + (f" (“{item['reason']}”)" if item["reason"] else "")


def differences(earlier: dict, item: dict) -> list[str]:
    """What differs between an item then and now; both come from snapshots."""
    parts = []
    if happened_to(earlier) != happened_to(item):
        parts.append(_("was %(before)s, is %(now)s") % {"before": happened_to(earlier), "now": happened_to(item)})
    if earlier["text"] != item["text"]:
        parts.append(_("text was “%(before)s”") % {"before": earlier["text"]})
    parts += values_changed(earlier["values"], item["values"])
    return parts or [_("details or commands changed")]


def values_changed(before: list[list[str]], now: list[list[str]]) -> list[str]:
    """Which blanks hold something else; both in the order of the plan."""
    return [
        _("%(label)s was %(before)s, is %(now)s")
        % {"label": label, "before": earlier or _("blank"), "now": value or _("blank")}
        for (_label, earlier), (label, value) in zip(before, now, strict=False)
        if earlier != value
    ]


def changed_since(before: str, now: str) -> list[str]:
    """What differs between two snapshots, item by item, in words."""
    old, new = json.loads(before), json.loads(now)
    was = {item["number"]: item for item in old["items"]}
    words = []
    for item in new["items"]:
        earlier = was.get(item["number"])
        if earlier is None:
            words.append(_("#%(number)s %(text)s was added") % item)
        elif earlier != item:
            words.append(f"#{item['number']} {item['text']}: " + "; ".join(differences(earlier, item)))
    gone = was.keys() - {item["number"] for item in new["items"]}
    words += [_("#%(number)s was taken out") % {"number": number} for number in gone]
    now_in = [item["number"] for item in new["items"]]
    if [number for number in was if number in now_in] != [number for number in now_in if number in was]:
        words.append(_("the items stand in another order"))
    words += values_changed(old["values"], new["values"])
    changed = {
        "project": _("the project changed"),
        "statement": _("the statement changed"),
        "slot": _("the slot changed"),
        "scope": _("the scope changed"),
    }
    words += [said for key, said in changed.items() if old[key] != new[key]]
    return words
