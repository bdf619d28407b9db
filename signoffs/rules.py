"""The rules of signing, as pure functions over plain facts: no database, no clock, no words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from checklists.models.membership import Role
from checklists.models.slot import Filler

VALID, CONDITIONS, STALE, DECLINED, ABSTAINED = "valid", "conditions", "stale", "declined", "abstained"

# Without a role of its own a slot is for these.
SIGNERS = frozenset({Role.APPROVER.value, Role.MANAGER.value})


def state_of(states: Sequence[str], needed: int, *, is_vote: bool) -> str:
    """How a slot stands, by the states of its live signatures and how many must sign.

    One word against it decides. Who abstains in a vote has voted; who abstains from approving has not approved.
    """
    if DECLINED in states:
        return DECLINED
    given = states.count(VALID) + states.count(CONDITIONS) + (states.count(ABSTAINED) if is_vote else 0)
    if given >= needed:
        return VALID
    return STALE if STALE in states else "pending"


def needed_of(needed: int, named: int) -> int:
    """How many must sign: nought stands for everybody who is named, and somebody always must."""
    return max(1, needed or named)


@dataclass(frozen=True)
class Asked:
    """Whom a slot asks: a role (none: approvers and managers), the people named or of a team, or somebody outside."""

    filler: str
    role: str = ""
    named: Collection[int] = ()

    def admits(self, person: int, role: str | None) -> bool:
        """Whether somebody with this role in the project may sign. Without a role they are not in it, or not active.

        A place for somebody outside is for those who were invited, and for nobody of the project.
        """
        if self.filler == Filler.EXTERNAL:
            return role is None and person in self.named
        if role is None or role == Role.AUDITOR:
            return False
        if self.filler in (Filler.PEOPLE, Filler.TEAM):
            return person in self.named
        return role == self.role if self.role else role in SIGNERS


def eyes(people: Iterable[int], doers: Collection[int]) -> set[int]:
    """Which of those who stand behind a signature did themselves what it approves; nobody, by the four-eyes rule."""
    return {person for person in people if person in doers}


def twice(people: Collection[int], others: Iterable[Collection[int]]) -> set[int]:
    """Who would fill two slots of a stage: those who stand behind this signature and behind another slot's."""
    return {person for other in others for person in other if person in people}
