"""The sentence that a signer puts their name to, by what is signed and how they decide.

A signature keeps the sentence as it was read, in its language, and VERSION, which rises when a sentence comes to mean
something else.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.models import Slot
from checklists.models.slot import Meaning
from signoffs.models import Decision

VERSION = 2


# What a signer is about to do, as it stands beside the choice.
ACTS = {
    Decision.APPROVE: gettext_lazy("Approve"),
    Decision.CONDITIONS: gettext_lazy("Approve with conditions"),
    Decision.DECLINE: gettext_lazy("Decline, with a reason"),
    Decision.ABSTAIN: gettext_lazy("Abstain"),
    Decision.GO: gettext_lazy("Go"),
    Decision.GO_CONDITIONS: gettext_lazy("Go with conditions"),
    Decision.NO_GO: gettext_lazy("No-go, with a reason"),
    Decision.ACKNOWLEDGE: gettext_lazy("Acknowledge"),
}


# What a chair puts their name to: with the votes as they were, for afterwards nobody votes.
CHAIR = {
    Decision.GO: gettext_lazy(
        "I have read the state of %(scope)s and heard the votes (%(votes)s), and decide: %(project)s goes live."
    ),
    Decision.GO_CONDITIONS: gettext_lazy(
        "I have read the state of %(scope)s and heard the votes (%(votes)s), and decide: %(project)s goes live, on the "
        "conditions named here."
    ),
    Decision.NO_GO: gettext_lazy(
        "I have read the state of %(scope)s and heard the votes (%(votes)s), and decide: %(project)s does not go live."
    ),
}


def statement_of(slot: Slot, decision: Decision | None = None, votes: str = "") -> str:
    """Without a decision, that of whoever lets things go on here. `votes` is what a chair has heard, in words."""
    told = {"scope": slot.scope_name, "project": slot.project.name, "votes": votes or _("none")}
    if slot.is_decision:
        return CHAIR[decision or approving(slot)] % told
    match decision or approving(slot):
        case Decision.DECLINE:
            return _("I have read what is listed here and decline to sign %(scope)s of %(project)s.") % told
        case Decision.ABSTAIN:
            return _("I have read what is listed here, %(scope)s of %(project)s, and abstain.") % told
        case Decision.GO:
            return _("I have read the state of %(scope)s and say: %(project)s goes live.") % told
        case Decision.GO_CONDITIONS:
            return (
                _("I have read the state of %(scope)s and say: %(project)s goes live, on the conditions named here.")
                % told
            )
        case Decision.NO_GO:
            return _("I have read the state of %(scope)s and say: %(project)s does not go live.") % told
        case Decision.CONDITIONS:
            return (
                _("I have read what is listed here and approve %(scope)s of %(project)s, on the conditions named here.")
                % told
            )
        case Decision.ACKNOWLEDGE:
            return _("I have read what is listed here and acknowledge %(scope)s of %(project)s.") % told
    match slot.meaning:
        case Meaning.PERFORMED:
            return _("I have read what is listed here and state that I performed %(scope)s of %(project)s.") % told
        case Meaning.VERIFIED:
            return _("I have read what is listed here and state that I verified %(scope)s of %(project)s.") % told
        case Meaning.REVIEWED:
            return _("I have read what is listed here and state that I reviewed %(scope)s of %(project)s.") % told
    return _("I have read what is listed here and approve %(scope)s of %(project)s.") % told


def approving(slot: Slot) -> Decision:
    """The decision that lets things go on in a slot, without conditions."""
    if slot.is_of_meeting:
        return Decision.GO
    return Decision.ACKNOWLEDGE if slot.meaning == Meaning.ACKNOWLEDGED else Decision.APPROVE


def decisions_of(slot: Slot) -> list[Decision]:
    """Everything that can be decided in a slot, in the order in which it is offered."""
    if slot.is_decision:
        return [Decision.GO, Decision.GO_CONDITIONS, Decision.NO_GO]
    if slot.is_vote:
        return [Decision.GO, Decision.GO_CONDITIONS, Decision.NO_GO, Decision.ABSTAIN]
    if slot.meaning == Meaning.APPROVED:
        return [Decision.APPROVE, Decision.CONDITIONS, Decision.DECLINE, Decision.ABSTAIN]
    return [approving(slot), Decision.DECLINE, Decision.ABSTAIN]
