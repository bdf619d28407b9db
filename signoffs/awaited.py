"""Whose signature is awaited where: what one person may sign now, across projects, and what has to come first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from checklists.act import Act, TransitionRefused
from checklists.models import Membership, Project, Slot
from signoffs import gate, rules
from signoffs.models import Delegation, Signature, SigningRequest
from signoffs.since import Told, differences
from signoffs.snapshot import contents_of
from signoffs.standing import Standing, Team, standings
from signoffs.statements import approving

if TYPE_CHECKING:
    from golive_site.accounts.models import User

# What a list of signatures does not need of a project, and what may be long.
LONG = ("source", "prose", "repairs", "warnings", "metadata")


@dataclass(frozen=True)
class Awaited:
    """One place that waits for one person's signature: in their own name, or in that of the principal.

    `said` is what they signed, where that has changed since; `why_not` says what has to come first, in words, and is
    empty where they may sign now. `request` is the last by which a manager asked for it.
    """

    standing: Standing
    person: User
    principal: User | None
    said: Signature | None
    why_not: str
    request: SigningRequest | None = None

    @property
    def slot(self) -> Slot:
        return self.standing.slot

    @property
    def sign(self) -> str:
        """Which of the signs for signatures stands before it."""
        return rules.STALE if self.is_again else self.standing.sign

    @cached_property
    def changed(self) -> int:
        """How many things are not as they were when the person signed."""
        return len(differences(self.said.snapshot, self.standing.snapshot, Told())) if self.said else 0

    @property
    def is_again(self) -> bool:
        return self.said is not None


@dataclass
class Awaiting:
    """Everything that waits for one person: to sign now, to sign again because it changed, and later."""

    now: list[Awaited] = field(default_factory=list)
    again: list[Awaited] = field(default_factory=list)
    later: list[Awaited] = field(default_factory=list)

    def add(self, awaited: Awaited) -> None:
        (self.again if awaited.is_again else self.later if awaited.why_not else self.now).append(awaited)


def awaited_of(user: User, now: datetime) -> Awaiting:
    """In a fixed number of queries, however many projects there are and however much they ask for; the next T-0 first."""
    found = Awaiting()
    projects = asking(user, now)
    contents, teams = contents_of(projects), Team.of_all(projects, now)
    requests = SigningRequest.objects.live_in(projects)
    for project in projects:
        table = standings(project, contents[project.pk])
        for standing in table:
            if one := awaited_from(user, standing, table, teams[project.pk], now):
                found.add(replace(one, request=requests.get(standing.slot.pk)))
    return found


def awaited_from(person: User, standing: Standing, table: list[Standing], team: Team, now: datetime) -> Awaited | None:
    """What this place wants of this person; None where it is not theirs to sign, or where they have said their word."""
    if standing.state == rules.VALID or not team.may_sign(standing, person):
        return None
    principal = team.principal(standing, person)
    decision = approving(standing.slot)
    attempt = gate.Attempt(standing, table, team, Act(person, now), decision, principal)
    said = attempt.own[-1] if attempt.own else None
    if said and standing.state_of(said) != rules.STALE:
        return None
    try:
        attempt.guard_person()
    except TransitionRefused:
        return None
    why_not = gate.why_not(standing, table, team, attempt.act, decision, principal)
    return Awaited(standing, person, principal, said, why_not)


def asking(user: User, now: datetime) -> list[Project]:
    """The running projects that ask this person for a signature, or somebody whom they stand in for: only those are read."""
    running = Project.objects.visible_to(user).filter(completed_at=None).exclude(keeping__archived_at__isnull=False)
    projects = list(running.defer(*LONG))
    people = {user.pk}
    for delegation in Delegation.objects.live_in(projects, now):
        people |= {delegation.principal_id} if delegation.delegate_id == user.pk else set()
    members = Membership.objects.filter(project__in=projects, user__in=people)
    roles: dict[tuple[int, int], str] = {}
    teams: dict[tuple[int, str], set[int]] = {}
    for member in members:
        roles[member.project_id, member.user_id] = member.role
        for name in member.teams:
            teams.setdefault((member.project_id, name.casefold()), set()).add(member.user_id)
    wanted = set()
    for slot in Slot.objects.filter(project__in=projects).prefetch_related("named"):
        named = teams.get((slot.project_id, slot.team.casefold()), set()) | {each.user_id for each in slot.named.all()}
        asked = rules.Asked(slot.filler, slot.role, named)
        if any(asked.admits(person, roles.get((slot.project_id, person))) for person in people):
            wanted.add(slot.project_id)
    return [project for project in projects if project.pk in wanted]
