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
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists import sentences
from checklists.act import Act, TransitionRefused
from checklists.chain import GENESIS, Break, Entry, Walk, canonical, chain_hash, remark_hash
from checklists.locks import INSTANCE, wait_for_lock

if TYPE_CHECKING:
    from checklists.models.item import Item
    from checklists.models.project import Project
    from golive_site.accounts.models import User

# PostgreSQL's channel for new entries; see live.py.
CHANNEL = "golive_journal"


class Action(models.TextChoices):
    """Everything that can happen to a project, each with the words that follow the actor's name."""

    PROJECT_CREATED = "project.created", gettext_lazy("created the project")
    PROJECT_CHANGED = "project.changed", gettext_lazy("changed the project's details:")
    GO_LIVE_MOVED = "project.go_live_moved", gettext_lazy("moved T-0")
    PHASE_OPENED = "phase.opened_early", gettext_lazy("opened early")
    MEMBER_ADDED = "member.added", gettext_lazy("added a person")
    MEMBER_CHANGED = "member.changed", gettext_lazy("changed a person's role")
    MEMBER_REMOVED = "member.removed", gettext_lazy("removed a person")
    ITEM_CLAIMED = "item.claimed", gettext_lazy("claimed")
    ITEM_RELEASED = "item.released", gettext_lazy("released")
    ITEM_COMPLETED = "item.completed", gettext_lazy("completed")
    ITEM_REOPENED = "item.reopened", gettext_lazy("reopened")
    ITEM_BLOCKED = "item.blocked", gettext_lazy("blocked")
    ITEM_RESUMED = "item.resumed", gettext_lazy("took up again")
    ITEM_FAILED = "item.failed", gettext_lazy("marked failed")
    ITEM_HANDED_OVER = "item.handed_over", gettext_lazy("handed over")
    ITEM_UNDONE = "item.undone", gettext_lazy("took back")
    ITEM_SET_ASIDE = "item.set_aside", gettext_lazy("marked not applicable")
    ITEM_AMENDED = "item.amended", gettext_lazy("changed the plan of")
    PLAN_BASELINED = "plan.baselined", gettext_lazy("baselined the plan")
    ITEM_ADDED = "plan.item_added", gettext_lazy("added")
    ITEM_MOVED = "plan.item_moved", gettext_lazy("moved")
    ITEM_SPLIT = "plan.item_split", gettext_lazy("split")
    ITEM_RETIRED = "plan.item_retired", gettext_lazy("took out of the plan")
    ITEM_RESTORED = "plan.item_restored", gettext_lazy("put back into the plan")
    PHASE_ADDED = "plan.phase_added", gettext_lazy("added the phase")
    PHASE_AMENDED = "plan.phase_amended", gettext_lazy("changed the phase")
    PHASE_MOVED = "plan.phase_moved", gettext_lazy("moved the phase")
    PHASE_RETIRED = "plan.phase_retired", gettext_lazy("took out of the plan the phase")
    PHASE_RESTORED = "plan.phase_restored", gettext_lazy("put back into the plan the phase")
    SECTION_ADDED = "plan.section_added", gettext_lazy("added the section")
    SECTION_AMENDED = "plan.section_amended", gettext_lazy("changed the section")
    SECTION_MOVED = "plan.section_moved", gettext_lazy("moved the section")
    SECTION_RETIRED = "plan.section_retired", gettext_lazy("took out of the plan the section")
    SECTION_RESTORED = "plan.section_restored", gettext_lazy("put back into the plan the section")
    FIELD_ADDED = "plan.field_added", gettext_lazy("added the blank")
    FIELD_AMENDED = "plan.field_amended", gettext_lazy("changed the blank")
    FIELD_RETIRED = "plan.field_retired", gettext_lazy("took out of the plan the blank")
    FIELD_RESTORED = "plan.field_restored", gettext_lazy("put back into the plan the blank")
    # Of contacts, escalation levels, procedures and steps.
    LISTED_ADDED = "plan.listed_added", gettext_lazy("added to contacts or procedures")
    LISTED_AMENDED = "plan.listed_amended", gettext_lazy("changed in contacts or procedures")
    LISTED_MOVED = "plan.listed_moved", gettext_lazy("moved in contacts or procedures")
    LISTED_RETIRED = "plan.listed_retired", gettext_lazy("took out of contacts or procedures")
    LISTED_RESTORED = "plan.listed_restored", gettext_lazy("put back into contacts or procedures")
    PROCEDURE_STARTED = "procedure.started", gettext_lazy("started the procedure")
    PROCEDURE_STEP_SETTLED = "procedure.step_settled", gettext_lazy("said how a step went:")
    PROCEDURE_ENDED = "procedure.ended", gettext_lazy("ended the procedure")
    NOTE_ADDED = "note.added", gettext_lazy("noted on")
    NOTE_WITHDRAWN = "note.withdrawn", gettext_lazy("took back a note on")
    EVIDENCE_ADDED = "evidence.added", gettext_lazy("added evidence to")
    EVIDENCE_WITHDRAWN = "evidence.withdrawn", gettext_lazy("withdrew evidence from")
    EVIDENCE_DOWNLOADED = "evidence.downloaded", gettext_lazy("downloaded evidence of")
    DEVIATION_RAISED = "deviation.raised", gettext_lazy("raised a deviation at")
    DEVIATION_CHANGED = "deviation.changed", gettext_lazy("changed a deviation at")
    READING_GIVEN = "reading.given", gettext_lazy("entered a value for")
    SLOT_ADDED = "slot.added", gettext_lazy("asked for a signature:")
    SLOT_CHANGED = "slot.changed", gettext_lazy("changed what is signed by")
    SLOT_RETIRED = "slot.retired", gettext_lazy("asked no more for the signature:")
    SIGNING_REFUSED = "signing.refused", gettext_lazy("entered a wrong password or code to sign")
    SIGNING_REQUESTED = "signing.requested", gettext_lazy("asked people to sign")
    SLOT_SIGNED = "slot.signed", gettext_lazy("signed")
    SLOT_DECLINED = "slot.declined", gettext_lazy("voted no-go on")
    SLOT_REFUSED = "slot.refused", gettext_lazy("declined to sign")
    SLOT_DECIDED = "slot.decided", gettext_lazy("decided as")
    SLOT_ABSTAINED = "slot.abstained", gettext_lazy("abstained from")
    SIGNATURE_WITHDRAWN = "signature.withdrawn", gettext_lazy("withdrew the signature from")
    CONDITION_MET = "condition.met", gettext_lazy("said that a condition is met:")
    ITEM_WAIVED = "item.waived", gettext_lazy("let be signed unsettled")
    WAIVER_ENDED = "item.waiver_ended", gettext_lazy("wants settled before anybody signs")
    FOUR_EYES_OVERRIDDEN = "signing.overridden", gettext_lazy("let sign what they worked on:")
    EXTERNAL_INVITED = "external.invited", gettext_lazy("asked somebody without an account to sign:")
    EXTERNAL_RESENT = "external.resent", gettext_lazy("sent a new link to sign:")
    EXTERNAL_REVOKED = "external.revoked", gettext_lazy("took back the link to sign:")
    CODE_ASKED = "external.code_asked", gettext_lazy("asked for a code to sign:")
    CODE_REFUSED = "external.code_refused", gettext_lazy("entered a wrong code to sign:")
    DELEGATION_MADE = "delegation.made", gettext_lazy("asked somebody to sign in their place:")
    DELEGATION_ENDED = "delegation.ended", gettext_lazy("signs for themselves again, no longer")
    SCOPE_CLOSED = "scope.closed", gettext_lazy("closed")
    SCOPE_REOPENED = "scope.reopened", gettext_lazy("reopened")
    PROJECT_COMPLETED = "project.completed", gettext_lazy("completed the project")
    REPORT_DOWNLOADED = "report.downloaded", gettext_lazy("downloaded the report")
    RECORD_SEALED = "record.sealed", gettext_lazy("sealed the record of revision")
    RECORD_DOWNLOADED = "record.downloaded", gettext_lazy("downloaded the record of revision")
    PLAN_DOWNLOADED = "plan.downloaded", gettext_lazy("downloaded the plan")
    JOURNAL_DOWNLOADED = "journal.downloaded", gettext_lazy("downloaded the journal")
    ENTRY_REDACTED = "journal.redacted", gettext_lazy("removed what was written in entry")
    KEPT_FOR = "project.kept_for", gettext_lazy("keeps the project for another number of years:")
    HELD = "project.held", gettext_lazy("put the project under a legal hold")
    RELEASED = "project.released", gettext_lazy("ended the legal hold")
    ARCHIVED = "project.archived", gettext_lazy("put the project in the archive")
    BROUGHT_BACK = "project.brought_back", gettext_lazy("took the project out of the archive")
    # Of the instance's own chain.
    INSTANCE_STARTED = "instance.started", gettext_lazy("began this journal")
    SETTINGS_CHANGED = "instance.settings_changed", gettext_lazy("started with other settings:")
    PROJECT_REMOVED = "instance.project_removed", gettext_lazy("removed a project whose time was over")
    BUNDLE_DOWNLOADED = "instance.bundle_downloaded", gettext_lazy("downloaded the records of")
    SIGNED_IN = "account.signed_in", gettext_lazy("signed in")
    SIGNED_OUT = "account.signed_out", gettext_lazy("signed out")
    SIGN_IN_FAILED = "account.sign_in_failed", gettext_lazy("failed to sign in as")
    PASSWORD_CHANGED = "account.password_changed", gettext_lazy("changed their password")
    PASSWORD_RESET = "account.password_reset", gettext_lazy("set a new password by a link from a mail")
    EMAIL_CHANGED = "account.email_changed", gettext_lazy("changed their e-mail address")
    FACTOR_ADDED = "account.factor_added", gettext_lazy("added a way to prove who they are")
    FACTOR_REMOVED = "account.factor_removed", gettext_lazy("removed a way to prove who they are")
    ACCOUNT_CREATED = "account.created", gettext_lazy("made an account for")


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
        subject = subject or (item.told if item else "")
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
            "facts": sentences.written(facts),
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

    def heads_of(self, user: User) -> dict[int, int]:
        """The number of the newest entry of each project that the person is a member of, by the project's key."""
        mine = self.filter(project__memberships__user=user)
        return dict(mine.order_by().values_list("project").annotate(Max("seq")))

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
        return sentences.read(json.loads(self.body)["facts"])

    @property
    def sentence(self) -> str:
        """What happened, in words that follow the actor's name, without the remark."""
        return self._said(json.loads(self.body)["item"], self.subject)

    def sentence_on(self, item: Item) -> str:
        """The same where the item's history stands: its words as they are now need not be said again."""
        if self.subject == item.text:
            return self._said(item.number, "")
        return self._said(None, self.subject)

    def _said(self, number: int | None, subject: str) -> str:
        return sentences.sentence(str(Action(self.action).label), number, subject, self.facts)
