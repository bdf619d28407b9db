"""The journal: every change to a project as one entry of a hash chain, written in the change's own transaction.

An entry's body is canonical JSON kept as text, because a database that re-orders it would break the hash. What people
wrote (notes, reasons) is in the body only as a salted hash, so that redacting it later leaves the chain intact.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, models

from checklists.act import Act

if TYPE_CHECKING:
    from checklists.models.item import Item
    from checklists.models.project import Project

GENESIS = "0" * 64
# Facts that prove and that nobody reads aloud.
PROOFS = {"sha256", "digest"}

# PostgreSQL's channel for new entries; see live.py.
CHANNEL = "golive_journal"


class Action(models.TextChoices):
    """Everything that can happen to a project, each with the words that follow the actor's name."""

    PROJECT_CREATED = "project.created", "created the project"
    PROJECT_CHANGED = "project.changed", "changed the project's details:"
    GO_LIVE_MOVED = "project.go_live_moved", "moved T-0"
    PHASE_OPENED = "phase.opened_early", "opened early"
    MEMBER_ADDED = "member.added", "added a person"
    MEMBER_CHANGED = "member.changed", "changed a person's role"
    MEMBER_REMOVED = "member.removed", "removed a person"
    ITEM_CLAIMED = "item.claimed", "claimed"
    ITEM_RELEASED = "item.released", "released"
    ITEM_COMPLETED = "item.completed", "completed"
    ITEM_REOPENED = "item.reopened", "reopened"
    ITEM_BLOCKED = "item.blocked", "blocked"
    ITEM_RESUMED = "item.resumed", "took up again"
    ITEM_FAILED = "item.failed", "marked failed"
    ITEM_HANDED_OVER = "item.handed_over", "handed over"
    ITEM_UNDONE = "item.undone", "took back"
    ITEM_SET_ASIDE = "item.set_aside", "marked not applicable"
    ITEM_AMENDED = "item.amended", "changed the plan of"
    PLAN_BASELINED = "plan.baselined", "baselined the plan"
    ITEM_ADDED = "plan.item_added", "added"
    ITEM_MOVED = "plan.item_moved", "moved"
    ITEM_SPLIT = "plan.item_split", "split"
    ITEM_RETIRED = "plan.item_retired", "took out of the plan"
    ITEM_RESTORED = "plan.item_restored", "put back into the plan"
    PHASE_ADDED = "plan.phase_added", "added the phase"
    PHASE_AMENDED = "plan.phase_amended", "changed the phase"
    PHASE_MOVED = "plan.phase_moved", "moved the phase"
    PHASE_RETIRED = "plan.phase_retired", "took out of the plan the phase"
    PHASE_RESTORED = "plan.phase_restored", "put back into the plan the phase"
    SECTION_ADDED = "plan.section_added", "added the section"
    SECTION_AMENDED = "plan.section_amended", "changed the section"
    SECTION_MOVED = "plan.section_moved", "moved the section"
    SECTION_RETIRED = "plan.section_retired", "took out of the plan the section"
    SECTION_RESTORED = "plan.section_restored", "put back into the plan the section"
    FIELD_ADDED = "plan.field_added", "added the blank"
    FIELD_AMENDED = "plan.field_amended", "changed the blank"
    FIELD_RETIRED = "plan.field_retired", "took out of the plan the blank"
    FIELD_RESTORED = "plan.field_restored", "put back into the plan the blank"
    NOTE_ADDED = "note.added", "noted on"
    READING_GIVEN = "reading.given", "entered a value for"
    SLOT_CHANGED = "slot.changed", "changed what is signed by"
    SIGNING_REFUSED = "signing.refused", "entered a wrong password to sign"
    SLOT_SIGNED = "slot.signed", "signed"
    SLOT_DECLINED = "slot.declined", "voted no-go on"
    REPORT_DOWNLOADED = "report.downloaded", "downloaded the report"


def chain_hash(prev: str, body: str) -> str:
    """The hash of an entry: SHA-256 over a version mark, the hash before it and its body (TRUST.md section 2)."""
    return hashlib.sha256(f"golive-audit-v1\n{prev}\n{body}".encode()).hexdigest()


def canonical(value: object) -> str:
    """JSON with one possible spelling: sorted keys, no spaces, characters as they are."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def announce(project: Project, seq: int, action: Action) -> None:
    """Tell the processes that listen for open pages. PostgreSQL delivers on commit; SQLite is asked, not told."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{project.pk} {seq} {action.value}"])


class JournalQuerySet(models.QuerySet["JournalEntry"]):
    def record(
        self,
        project: Project,
        act: Act,
        action: Action,
        *,
        item: Item | None = None,
        subject: str = "",
        remark: str = "",
        **facts,
    ) -> JournalEntry:
        """Append one entry; the caller holds the project's lock. `remark` is what the person wrote."""
        last = self.filter(project=project).order_by("-seq").values_list("seq", "hash").first()
        seq, prev = (last[0] + 1, last[1]) if last else (1, GENESIS)
        salt = secrets.token_hex(8) if remark else ""
        subject = subject or (item.text if item else "")
        body = canonical(
            {
                "project": project.slug,
                "seq": seq,
                "at": act.at.isoformat(),
                "by": {"id": act.by.pk, "name": str(act.by), "email": act.by.email},
                "action": action.value,
                "item": item.number if item else None,
                "subject": subject,
                "remark_sha256": hashlib.sha256((salt + remark).encode()).hexdigest() if remark else "",
                "facts": facts,
            }
        )
        announce(project, seq, action)
        return self.create(
            project=project,
            seq=seq,
            at=act.at,
            actor=act.by,
            actor_name=str(act.by),
            action=action,
            item=item,
            subject=subject,
            remark=remark,
            salt=salt,
            body=body,
            prev=prev,
            hash=chain_hash(prev, body),
        )

    def head(self, project: Project) -> int:
        """The number of the newest entry."""
        return self.filter(project=project).order_by("-seq").values_list("seq", flat=True).first() or 0

    def first_broken(self, project: Project) -> int | None:
        """The number of the first entry that does not follow from the one before it; None for an intact chain."""
        prev, expected = GENESIS, 1
        for seq, entry_prev, entry_hash, body in (
            self.filter(project=project).order_by("seq").values_list("seq", "prev", "hash", "body").iterator()
        ):
            if (seq, entry_prev, entry_hash) != (expected, prev, chain_hash(prev, body)):
                return seq
            prev, expected = entry_hash, expected + 1
        return None


class JournalEntry(models.Model):
    """Somebody did something at a moment. Names and texts are as they were then, whatever changes later."""

    project = models.ForeignKey("Project", on_delete=models.PROTECT, related_name="journal")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    actor_name = models.CharField(max_length=120)
    action = models.CharField(max_length=32, choices=Action.choices)
    item = models.ForeignKey("Item", on_delete=models.PROTECT, null=True, blank=True, related_name="history")
    subject = models.TextField(blank=True)
    remark = models.TextField(blank=True)
    salt = models.CharField(max_length=32, blank=True)
    body = models.TextField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = JournalQuerySet.as_manager()

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["project", "seq"], name="journal_seq_unique"),
            models.UniqueConstraint(fields=["project", "prev"], name="journal_chain_does_not_fork"),
            models.CheckConstraint(condition=models.Q(action__in=Action.values), name="journal_action_known"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.sentence}"

    @property
    def facts(self) -> dict:
        return json.loads(self.body)["facts"]

    @property
    def sentence(self) -> str:
        """What happened, in words that follow the actor's name, without the remark."""
        words = [Action(self.action).label]
        if number := json.loads(self.body)["item"]:
            words.append(f"#{number}")
        if self.subject:
            words.append(self.subject)
        facts = self.facts
        if "old" in facts:
            words.append(f"from {facts.pop('old')} to {facts.pop('new')}")
        if shown := ", ".join(str(value) for key, value in facts.items() if value and key not in PROOFS):
            words.append(f"({shown})")
        return " ".join(words)
