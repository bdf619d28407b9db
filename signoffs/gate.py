"""The gate: who may sign what, when; and the act of signing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.importing.said import Said
from checklists.models import Action, Closure, JournalEntry, Project, Slot
from signoffs import closing, rules
from signoffs.demands import Demand, demand, release
from signoffs.meeting import decision_on, heard, meeting_of, over
from signoffs.models import AGAINST, APPROVING, Decision, Ending, Method, Override, Signature, VoidedBy
from signoffs.models.condition import told_of
from signoffs.proof import Proof
from signoffs.snapshot import Content, content_of
from signoffs.standing import Standing, Team, holding_up, standings
from signoffs.statements import VERSION, decisions_of, statement_of
from signoffs.telling import tell_declined, tell_withdrawn

if TYPE_CHECKING:
    from golive_site.accounts.models import User

__all__ = ["Proof", "Standing", "is_complete", "may_speak", "sign", "standings", "why_not", "withdraw"]

ACTIONS = {
    Decision.NO_GO: Action.SLOT_DECLINED,
    Decision.DECLINE: Action.SLOT_REFUSED,
    Decision.ABSTAIN: Action.SLOT_ABSTAINED,
}


class Overtaken(TransitionRefused):
    """What was read is not what is there now."""


def is_complete(project: Project) -> bool:
    """Whether nothing is left to do: every mandatory item settled or waived, every required slot validly signed."""
    content = content_of(project)
    return is_done(content, standings(project, content))


def is_done(content: Content, table: Iterable[Standing]) -> bool:
    signed = all(each.state == rules.VALID for each in table if each.slot.required)
    return signed and not holding_up(content.planned, content)


def sign(
    slot: Slot,
    act: Act,
    decision: Decision,
    seen_digest: str,
    comment: str = "",
    *,
    proof: Proof | None = None,
    conditions: Sequence[Demand] = (),
    on_behalf_of: User | None = None,
) -> Signature:
    """Put a signature into the slot, over what the signer saw.

    Refused when the plan is no longer as the signer saw it, and by every rule that `Attempt` holds. What the signer said
    before in this slot is void by it, never deleted. The last signature that a scope needs closes it, the last that the
    project needs completes it, all in this transaction. `proof` was checked before: nothing slow happens under the lock.
    """
    project = slot.project
    with project.locked(act):
        project.refresh_from_db(fields=["go_live_at", "zone", "name", "revision", "completed_at"])
        content = content_of(project)
        table = standings(project, content)
        standing = next((each for each in table if each.slot.pk == slot.pk), None)
        if standing is None:
            raise TransitionRefused(_("This signature is not asked for any more. Nothing was recorded."))
        attempt = Attempt(standing, table, Team.of(project, act.at), act, decision, on_behalf_of)
        override = attempt.guard(seen_digest)
        if slot.is_decision and not comment.strip():
            raise TransitionRefused(_("Say why: a decision is kept with its reason. Nothing was recorded."))
        if proof and proof.token:
            proof.token.use(act.at)
        signature = attempt.signature(comment, proof or Proof(Method.UNASKED, act.at), override, conditions)
        content.signatures = [each for each in content.signatures if each not in attempt.own] + [signature]
        table = standings(project, content)
        if decision in AGAINST and not slot.is_decision:
            tell_declined(signature, table, act)
        closing.follow(project, act, standing.slot, content, table)
        return signature


def why_not(
    standing: Standing, table: list[Standing], team: Team, act: Act, decision: Decision, principal: User | None = None
) -> str:
    """What would refuse this decision now, in words; empty for nothing. What was read is taken as it is."""
    try:
        Attempt(standing, table, team, act, decision, principal).guard()
    except TransitionRefused as refusal:
        return str(refusal)
    return ""


def may_speak(standing: Standing, table: list[Standing], team: Team, act: Act) -> bool:
    """Whether somebody can say anything here now: approve, decline or abstain."""
    if not team.may_sign(standing, act.by):
        return False
    least = decisions_of(standing.slot)[-1]
    return not why_not(standing, table, team, act, least, team.principal(standing, act.by))


@dataclass
class Attempt:
    """Somebody wants to sign, in their own name or on behalf of somebody else."""

    standing: Standing
    table: list[Standing]
    team: Team
    act: Act
    decision: Decision
    principal: User | None = None

    @property
    def people(self) -> set[int]:
        return {self.act.by.pk, *([self.principal.pk] if self.principal else [])}

    @property
    def approves(self) -> bool:
        return self.decision in APPROVING

    @property
    def own(self) -> list[Signature]:
        """What the person, or the one they stand in for, said here before."""
        return [each for each in self.standing.signatures if each.people & self.people]

    def guard(self, seen_digest: str | None = None) -> Override | None:
        """Refuse what may not be signed; the override that was needed, if one was. Without a digest nothing was read."""
        self.guard_right()
        self.guard_free()
        self.guard_closed()
        self.guard_meeting()
        self.guard_order()
        if seen_digest is not None and self.standing.digest != seen_digest:
            raise Overtaken(_("The plan changed while you read. Read again what is signed; nothing was recorded."))
        self.guard_twice()
        if not self.approves:
            return None
        self.guard_not_stopped()
        if not self.standing.is_ready:
            raise TransitionRefused(
                _("Not yet: %(what)s in %(scope)s.")
                % {"what": self.standing.why_not_ready, "scope": self.standing.slot.scope_name}
            )
        return self.guard_four_eyes()

    def guard_person(self) -> None:
        """Refuse where it is somebody else's to approve, whatever happens to the plan."""
        self.guard_right()
        self.guard_free()
        self.guard_meeting()
        self.guard_twice()
        self.guard_four_eyes()

    def guard_right(self) -> None:
        if self.decision not in decisions_of(self.standing.slot):
            raise TransitionRefused(_("That cannot be decided here. Nothing was recorded."))
        if self.principal is None:
            if not self.team.admits(self.standing, self.act.by.pk):
                raise TransitionRefused(_("This is not for you to sign. Nothing was recorded."))
        elif self.principal not in self.team.principals(self.standing, self.act.by):
            raise TransitionRefused(
                _("You do not stand in for %(who)s today. Nothing was recorded.") % {"who": self.principal}
            )

    def guard_free(self) -> None:
        """What is validly signed is not signed over, and nobody changes another's word against it."""
        said = self.own[-1] if self.own else None
        if said and self.standing.state_of(said) in (rules.VALID, rules.CONDITIONS):
            raise TransitionRefused(_("%(signature)s already. Nothing was changed.") % {"signature": said})
        if self.standing.state == rules.VALID and said is None:
            raise TransitionRefused(
                _("%(signature)s already. Nothing was changed.") % {"signature": self.standing.signature}
            )
        others = [each for each in self.standing.signatures if each not in self.own]
        if others and self.standing.slot.is_decision:
            raise TransitionRefused(
                _("%(who)s decided already: %(decision)s. Nothing was changed.")
                % {"who": others[0].who, "decision": others[0].get_decision_display()}
            )
        against = [each for each in others if each.decision in AGAINST]
        if against and self.standing.slot.is_vote:
            raise TransitionRefused(_("%(who)s voted no-go. Only they can change that vote.") % {"who": against[0].who})

    def guard_closed(self) -> None:
        if self.standing.slot.required or self.decision in AGAINST:
            self.standing.content.guard_open(self.standing.slot.key)

    def guard_meeting(self) -> None:
        """Once the chair has decided nobody votes any more, until the decision is taken back."""
        decided = meeting_of(self.table).decided
        if self.standing.slot.is_vote and decided:
            raise TransitionRefused(over(decided))

    def guard_order(self) -> None:
        """Earlier stages first, and go is not decided before everybody voted; no-go is whenever the chair says so."""
        slot, waiting = self.standing.slot, self.standing.waits_for
        if slot.is_decision and self.decision in AGAINST:
            return
        if slot.is_decision and (no_go := next((each for each in waiting if each.state == rules.DECLINED), None)):
            raise TransitionRefused(
                _(
                    "%(slot)s stands at no-go, and that vote is required. Go is decided when it is another one, or when a "
                    "manager makes the vote advisory."
                )
                % {"slot": no_go.slot.title}
            )
        if votes := [each for each in waiting if each.slot.is_vote and slot.is_decision]:
            titles = ", ".join(each.slot.title for each in votes[:3])
            raise TransitionRefused(_("Not yet: there is no valid vote of %(titles)s.") % {"titles": titles})
        if waiting:
            titles = ", ".join(each.slot.title for each in waiting[:3])
            raise TransitionRefused(_("Not yet: this waits for an earlier stage (%(titles)s).") % {"titles": titles})

    def guard_not_stopped(self) -> None:
        """Who declines stops what is about the same, and what is around it, until they say otherwise or it is reopened."""
        places = self.standing.content.places
        for other in self.table:
            if other.slot.is_of_meeting or not places.contains(self.standing.slot.key, other.slot.key):
                continue
            for signature in other.signatures:
                if signature.decision in AGAINST and signature not in self.own:
                    raise TransitionRefused(
                        _(
                            "%(who)s declined to sign %(slot)s: “%(why)s” Nothing more is approved here until they say "
                            "otherwise, or a manager reopens it."
                        )
                        % {"who": signature.who, "slot": other.slot.title, "why": signature.comment}
                    )

    def guard_twice(self) -> None:
        """One person does not fill two slots of a stage; but who chairs a meeting has a vote in it, too."""
        slot = self.standing.slot
        if slot.is_decision:
            return
        for other in self.table:
            if other.slot.pk == slot.pk or other.slot.is_decision:
                continue
            if (other.slot.key, other.slot.stage) != (slot.key, slot.stage):
                continue
            if rules.twice(self.people, [each.people for each in other.signatures]):
                raise TransitionRefused(
                    _("You signed %(slot)s already: nobody fills two places of one stage. Nothing was recorded.")
                    % {"slot": other.slot.title}
                )

    def guard_four_eyes(self) -> Override | None:
        """Nobody approves what they did themselves, nor lets another do it for them."""
        slot = self.standing.slot
        if not slot.approves or not (did := rules.eyes(self.people, self.team.doers(self.standing))):
            return None
        override = self.team.override(self.standing, self.act.by.pk)
        if override and override.by_id not in self.people:
            return override
        whose = _("You") if self.act.by.pk in did else str(self.principal)
        raise TransitionRefused(
            _(
                "%(who)s worked on this, so somebody else has to approve it. Another manager can make an exception, with a "
                "reason; it stays in the record."
            )
            % {"who": whose}
        )

    def signature(
        self, comment: str, proof: Proof, override: Override | None, conditions: Sequence[Demand]
    ) -> Signature:
        """Record it: what was said before becomes void, the journal tells, the row is written once."""
        standing, act, by = self.standing, self.act, self.act.by
        project = standing.slot.project
        Signature.objects.filter(pk__in=[each.pk for each in self.own]).void(act.at, by, VoidedBy.AGAIN)
        release(self.own, act)
        demanded = "\n".join(told_of(each.text, each.owner, each.due) for each in conditions)
        comment = "\n".join(filter(None, [comment.strip(), demanded]))
        with translation.override(settings.LANGUAGE_CODE):
            scope, said = str(standing.slot.scope_name), Said(str(Decision(self.decision).label))
            how = Said(str(Method.EMAIL.label))
        facts: dict[str, Any] = {"for": Said("on behalf of %(who)s", who=str(self.principal))} if self.principal else {}
        if proof.invitation:
            facts["proof"] = how
        columns: dict[str, Any] = {
            "slot": standing.slot,
            "revision": project.revision,
            "scope": scope,
            "signer": by,
            "name": proof.name or str(by),
            "title": by.title,
            "email": by.email,
            "on_behalf_of": self.principal,
            "on_behalf_name": str(self.principal) if self.principal else "",
            "meaning": standing.slot.meaning,
            "decision": self.decision,
            "statement": statement_of(standing.slot, self.decision, heard(standing.votes)),
            "statement_version": VERSION,
            "language": get_language() or "en",
            "comment": comment,
            "signed_at": act.at,
            "zone": project.zone,
            "method": proof.method,
            "invitation": proof.invitation,
            "proved_at": proof.at,
            "ip": proof.ip,
            "user_agent": proof.user_agent[:400],
            "digest": standing.digest,
            "snapshot": standing.snapshot,
        }
        if override:
            columns |= {
                "overridden_by": override.by,
                "override_name": override.by_name,
                "override_reason": override.reason,
            }
            Override.objects.filter(pk=override.pk).update(used_at=act.at)
        signature = Signature(**columns)
        entry = JournalEntry.objects.record(
            project,
            act,
            Action.SLOT_DECIDED if standing.slot.is_decision else ACTIONS.get(self.decision, Action.SLOT_SIGNED),
            subject=standing.slot.title,
            remark=comment,
            decision=said,
            **facts,
            digest=standing.digest,
            record=signature.record,
        )
        signature.seq = entry.seq
        signature.save()
        if proof.invitation:
            proof.invitation.end(act, Ending.SIGNED)
        demand(signature, act, conditions)
        return signature


def withdraw(signature: Signature, act: Act, reason: str) -> None:
    """Take back one's own signature, for a reason, until what it is about is closed. It stays readable."""
    slot = signature.slot
    with slot.project.locked(act):
        again = Signature.objects.select_related("voided_by").get(pk=signature.pk)
        if again.voided_at:
            return
        if act.by.pk not in again.people:
            raise TransitionRefused(_("Only who signed can withdraw it. Nothing was changed."))
        Closure.objects.guard(slot.project, slot.key)
        if slot.is_vote and (decided := decision_on(slot.project)):
            raise TransitionRefused(over(decided))
        Signature.objects.filter(pk=signature.pk).void(act.at, act.by, VoidedBy.WITHDRAWN, reason)
        release([again], act)
        entry = JournalEntry.objects.record(
            slot.project, act, Action.SIGNATURE_WITHDRAWN, subject=slot.title, remark=reason, voids=[str(again.uuid)]
        )
        tell_withdrawn(signature, act, entry.seq, reason)
