"""Reminding: once a day whoever was asked to sign and has not, and once before T-0 everybody who can sign something."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef

from checklists.models import Mail, Project, Slot
from signoffs.awaited import LONG, Awaited, awaited_from
from signoffs.models import Reminder, Round, SigningRequest
from signoffs.snapshot import content_of
from signoffs.standing import Team, standings
from signoffs.telling import remind_of

if TYPE_CHECKING:
    pass

# Mails that tell somebody of places where they sign.
TELLS = ("signing_requested", "signing_stale")

logger = logging.getLogger(__name__)


def remind_due(now: datetime) -> None:
    """The worker's duty. Looking for something to do takes two queries; a project that fails keeps no other back."""
    done = Reminder.objects.done(now)
    running = Project.objects.filter(Exists(Slot.objects.filter(project=OuterRef("pk"))), completed_at=None)
    for project in running.exclude(keeping__archived_at__isnull=False).defer(*LONG):
        try:
            for round_, day in due(project, now):
                if (project.pk, round_, day) not in done:
                    remind(project, round_, day, now)
        except Exception:
            logger.exception("Nobody of %s was reminded; it is tried again.", project.slug)


def due(project: Project, now: datetime) -> Iterator[tuple[Round, date]]:
    """What is to be done today, each with the day that it counts for; the same all day long."""
    if now < project.go_live_at <= now + settings.REMIND_BEFORE:
        yield Round.LAUNCH, project.local(project.go_live_at).date()
    here = project.local(now)
    if settings.REMIND_AT is not None and here.time() >= settings.REMIND_AT:
        yield Round.DAILY, here.date()


def remind(project: Project, round_: Round, day: date, now: datetime) -> None:
    """One round, with its mails, all or nothing."""
    with project.locked():
        project.refresh_from_db(fields=["go_live_at", "zone", "completed_at"])
        if project.completed_at or (round_, day) not in due(project, now):
            return
        if not Reminder.objects.take(project, round_, day, now):
            return
        told = told_on(project, day) if round_ == Round.DAILY else set()
        table, team = standings(project, content_of(project)), Team.of(project, now)
        requests = SigningRequest.objects.live_in([project])
        for person in get_user_model().objects.filter(pk__in=team.roles):
            found = [awaited_from(person, standing, table, team, now) for standing in table]
            waiting = [each for each in found if each and concerns(each, round_, requests.get(each.slot.pk))]
            remind_of(
                project,
                person,
                now,
                [each for each in waiting if (person.pk, each.slot.get_absolute_url()) not in told],
            )


def told_on(project: Project, day: date) -> set[tuple[int | None, str]]:
    """Who was asked on this day, or told that it became stale, and of which place: more on the same day is too much."""
    midnight = datetime.combine(day, time(), project.tzinfo)
    mails = Mail.objects.filter(project=project, kind__in=TELLS, created_at__gte=midnight)
    return {
        (person, place["path"]) for person, facts in mails.values_list("person", "facts") for place in places(facts)
    }


def places(facts: dict) -> list[dict]:
    """What a mail is about, unless that was removed."""
    return found if isinstance(found := facts.get("places"), list) else []


def concerns(awaited: Awaited, round_: Round, request: SigningRequest | None) -> bool:
    """Whether somebody is reminded of it: only of what they can sign now, and daily only of what was asked of them."""
    if awaited.why_not:
        return False
    was_asked = request is not None and request.by_id != awaited.person.pk
    return round_ == Round.LAUNCH or awaited.said is not None or was_asked
