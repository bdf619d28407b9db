"""Asking: a manager has the people of a slot told that their signature is awaited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from checklists import schedule
from checklists.act import Act, TransitionRefused
from checklists.models import Action, JournalEntry, Slot
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

    Where what was signed has changed since, those who signed are asked and nobody else, if they are enough.

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
        waiting = waiting_for(standing, table, Team.of(project, act.at), act)
        people = {person: awaited for person, awaited in waiting.items() if not awaited.why_not}
        # Whoever signed knows what changed; others are asked where that is not enough.
        again = {person: awaited for person, awaited in people.items() if awaited.said}
        people = again if again and len(again) >= standing.still else people
        if not people:
            why = next(iter(waiting.values())).why_not if waiting else _("nobody else could sign it now.")
            raise TransitionRefused(_("Nobody was asked: %(why)s") % {"why": why})
        SigningRequest.objects.create(slot=slot, by=act.by, by_name=str(act.by), at=act.at)
        names = ", ".join(str(person) for person in people)
        entry = JournalEntry.objects.record(project, act, Action.SIGNING_REQUESTED, subject=slot.title, people=names)
        tell_requested(slot, act, entry.seq, {person: awaited.principal for person, awaited in people.items()})
        return list(people)


def askable(table: list[Standing], requests: Mapping[int, SigningRequest], now: datetime) -> set[int]:
    """The slots for whose signature one can ask now, unless it turns out that nobody could give it."""
    found = set()
    for standing in table:
        open_ = standing.state not in (rules.VALID, rules.DECLINED) and not standing.waits_for and standing.is_ready
        last = requests.get(standing.slot.pk)
        if open_ and standing.slot.filler != Filler.EXTERNAL and not (last and now < last.at + PAUSE):
            found.add(standing.slot.pk)
    return found


def waiting_for(standing: Standing, table: list[Standing], team: Team, act: Act) -> dict[User, Awaited]:
    """Everybody but who asks whose signature the place waits for, now or later."""
    found = {}
    for person in get_user_model().objects.filter(pk__in=team.roles).exclude(pk=act.by.pk).order_by("name", "pk"):
        if awaited := awaited_from(person, standing, table, team, act.at):
            found[person] = awaited
    return found
