"""The go/no-go meeting of a project: its votes, what speaks against what was decided, and the chair's decision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from checklists.models import Project
from checklists.models.slot import Filler, SlotKind
from signoffs import rules
from signoffs.models import AGAINST, APPROVING, Decision, Signature
from signoffs.standing import Standing

# In this order the votes are told.
VOTES = (Decision.GO, Decision.GO_CONDITIONS, Decision.NO_GO, Decision.ABSTAIN)


@dataclass
class Ballot:
    """One role's place at the table: how it stands, and the no-go that it said before, which is not forgotten."""

    standing: Standing
    taken_back: list[Signature] = field(default_factory=list)


@dataclass
class Meeting:
    """Every vote of a project, and the place of its chair, where there is one."""

    votes: list[Standing]
    chair: Standing | None

    @property
    def is_asked_for(self) -> bool:
        return bool(self.votes or self.chair)

    @property
    def decided(self) -> Signature | None:
        """The decision that holds. It ends the voting, also when what was decided over has changed since."""
        return self.chair.signature if self.chair else None

    @property
    def is_stale(self) -> bool:
        """Whether something changed since the decision."""
        return bool(self.chair and self.chair.changed)

    @property
    def words(self) -> str:
        return heard(self.votes)

    @property
    def missing(self) -> list[Standing]:
        """Votes that are required and not there, or no longer about what is there."""
        return [each for each in self.votes if each.slot.required and each.state in ("pending", rules.STALE)]

    @property
    def against(self) -> list[Standing]:
        return [each for each in self.votes if each.state == rules.DECLINED]

    @property
    def dissent(self) -> list[tuple[Standing, Signature]]:
        """The votes that are otherwise than the decision; before there is one, those against going live."""
        went = not self.decided or self.decided.decision in APPROVING
        words = AGAINST if went else APPROVING
        return [(each, given) for each in self.votes for given in each.signatures if given.decision in words]

    def ballots(self, void: Iterable[Signature]) -> list[Ballot]:
        """Every vote with the words against it that are void by now, of all that are void in the project."""
        before = [each for each in void if each.decision in AGAINST]
        return [Ballot(each, [word for word in before if word.slot_id == each.slot.pk]) for each in self.votes]


def meeting_of(table: Iterable[Standing]) -> Meeting:
    rows = list(table)
    return Meeting(
        [each for each in rows if each.slot.is_vote], next((each for each in rows if each.slot.is_decision), None)
    )


def heard(votes: Iterable[Standing]) -> str:
    """How the votes stand, in words: `2 go, 1 no-go, 1 not voted`; empty where there are none."""
    rows = list(votes)
    said = [(each, given) for each in rows for given in each.signatures]
    counts = Counter(given.decision for each, given in said if each.state_of(given) != rules.STALE)
    told = [f"{counts[each]} {str(each.label).lower()}" for each in VOTES if counts[each]]
    if stale := sum(each.state_of(given) == rules.STALE for each, given in said):
        told.append(_("%(number)s stale") % {"number": stale})
    if missing := sum(max(0, each.needed - len(each.signatures)) for each in rows):
        told.append(_("%(number)s not voted") % {"number": missing})
    return ", ".join(told)


def decision_on(project: Project) -> Signature | None:
    """The chair's decision that holds."""
    live = Signature.objects.live().filter(slot__project=project, slot__kind=SlotKind.DECISION)
    return live.exclude(slot__retired_at__isnull=False).select_related("slot").first()


def over(decided: Signature) -> str:
    """Why nobody votes any more, in a sentence."""
    return _(
        "%(who)s decided: %(decision)s. With that the voting is over. They can take the decision back, with a reason; or a "
        "manager reopens it. Nothing was recorded."
    ) % {"who": decided.who, "decision": decided.get_decision_display()}


def chaired(votes: Iterable[Standing]) -> dict[str, Any]:
    """What the place of a chair says: about the same as the votes, in their stage; what comes before is the votes."""
    slots = [each.slot for each in votes]
    first = slots[0] if slots else None
    place = {name: getattr(first, name) for name in ("scope", "phase", "section", "subject")} if first else {}
    return place | {
        "title": _("Chair"),
        "kind": SlotKind.DECISION,
        "filler": Filler.PEOPLE,
        "stage": max((slot.stage for slot in slots), default=1),
    }
