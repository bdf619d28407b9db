"""What somebody reads before they sign a slot, and what they may decide: the same for members and for people outside."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import Http404

from checklists.act import Act
from checklists.models import JournalEntry, Project
from signoffs import gate, rules
from signoffs.models import AGAINST, APPROVING, Decision, SigningRequest
from signoffs.models.condition import conditions_of, words_beside
from signoffs.standing import Standing, Team
from signoffs.statements import approving, decisions_of

if TYPE_CHECKING:
    from golive_site.accounts.models import User

# Entries of the journal that the page lists at most.
NEWS = 20
# What does not change what is signed, however often it is done.
NO_NEWS = ("report.", "record.", "journal.", "plan.downloaded", "member.", "signing.", "external.", "procedure.")


class SigningPage:
    """One slot as one signer sees it now. Whoever is outside sees what they sign, and nothing beside it."""

    def __init__(self, project: Project, number: int, signer: User, act: Act):
        self.project, self.signer, self.act = project, signer, act
        self.seq = JournalEntry.objects.head(project)
        self.table = gate.standings(project)
        found = next((each for each in self.table if each.slot.number == number), None)
        if found is None:
            raise Http404
        self.standing: Standing = found
        self.team = Team.of(project, act.at)
        self.principals = self.team.principals(found, signer)
        self.principal = self.team.principal(found, signer)

    @property
    def start(self) -> dict[str, Any]:
        """What the form begins with: which state of things it is about."""
        slot = self.standing.slot
        return {
            "digest": self.standing.digest,
            "seq": self.seq,
            "decision": "" if slot.is_of_meeting else approving(slot),
            "behalf": self.principal,
        }

    def told(self, since: int | None, last_look: datetime | None = None) -> dict[str, Any]:
        """What the page says; `since` is how far the journal was when the signer last read it."""
        standing, signer = self.standing, self.signer
        admitted = self.team.may_sign(standing, signer)
        principal = self.principal
        own = [each for each in standing.given if signer.pk in each.signature.people]
        resigned = next((each for each in own if each.differences), None)
        heard = [given for each in standing.votes for given in each.signatures]
        told = [*standing.signatures, *heard]
        conditions = conditions_of(told)
        return {
            "project": self.project,
            "standing": standing,
            "slot": standing.slot,
            "waived": [
                (item, standing.content.waivers[item.pk])
                for item in standing.items
                if item.pk in standing.content.waivers and not item.is_settled
            ],
            "news": list(self.news(since)) if since is not None else [],
            "last_look": last_look,
            "admitted": admitted,
            "override": self.team.override(standing, signer.pk),
            "why_nothing": self.why_not(decisions_of(standing.slot)[-1], principal) if admitted else "",
            "why_not_approve": self.why_not(approving(standing.slot), principal) if admitted else "",
            "own": own,
            "holds": any(each.state in (rules.VALID, rules.CONDITIONS) for each in own),
            # What they signed before and is not so any more: they are asked again for just that.
            "resigned": resigned,
            "others": [each for each in standing.given if each is not resigned],
            "did": signer.pk in self.team.doers(standing),
            "asked": SigningRequest.objects.live_in([self.project]).get(standing.slot.pk),
            "approving": APPROVING,
            "against": AGAINST,
            "conditions": conditions,
            "said": {each.pk: words_beside(each, conditions.get(each.pk, ())) for each in told},
        }

    def why_not(self, decision: Decision, principal: User | None) -> str:
        return gate.why_not(self.standing, self.table, self.team, self.act, decision, principal)

    def news(self, since: int) -> list[JournalEntry]:
        """What happened to what is signed since the signer last read it, newest first."""
        concerns = Q(item__in=[item.pk for item in self.standing.items])
        if not self.signer.is_external:
            concerns |= Q(item=None)
        found = self.project.journal.filter(concerns, seq__gt=since).order_by("-seq")
        return [entry for entry in found[: NEWS * 3] if not entry.action.startswith(NO_NEWS)][:NEWS]
