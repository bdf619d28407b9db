"""The journal: every change to a project as one entry of a hash chain, written in the change's own transaction.

An entry's body is canonical JSON kept as text, because a database that re-orders it would break the hash. What people
wrote (notes, reasons) is in the body only as a salted hash, so that redacting it later leaves the chain intact. The
database itself refuses to change or remove an entry (append_only.py). One chain belongs to no project: the instance's
own, of sign-ins, accounts and settings.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.chain import GENESIS, Break, Entry, Walk, canonical, chain_hash, remark_hash
from checklists.locks import INSTANCE, wait_for_lock

if TYPE_CHECKING:
    from checklists.models.item import Item
    from checklists.models.project import Project
    from golive_site.accounts.models import User

# Facts that prove and that nobody reads aloud.
PROOFS = {"sha256", "digest", "redacts", "marks", "head", "who", "undoes", "went", "moment", "record", "voids", "note"}

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
    # Of contacts, escalation levels, procedures and steps.
    LISTED_ADDED = "plan.listed_added", "added to contacts or procedures"
    LISTED_AMENDED = "plan.listed_amended", "changed in contacts or procedures"
    LISTED_MOVED = "plan.listed_moved", "moved in contacts or procedures"
    LISTED_RETIRED = "plan.listed_retired", "took out of contacts or procedures"
    LISTED_RESTORED = "plan.listed_restored", "put back into contacts or procedures"
    PROCEDURE_STARTED = "procedure.started", "started the procedure"
    PROCEDURE_STEP_SETTLED = "procedure.step_settled", "said how a step went:"
    PROCEDURE_ENDED = "procedure.ended", "ended the procedure"
    NOTE_ADDED = "note.added", "noted on"
    NOTE_WITHDRAWN = "note.withdrawn", "took back a note on"
    EVIDENCE_ADDED = "evidence.added", "added evidence to"
    EVIDENCE_WITHDRAWN = "evidence.withdrawn", "withdrew evidence from"
    EVIDENCE_DOWNLOADED = "evidence.downloaded", "downloaded evidence of"
    DEVIATION_RAISED = "deviation.raised", "raised a deviation at"
    DEVIATION_CHANGED = "deviation.changed", "changed a deviation at"
    READING_GIVEN = "reading.given", "entered a value for"
    SLOT_ADDED = "slot.added", "asked for a signature:"
    SLOT_CHANGED = "slot.changed", "changed what is signed by"
    SLOT_RETIRED = "slot.retired", "asked no more for the signature:"
    SIGNING_REFUSED = "signing.refused", "entered a wrong password to sign"
    SLOT_SIGNED = "slot.signed", "signed"
    SLOT_DECLINED = "slot.declined", "voted no-go on"
    SLOT_REFUSED = "slot.refused", "declined to sign"
    SLOT_ABSTAINED = "slot.abstained", "abstained from"
    SIGNATURE_WITHDRAWN = "signature.withdrawn", "withdrew the signature from"
    CONDITION_MET = "condition.met", "said that a condition is met:"
    ITEM_WAIVED = "item.waived", "let be signed unsettled"
    WAIVER_ENDED = "item.waiver_ended", "wants settled before anybody signs"
    FOUR_EYES_OVERRIDDEN = "signing.overridden", "let sign what they worked on:"
    DELEGATION_MADE = "delegation.made", "asked somebody to sign in their place:"
    DELEGATION_ENDED = "delegation.ended", "signs for themselves again, no longer"
    SCOPE_CLOSED = "scope.closed", "closed"
    SCOPE_REOPENED = "scope.reopened", "reopened"
    PROJECT_COMPLETED = "project.completed", "completed the project"
    REPORT_DOWNLOADED = "report.downloaded", "downloaded the report"
    RECORD_SEALED = "record.sealed", "sealed the record of revision"
    RECORD_DOWNLOADED = "record.downloaded", "downloaded the record of revision"
    PLAN_DOWNLOADED = "plan.downloaded", "downloaded the plan"
    JOURNAL_DOWNLOADED = "journal.downloaded", "downloaded the journal"
    ENTRY_REDACTED = "journal.redacted", "removed what was written in entry"
    KEPT_FOR = "project.kept_for", "keeps the project for another number of years:"
    HELD = "project.held", "put the project under a legal hold"
    RELEASED = "project.released", "ended the legal hold"
    ARCHIVED = "project.archived", "put the project in the archive"
    BROUGHT_BACK = "project.brought_back", "took the project out of the archive"
    # Of the instance's own chain.
    INSTANCE_STARTED = "instance.started", "began this journal"
    SETTINGS_CHANGED = "instance.settings_changed", "started with other settings:"
    PROJECT_REMOVED = "instance.project_removed", "removed a project whose time was over"
    BUNDLE_DOWNLOADED = "instance.bundle_downloaded", "downloaded the records of"
    SIGNED_IN = "account.signed_in", "signed in"
    SIGNED_OUT = "account.signed_out", "signed out"
    SIGN_IN_FAILED = "account.sign_in_failed", "failed to sign in as"
    PASSWORD_CHANGED = "account.password_changed", "changed their password"
    PASSWORD_RESET = "account.password_reset", "set a new password by a link from a mail"
    EMAIL_CHANGED = "account.email_changed", "changed their e-mail address"
    FACTOR_ADDED = "account.factor_added", "added a way to prove who they are"
    FACTOR_REMOVED = "account.factor_removed", "removed a way to prove who they are"
    ACCOUNT_CREATED = "account.created", "made an account for"


# What makes another version of an item: whoever saw the one before did not see this.
CHANGES_ITEM = {
    Action.ITEM_CLAIMED,
    Action.ITEM_RELEASED,
    Action.ITEM_COMPLETED,
    Action.ITEM_REOPENED,
    Action.ITEM_BLOCKED,
    Action.ITEM_RESUMED,
    Action.ITEM_FAILED,
    Action.ITEM_HANDED_OVER,
    Action.ITEM_UNDONE,
    Action.ITEM_SET_ASIDE,
    Action.ITEM_AMENDED,
}


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
        entry = self._append(project, act.at, act.by, action, item, subject, remark, facts)
        act.effect.project, act.effect.seq = project.pk, entry.seq
        if item is not None and action in CHANGES_ITEM:
            item.count_change()
        announce(project, entry.seq, action)
        return entry

    def record_unattended(
        self, project: Project, at: datetime, action: Action, *, subject: str = "", **facts
    ) -> JournalEntry:
        """Append one entry for what the application did by itself; the caller holds the project's lock."""
        entry = self._append(project, at, None, action, None, subject, "", facts)
        announce(project, entry.seq, action)
        return entry

    def record_for_instance(self, at: datetime, by: User | None, action: Action, *, subject: str = "", **facts) -> None:
        """Append one entry to the instance's own chain, in a transaction of its own or the caller's."""
        with transaction.atomic():
            self.instance_id(at)
            self._append(None, at, by, action, None, subject, "", facts)

    def instance_id(self, at: datetime) -> str:
        """What tells this instance's chains from those of another; made up for the first entry ever. Takes its lock."""
        wait_for_lock(INSTANCE)
        body = self.filter(project=None, seq=1).values_list("body", flat=True).first()
        if body is None:
            body = self._append(None, at, None, Action.INSTANCE_STARTED, None, "", "", {}, instance=str(uuid4())).body
        return json.loads(body)["binds"]["instance"]

    def instance_of(self, project: Project) -> str:
        """The instance to which the first entry of the project's chain binds it."""
        body = self.filter(project=project, seq=1).values_list("body", flat=True).first()
        return json.loads(body).get("binds", {}).get("instance", "") if body else ""

    def _append(
        self,
        project: Project | None,
        at: datetime,
        by: User | None,
        action: Action,
        item: Item | None,
        subject: str,
        remark: str,
        facts: dict,
        instance: str = "",
    ) -> JournalEntry:
        """The next entry of a chain, whose lock the caller holds. The first says which chain it is the first of."""
        last = self.filter(project=project).order_by("-seq").values_list("seq", "hash").first()
        seq, prev = (last[0] + 1, last[1]) if last else (1, GENESIS)
        salt = secrets.token_hex(8) if remark else ""
        subject = subject or (item.text if item else "")
        content = {
            "project": project.slug if project else "",
            "seq": seq,
            "at": at.isoformat(),
            "by": {"id": by.pk, "name": str(by), "email": by.email} if by else None,
            "action": action.value,
            "item": item.number if item else None,
            "item_id": item.pk if item else None,
            "subject": subject,
            "remark_sha256": remark_hash(salt, remark),
            "facts": facts,
        }
        if last is None:
            own = str(project.uuid) if project else ""
            content["binds"] = {"project": own, "instance": instance or self.instance_id(at)}
        body = canonical(content)
        return self.create(
            project=project,
            seq=seq,
            at=at,
            actor=by,
            actor_name=str(by) if by else "",
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

    def first_break(self, project: Project | None, anchors: Mapping[int, str] | None = None) -> Break | None:
        """The first entry of a chain that is not as it was written, and why; None for one that is whole."""
        columns = ("seq", "prev", "hash", "body", "at", "actor_id", "actor_name", "action", "item_id", "subject")
        rows = self.filter(project=project).order_by("seq").values_list(*columns, "remark", "salt")
        return Walk(str(project.uuid) if project else "", anchors or {}).first_break(
            Entry(*row) for row in rows.iterator()
        )

    def first_broken(self, project: Project | None) -> int | None:
        """The number of the first entry that is not as it was written; None for an intact chain."""
        found = self.first_break(project)
        return found.seq if found else None


class JournalEntry(models.Model):
    """Somebody did something at a moment. Names and texts are as they were then, whatever changes later.

    Without a project it belongs to the instance's chain; without an actor nobody had signed in, or the application
    did it.
    """

    project = models.ForeignKey("Project", on_delete=models.PROTECT, null=True, blank=True, related_name="journal")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    actor_name = models.CharField(max_length=120, blank=True)
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
            models.UniqueConstraint(
                fields=["seq"], condition=models.Q(project=None), name="journal_instance_seq_unique"
            ),
            models.UniqueConstraint(
                fields=["prev"], condition=models.Q(project=None), name="journal_instance_chain_does_not_fork"
            ),
            models.CheckConstraint(condition=models.Q(action__in=Action.values), name="journal_action_known"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.sentence}"

    def redact(self, act: Act, reason: str) -> None:
        """Remove what was written here, such as personal data, for a reason. Its salted hash stays, and so does the chain."""
        project = self.project
        if project is None:
            raise TransitionRefused(_("Entries of the instance hold nothing that somebody wrote. Nothing was changed."))
        with project.locked(act, archived=True):
            self.refresh_from_db()
            if not self.remark:
                return
            JournalEntry.objects.record(
                project, act, Action.ENTRY_REDACTED, subject=str(self.seq), remark=reason, redacts=self.seq
            )
            self.remark = self.salt = ""
            self.save(update_fields=["remark", "salt"])

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
