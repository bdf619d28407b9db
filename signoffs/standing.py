"""How every slot of a project stands: what is signed, what is stale, what is missing, and what it waits for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from checklists.models import Action, Evidence, Item, JournalEntry, Membership, Project, Reading, Slot
from checklists.models.item import State
from checklists.models.slot import Filler
from checklists.readiness import Tally
from checklists.verdicts import MISSED
from signoffs import rules
from signoffs.models import AGAINST, CONDITIONAL, Decision, Delegation, Invitation, Override, Signature
from signoffs.since import Difference, Told, differences
from signoffs.snapshot import Content, content_of, digest_of, snapshot_of

if TYPE_CHECKING:
    from checklists.rows import FieldWithValue
    from golive_site.accounts.models import User

# What makes somebody one of those who did the work. Whoever was given an item counts, too.
DID = (
    Action.ITEM_CLAIMED,
    Action.ITEM_COMPLETED,
    Action.ITEM_SET_ASIDE,
    Action.READING_GIVEN,
    Action.EVIDENCE_ADDED,
)


# In this order a signer reads what is not as planned: what went wrong, what was left out, what nobody finished.
WORST_FIRST = (State.FAILED, State.BLOCKED, State.REOPENED, State.NOT_APPLICABLE, State.CLAIMED, State.OPEN, State.DONE)


@dataclass(frozen=True)
class Exceptional:
    """An item that is not as planned, or still open; who said so, and when."""

    item: Item
    who: str
    at: datetime | None


@dataclass
class Given:
    """One live signature as it stands now."""

    signature: Signature
    state: str
    differences: list[Difference] = field(default_factory=list)

    @property
    def label(self) -> str:
        return _("Stale") if self.state == rules.STALE else str(self.signature.get_decision_display())


@dataclass
class Standing:
    """One slot as it stands now."""

    slot: Slot
    content: Content
    signatures: list[Signature]
    waits_for: list[Standing] = field(default_factory=list)
    # What is voted, where this decides over it.
    votes: list[Standing] = field(default_factory=list)

    # Made only when they are asked for: where nobody has signed, nothing is compared.
    @cached_property
    def snapshot(self) -> str:
        return snapshot_of(self.slot, self.content)

    @cached_property
    def digest(self) -> str:
        return digest_of(self.snapshot)

    @property
    def signature(self) -> Signature | None:
        """The newest live one."""
        return self.signatures[-1] if self.signatures else None

    @property
    def state(self) -> str:
        """pending, valid, declined, or stale: signed, but what was signed has changed since."""
        states = [self.state_of(signature) for signature in self.signatures]
        return rules.state_of(states, self.needed, is_vote=self.slot.is_vote)

    def state_of(self, signature: Signature) -> str:
        if signature.decision in AGAINST:
            return rules.DECLINED
        if signature.digest != self.digest:
            return rules.STALE
        if signature.decision == Decision.ABSTAIN:
            return rules.ABSTAINED
        return rules.CONDITIONS if signature.decision in CONDITIONAL else rules.VALID

    @property
    def needed(self) -> int:
        return rules.needed_of(self.slot.needed, len(self.content.named.get(self.slot.pk, [])))

    @property
    def still(self) -> int:
        """How many signatures are still missing."""
        done = [each for each in self.signatures if self.state_of(each) in (rules.VALID, rules.CONDITIONS)]
        return max(0, self.needed - len(done)) if self.state != rules.VALID else 0

    @property
    def state_label(self) -> str:
        state = self.state
        if state in (rules.VALID, rules.DECLINED):
            word = next(
                (each for each in reversed(self.signatures) if (each.decision in AGAINST) == (state == rules.DECLINED)),
                self.signature,
            )
            plain = state == rules.VALID and word is not None and word.decision == Decision.APPROVE
            return _("Signed") if plain or word is None else str(word.get_decision_display())
        return _("Stale") if state == rules.STALE else _("Not signed")

    @property
    def sign(self) -> str:
        """Which of the signs for signatures stands before it."""
        if self.state == rules.VALID and any(each.decision in CONDITIONAL for each in self.signatures):
            return "conditions"
        if self.state == rules.VALID and all(each.decision == Decision.ABSTAIN for each in self.signatures):
            return rules.ABSTAINED
        return self.state

    @cached_property
    def given(self) -> list[Given]:
        content = self.content
        told = Told(content.names, content.remarks, content.project.tzinfo) if self.changed else Told()
        return [
            Given(
                each,
                self.state_of(each),
                differences(each.snapshot, self.snapshot, told) if each in self.changed else [],
            )
            for each in self.signatures
        ]

    @property
    def changed(self) -> list[Signature]:
        """Live signatures over something else than what is there now."""
        return [each for each in self.signatures if each.digest != self.digest]

    @property
    def changes(self) -> list[str]:
        """What changed since the newest of them was signed, in words."""
        return next(
            ([str(each) for each in given.differences] for given in reversed(self.given) if given.differences), []
        )

    # -- What is signed ------------------------------------------------------------------------------------------------

    @cached_property
    def items(self) -> list[Item]:
        return self.content.items_of(self.slot)

    @cached_property
    def fields(self) -> list[FieldWithValue]:
        return self.content.fields_of(self.slot)

    @cached_property
    def tally(self) -> Tally:
        return Tally.of(self.items)

    @cached_property
    def holding_up(self) -> list[Item]:
        """Mandatory items that are neither settled nor waived."""
        return holding_up(self.items, self.content)

    @property
    def is_ready(self) -> bool:
        """Whether everything in the scope is settled or waived, so that it can be approved."""
        return not self.holding_up

    @property
    def why_not_ready(self) -> str:
        return ", ".join(Tally.of(self.holding_up).why_not_green)

    @property
    def exceptions(self) -> list[Exceptional]:
        """What a signer should look at: everything with a reason, and what is still open; the worst comes first."""
        reasons = self.content.reasons
        found = sorted(
            (item for item in self.items if item.reason or not item.is_settled),
            key=lambda item: WORST_FIRST.index(State(item.state)),
        )
        return [
            Exceptional(item, reasons[item.pk].who if item.reason and item.pk in reasons else "", item.changed_at)
            for item in found
        ]

    @property
    def values(self) -> list[tuple[str, str]]:
        """What was entered outside items: label, and value with unit."""
        return [
            (blank.label, f"{blank.value or ''} {blank.unit if blank.value else ''}".strip()) for blank in self.fields
        ]

    @cached_property
    def missed(self) -> list[FieldWithValue]:
        """Blanks in the scope with a value beyond its limit."""
        here = {item.pk: item for item in self.items}
        blanks = [blank for blank in self.content.fields if blank.item_id in here] + self.fields
        for blank in blanks:
            blank.item = here.get(blank.item_id) if blank.item_id else None
        return [blank for blank in blanks if blank.verdict(blank.value) == MISSED]

    @property
    def evidence(self) -> list[Evidence]:
        return self.content.evidence_of(self.slot)

    @property
    def people(self) -> list[tuple[str, int]]:
        """Who settled how many items of the scope."""
        names: dict[str, int] = {}
        for item in self.items:
            if item.settled_by:
                names[str(item.settled_by)] = names.get(str(item.settled_by), 0) + 1
        return sorted(names.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def asked(self) -> rules.Asked:
        return rules.Asked(self.slot.filler, self.slot.role, self.content.named.get(self.slot.pk, []))

    @property
    def asked_words(self) -> str:
        """Who may sign, in words: names, a role, or whoever approves."""
        slot = self.slot
        if slot.filler == Filler.PEOPLE:
            return ", ".join(str(person.user) for person in slot.named.all())
        if slot.filler == Filler.EXTERNAL:
            return str(slot.get_filler_display())
        if slot.filler == Filler.TEAM:
            return _("the team %(team)s") % {"team": slot.team}
        return str(slot.get_role_display()) if slot.role else _("approvers and managers")


def holding_up(items: list[Item], content: Content) -> list[Item]:
    return [item for item in items if not item.is_settled and not item.optional and item.pk not in content.waivers]


def standings(project: Project, content: Content | None = None) -> list[Standing]:
    """Every slot of the project, in a fixed number of queries."""
    content = content or content_of(project)
    found = [standing_of(slot, content) for slot in content.slots]
    by_slot = {each.slot.pk: each for each in found}
    for standing in found:
        before = [by_slot[slot.pk] for slot in content.earlier(standing.slot)]
        standing.waits_for = [each for each in before if each.slot.required and each.state != rules.VALID]
        standing.votes = [each for each in before if each.slot.is_vote] if standing.slot.is_decision else []
    return found


def standing_of(slot: Slot, content: Content) -> Standing:
    return Standing(slot, content, [each for each in content.signatures if each.slot_id == slot.pk])


@dataclass
class Team:
    """Who is in the project as what, stands in for whom, did what, may sign although they did, and is asked from outside."""

    roles: dict[int, str]
    delegations: list[Delegation]
    overrides: list[Override]
    by_item: dict[int, set[int]] = field(default_factory=dict)
    by_field: dict[int, set[int]] = field(default_factory=dict)
    # Kept by slot: whoever may sign is asked about the same places.
    known_doers: dict[int, set[int]] = field(default_factory=dict)
    # By slot: who is asked from outside.
    invited: dict[int, set[int]] = field(default_factory=dict)
    # By name in small letters: who is of the team.
    teams: dict[str, set[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, project: Project, now: datetime) -> Team:
        """In a fixed number of queries."""
        return cls.of_all([project], now)[project.pk]

    @classmethod
    def of_all(cls, projects: Iterable[Project], now: datetime) -> dict[int, Team]:
        """Those of many projects, by project, in a fixed number of queries however many there are."""
        projects = list(projects)
        found = {project.pk: cls({}, [], []) for project in projects}
        members = Membership.objects.filter(project__in=found, user__is_active=True)
        for project, user, role, teams in members.values_list("project", "user", "role", "teams"):
            found[project].roles[user] = role
            for name in teams:
                found[project].teams.setdefault(name.casefold(), set()).add(user)
        for delegation in Delegation.objects.live_in(projects, now):
            found[delegation.project_id].delegations.append(delegation)
        for override in Override.objects.filter(slot__project__in=found, used_at=None).select_related("slot"):
            found[override.slot.project_id].overrides.append(override)
        for invitation in Invitation.objects.open_in(projects, now):
            found[invitation.slot.project_id].invited.setdefault(invitation.slot_id, set()).add(invitation.person_id)
        done = JournalEntry.objects.filter(project__in=found, action__in=DID).exclude(item=None).order_by()
        for project, item, actor in done.values_list("project", "item", "actor").distinct():
            found[project].by_item.setdefault(item, set()).add(actor)
        handed = JournalEntry.objects.filter(project__in=found, action=Action.ITEM_HANDED_OVER).exclude(item=None)
        for project, item, body in handed.values_list("project", "item", "body"):
            found[project].by_item.setdefault(item, set()).add(json.loads(body)["facts"]["who"])
        readings = Reading.objects.filter(field__project__in=found, field__item=None).order_by()
        for project, blank, reader in readings.values_list("field__project", "field", "by").distinct():
            found[project].by_field.setdefault(blank, set()).add(reader)
        return found

    def doers(self, standing: Standing) -> set[int]:
        """Whoever did, claimed, entered or showed something in what the slot is about."""
        if standing.slot.pk not in self.known_doers:
            found = {shown.by_id for shown in standing.evidence}
            for item in standing.items:
                found |= self.by_item.get(item.pk, set())
                found |= {pk for pk in (item.settled_by_id, item.owner_id) if pk}
            for blank in standing.fields:
                found |= self.by_field.get(blank.pk, set())
            self.known_doers[standing.slot.pk] = found
        return self.known_doers[standing.slot.pk]

    def admits(self, standing: Standing, person: int) -> bool:
        asked = standing.asked
        if asked.filler == Filler.EXTERNAL:
            asked = replace(asked, named=self.invited.get(standing.slot.pk, ()))
        if asked.filler == Filler.TEAM:
            asked = replace(asked, named=self.teams.get(standing.slot.team.casefold(), ()))
        return asked.admits(person, self.roles.get(person))

    def principals(self, standing: Standing, person: User) -> list[User]:
        """On whose behalf somebody may sign here today."""
        return [
            each.principal
            for each in self.delegations
            if each.delegate_id == person.pk and self.admits(standing, each.principal_id)
        ]

    def principal(self, standing: Standing, person: User) -> User | None:
        """For whom somebody signs here where it is not theirs to sign; None where it is, or where nobody lets them."""
        return None if self.admits(standing, person.pk) else next(iter(self.principals(standing, person)), None)

    def may_sign(self, standing: Standing, person: User) -> bool:
        return self.admits(standing, person.pk) or bool(self.principals(standing, person))

    def override(self, standing: Standing, person: int) -> Override | None:
        return next(
            (each for each in self.overrides if each.slot_id == standing.slot.pk and each.person_id == person), None
        )
