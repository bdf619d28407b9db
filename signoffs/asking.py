"""Asking: a manager has the people of a slot told that their signature is awaited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from checklists import schedule
from checklists.act import Act, TransitionRefused
from checklists.models import Action, JournalEntry, Project, Slot
from checklists.models.slot import Filler
from signoffs import rules
from signoffs.awaited import Awaited, awaited_from
from signoffs.models import SigningRequest
from signoffs.snapshot import content_of
from signoffs.standing import Standing, Team, standings
from signoffs.telling import tell_requested

if TYPE_CHECKING:
    from golive_site.accounts.models import User

# Nobody is asked for one signature twice within this time.
PAUSE = timedelta(hours=1)


def ask(slot: Slot, act: Act) -> list[User]:
    """Ask everybody who may sign it now, by one mail each; for managers. Who was asked comes back.

    Refused within an hour after it was asked for, and where nobody could sign.
    """
    project = slot.project
    with project.locked(act):
        table = standings(project, content_of(project))
        standing = next((each for each in table if each.slot.pk == slot.pk), None)
        if standing is None:
            raise TransitionRefused(_("This signature is not asked for any more. Nothing was recorded."))
        last = SigningRequest.objects.filter(slot=slot, ended_at=None).first()
        if last and act.at < last.at + PAUSE:
            raise TransitionRefused(
                _("%(who)s asked %(when)s. One can ask again after %(next)s. Nobody was asked now.")
                % {
                    "who": last.by_name,
                    "when": schedule.words(last.at, project.tzinfo),
                    "next": schedule.words(last.at + PAUSE, project.tzinfo),
                }
            )
        team = Team.of(project, act.at)
        waiting = waiting_for(standing, table, team, others(team, act), act)
        if not whom(standing, waiting):
            why = waiting[0].why_not if waiting else _("nobody else could sign it now.")
            raise TransitionRefused(_("Nobody was asked: %(why)s") % {"why": why})
        return told([(standing, whom(standing, waiting))], act)


def ask_for_all(project: Project, act: Act) -> list[User]:
    """Ask for every signature that can be given now and was not asked for within the hour, by one mail to each person."""
    with project.locked(act):
        table, team = standings(project, content_of(project)), Team.of(project, act.at)
        open_ = askable(table, SigningRequest.objects.live_in([project]), act.at)
        people = others(team, act)
        asked = [
            (standing, whom(standing, waiting_for(standing, table, team, people, act)))
            for standing in table
            if standing.slot.pk in open_
        ]
        asked = [(standing, people) for standing, people in asked if people]
        if not asked:
            raise TransitionRefused(_("Nobody was asked: %(why)s") % {"why": _("nobody else could sign it now.")})
        return told(asked, act)


def told(asked: list[tuple[Standing, list[Awaited]]], act: Act) -> list[User]:
    """Keep that these places were asked for, and write to everybody; the caller holds the lock."""
    mails: dict[User, list[Awaited]] = {}
    seq = 0
    for standing, people in asked:
        slot = standing.slot
        SigningRequest.objects.create(slot=slot, by=act.by, by_name=str(act.by), at=act.at)
        names = ", ".join(str(each.person) for each in people)
        entry = JournalEntry.objects.record(
            slot.project, act, Action.SIGNING_REQUESTED, subject=slot.title, people=names
        )
        seq = entry.seq
        for each in people:
            mails.setdefault(each.person, []).append(each)
    tell_requested(asked[0][0].slot.project, act, seq, mails)
    return list(mails)


def askable(table: list[Standing], requests: Mapping[int, SigningRequest], now: datetime) -> set[int]:
    """The slots for whose signature one can ask now, unless it turns out that nobody could give it."""
    found = set()
    for standing in table:
        open_ = standing.state not in (rules.VALID, rules.DECLINED) and not standing.waits_for and standing.is_ready
        last = requests.get(standing.slot.pk)
        if open_ and standing.slot.filler != Filler.EXTERNAL and not (last and now < last.at + PAUSE):
            found.add(standing.slot.pk)
    return found


def others(team: Team, act: Act) -> list[User]:
    """Everybody on the project but who asks."""
    return list(get_user_model().objects.filter(pk__in=team.roles).exclude(pk=act.by.pk).order_by("name", "pk"))


def waiting_for(
    standing: Standing, table: list[Standing], team: Team, people: Iterable[User], act: Act
) -> list[Awaited]:
    """For whose signatures the place waits, now or later."""
    found = (awaited_from(person, standing, table, team, act.at) for person in people)
    return [each for each in found if each]


def whom(standing: Standing, waiting: Iterable[Awaited]) -> list[Awaited]:
    """Who is asked of those for whom it waits: whoever can sign now.

    Whoever signed knows what changed since, so of what is stale others are asked only where that is not enough.
    """
    able = [each for each in waiting if not each.why_not]
    again = [each for each in able if each.said]
    return again if again and len(again) >= standing.still else able
