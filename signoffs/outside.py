"""What somebody without an account does at the page of their invitation, where that is more than one noun's affair."""

from __future__ import annotations

from collections.abc import Sequence

from checklists.act import Act
from signoffs import gate
from signoffs.models import Code, Decision, Look, Signature
from signoffs.models.code import TRIES
from signoffs.telling import tell_guessed, tell_signed


def enter(code: Code, act: Act, typed: str, seq: int) -> bool:
    """Whether the code is right. Then they look at the slot now; the last wrong try tells the managers."""
    slot = code.invitation.slot
    with slot.project.locked(act):
        right = code.enter(act, typed)
        if right:
            Look.objects.take(slot, act.by, act.at, seq)
        elif code.tries == TRIES:
            tell_guessed(slot, act, code.pk, TRIES)
        return right


def sign(
    code: Code,
    act: Act,
    decision: Decision,
    seen_digest: str,
    comment: str,
    *,
    proof: gate.Proof,
    conditions: Sequence[gate.Demand] = (),
) -> Signature:
    """Put their signature into the slot, by the gate like everybody's, while link and code still open it."""
    invitation = code.invitation
    with invitation.project.locked(act):
        invitation.again()
        code.guard_opens(act.at)
        signature = gate.sign(invitation.slot, act, decision, seen_digest, comment, proof=proof, conditions=conditions)
        tell_signed(signature, act)
        return signature
