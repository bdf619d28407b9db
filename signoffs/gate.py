"""The gate: for every slot what is signed, what is stale, what is missing; and the act of signing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import Action, Item, JournalEntry, Project, Slot
from checklists.readiness import Tally
from signoffs.models import Decision, Record, Signature
from signoffs.snapshot import Content, changed_since, content_of, digest_of, snapshot_of, statement_of

if TYPE_CHECKING:
    from checklists.sheet import FieldWithValue
    from golive_site.accounts.models import User

# So many wrong passwords within this time, and nobody signs with that account for as long.
GUESSES = 5
LOCK = timedelta(minutes=15)


@dataclass
class Standing:
    """One slot as it stands now."""

    slot: Slot
    items: list[Item]
    fields: list[FieldWithValue]
    snapshot: str
    digest: str
    signature: Signature | None

    @property
    def state(self) -> str:
        """pending, valid, declined (a no-go), or stale: signed, but what was signed has changed since."""
        if self.signature is None:
            return "pending"
        if self.signature.digest != self.digest:
            return "stale"
        return "declined" if self.signature.decision == Decision.NO_GO else "valid"

    @property
    def state_label(self) -> str:
        if self.state == "valid" and self.slot.is_vote:
            return _("Go")
        return {
            "pending": _("Not signed"),
            "valid": _("Signed"),
            "stale": _("Stale"),
            "declined": _("No-go"),
        }[self.state]

    @cached_property
    def tally(self) -> Tally:
        return Tally.of(self.items)

    @property
    def is_ready(self) -> bool:
        """Whether everything in the scope is settled, so that it can be approved."""
        return self.tally.is_settled

    @property
    def statement(self) -> str:
        return statement_of(self.slot)

    @property
    def exceptions(self) -> list[Item]:
        """What a signer should look at: everything with a reason, and what is still open."""
        return [item for item in self.items if item.reason or not item.is_settled]

    @property
    def values(self) -> list[tuple[str, str]]:
        """What was entered outside items: label, and value with unit."""
        return [
            (field.label, f"{field.value or ''} {field.unit if field.value else ''}".strip()) for field in self.fields
        ]

    @property
    def people(self) -> list[tuple[str, int]]:
        """Who settled how many items of the scope."""
        names: dict[str, int] = {}
        for item in self.items:
            if item.settled_by:
                names[str(item.settled_by)] = names.get(str(item.settled_by), 0) + 1
        return sorted(names.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def changes(self) -> list[str]:
        """What changed since it was signed, in words."""
        if self.signature is None or self.state != "stale":
            return []
        return changed_since(self.signature.snapshot, self.snapshot)


def standings(project: Project) -> list[Standing]:
    """Every slot of the project, in a fixed number of queries."""
    content = content_of(project)
    live = Signature.objects.filter(slot__project=project, superseded_at=None).select_related("signer")
    signatures = {signature.slot_id: signature for signature in live}
    slots = project.slots.select_related("phase", "project")
    return [standing_of(slot, content, signatures.get(slot.pk)) for slot in slots]


def is_complete(project: Project) -> bool:
    """Whether nothing is left to do: every item settled, every slot validly signed."""
    return not project.items.open().exists() and all(each.state == "valid" for each in standings(project))


def standing_of(slot: Slot, content: Content, signature: Signature | None) -> Standing:
    snapshot = snapshot_of(slot, content)
    return Standing(slot, content.items_of(slot), content.fields_of(slot), snapshot, digest_of(snapshot), signature)


def locked_until(user: User, now: datetime) -> datetime | None:
    """Until when somebody cannot sign, after too many wrong passwords on any project; None if they can."""
    wrong = JournalEntry.objects.filter(actor=user, action=Action.SIGNING_REFUSED, at__gt=now - LOCK)
    moments = list(wrong.order_by("-at").values_list("at", flat=True)[:GUESSES])
    return moments[-1] + LOCK if len(moments) == GUESSES else None


def refuse_password(slot: Slot, act: Act) -> None:
    """Record that the password was wrong: somebody may be guessing it."""
    with slot.project.locked(act):
        JournalEntry.objects.record(slot.project, act, Action.SIGNING_REFUSED, subject=slot.title)


def sign(slot: Slot, act: Act, decision: Decision, seen_digest: str, comment: str = "") -> Signature:
    """Put a signature into the slot, over what the signer saw.

    Refused when the plan is no longer as the signer saw it, when the scope is not settled (only a no-go can be said
    before), and when the slot is validly signed. A stale signature and a no-go are superseded, never deleted.
    """
    project = slot.project
    with project.locked(act):
        standing = next(standing for standing in standings(project) if standing.slot.pk == slot.pk)
        if standing.state == "valid":
            raise TransitionRefused(
                _("%(signature)s already. Nothing was changed.") % {"signature": standing.signature}
            )
        voter = standing.signature if standing.state == "declined" else None
        if voter and voter.signer_id != act.by.pk:
            raise TransitionRefused(_("%(who)s voted no-go. Only they can change that vote.") % {"who": voter.name})
        if standing.digest != seen_digest:
            raise TransitionRefused(
                _("The plan changed while you read. Read again what is signed; nothing was recorded.")
            )
        if decision != Decision.NO_GO and not standing.is_ready:
            why = ", ".join(standing.tally.why_not_green)
            raise TransitionRefused(_("Not yet: %(why)s in %(scope)s.") % {"why": why, "scope": slot.scope_name})
        if standing.signature is not None:
            Signature.objects.filter(pk=standing.signature.pk).update(superseded_at=act.at)
        signature = Signature.objects.create(
            slot=slot,
            signer=act.by,
            name=str(act.by),
            title=act.by.title,
            email=act.by.email,
            meaning=slot.meaning,
            decision=decision,
            statement=standing.statement,
            comment=comment,
            signed_at=act.at,
            digest=standing.digest,
            snapshot=standing.snapshot,
        )
        action = Action.SLOT_DECLINED if decision == Decision.NO_GO else Action.SLOT_SIGNED
        with translation.override(settings.LANGUAGE_CODE):
            said = str(decision.label)
        JournalEntry.objects.record(
            project,
            act,
            action,
            subject=slot.title,
            remark=comment,
            decision=said,
            digest=standing.digest[:16],
        )
        if is_complete(project):
            Record.objects.order(project, act, Record.objects.next_revision(project))
        return signature
