"""The hash chain of a journal: how an entry follows from the one before it, and where a chain breaks. All pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

GENESIS = "0" * 64


def chain_hash(prev: str, body: str) -> str:
    """The hash of an entry: SHA-256 over a version mark, the hash before it and its body (TRUST.md section 2)."""
    return hashlib.sha256(f"golive-audit-v1\n{prev}\n{body}".encode()).hexdigest()


def checkpoint_hash(prev: str, body: str) -> str:
    """The hash of a checkpoint of all chains; they are chained the same way."""
    return hashlib.sha256(f"golive-checkpoint-v1\n{prev}\n{body}".encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON with one possible spelling: sorted keys, no spaces, characters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def remark_hash(salt: str, remark: str) -> str:
    """What the body holds of a remark; empty for none."""
    return hashlib.sha256((salt + remark).encode()).hexdigest() if remark else ""


@dataclass(frozen=True)
class Break:
    """The first entry of a chain that is not as it was written, and why."""

    seq: int
    why: str


@dataclass
class Walk:
    """Reads the chain of a project (by its UUID; none: the instance's) from its first entry to its last.

    A chain alone shows what was changed, put in, taken out or swapped. One that was cut at its end, or written anew from
    some entry on, is whole in itself: only `anchors` that were kept elsewhere show that, hashes by number.
    """

    project: str = ""
    anchors: Mapping[int, str] = field(default_factory=dict)
    prev: str = GENESIS
    seq: int = 0
    blanked: set[int] = field(default_factory=set)
    redacted: set[int] = field(default_factory=set)

    def first_break(self, entries: Iterable[Entry]) -> Break | None:
        for entry in entries:
            self.seq += 1
            if why := self.wrong_with(entry):
                return Break(min(self.seq, entry.seq), why)
            self.prev = entry.hash
        if unexplained := self.blanked - self.redacted:
            return Break(
                min(unexplained), "what was written in it is gone, and no later entry says that it was removed"
            )
        later = [seq for seq in self.anchors if seq > self.seq]
        return Break(min(later), "it was there once (an anchor has it) and is missing") if later else None

    def wrong_with(self, entry: Entry) -> str:
        """Why the entry cannot be what was written after the one before it; empty if it can."""
        if entry.seq != self.seq:
            return "an entry is missing" if entry.seq > self.seq else "an entry was put in"
        if entry.prev != self.prev:
            return "it does not follow from the entry before it"
        if entry.hash != chain_hash(entry.prev, entry.body):
            return "its body was changed"
        if self.anchors.get(entry.seq, entry.hash) != entry.hash:
            return "an anchor has another hash for it: the chain was written anew"
        try:
            return self.differs_from_body(entry)
        except (ValueError, KeyError, TypeError):
            return "its body is not one that this application writes"

    def differs_from_body(self, entry: Entry) -> str:
        """The columns beside the body say the same again, for reading and filtering."""
        body = json.loads(entry.body)
        if entry.seq == 1 and body.get("binds", {}).get("project", self.project) != self.project:
            return "it is the first entry of another chain"
        by = body["by"] or {"id": None, "name": ""}
        if (entry.actor, entry.actor_name) != (by["id"], by["name"]):
            return "it names another person than its body"
        if (entry.action, entry.subject, entry.at) != (
            body["action"],
            body["subject"],
            datetime.fromisoformat(body["at"]),
        ):
            return "it says something else than its body"
        if entry.item != body.get("item_id", entry.item):
            return "it is about another item than its body"
        if entry.remark == entry.salt == "" and body["remark_sha256"]:
            self.blanked.add(entry.seq)
        elif remark_hash(entry.salt, entry.remark) != body["remark_sha256"]:
            return "what was written in it was changed"
        if "redacts" in body["facts"]:
            self.redacted.add(body["facts"]["redacts"])
        return ""


@dataclass(frozen=True)
class Entry:
    """The columns of a journal entry, as they are read."""

    seq: int
    prev: str
    hash: str
    body: str
    at: datetime
    actor: int | None
    actor_name: str
    action: str
    item: int | None
    subject: str
    remark: str
    salt: str
