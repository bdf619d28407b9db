"""Noticing: that a signature became stale is derived, so somebody has to look. The worker does, and has its signers told."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Exists, OuterRef, Subquery

from checklists.models import JournalEntry, Project
from signoffs import rules
from signoffs.awaited import LONG
from signoffs.models import Signature, StaleNotice
from signoffs.standing import Standing, standings
from signoffs.telling import tell_stale

logger = logging.getLogger(__name__)

# A project in which much happens is looked at no more often than this; what was taken back meanwhile is never told.
PAUSE = timedelta(minutes=1)


def notice_due(now: datetime) -> None:
    """The worker's duty. One query says in which projects with signatures something happened since it looked there last.

    How far it looked is kept in the cache: whoever forgets that looks once more, and nobody is told twice.
    """
    head = JournalEntry.objects.filter(project=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    signed = Signature.objects.live().filter(slot__project=OuterRef("pk"))
    running = Project.objects.filter(Exists(signed), completed_at=None).exclude(keeping__archived_at__isnull=False)
    for project in running.annotate(head=Subquery(head)).defer(*LONG):
        seq, at = cache.get(key_of(project), (0, None))
        if vars(project)["head"] == seq or (at and at <= now < at + PAUSE):
            continue
        try:
            notice(project, now)
        except Exception:
            logger.exception("Nobody of %s was told of stale signatures; it is tried again.", project.slug)
        else:
            cache.set(key_of(project), (vars(project)["head"], now), timeout=None)


def key_of(project: Project) -> str:
    return f"noticed:{project.uuid}"


def notice(project: Project, now: datetime) -> None:
    """Tell of signatures that are stale, if any is. Only then the project is locked, and looked at once more."""
    if not StaleNotice.objects.untold(stale(standings(project))):
        return
    with project.locked():
        project.refresh_from_db(fields=["name", "go_live_at", "zone"])
        news = StaleNotice.objects.untold(stale(standings(project)))
        if news:
            StaleNotice.objects.give(news, now)
            tell_stale(project, now, news)


def stale(table: Iterable[Standing]) -> list[Signature]:
    """The live signatures over something that has changed since; a word against it stands whatever changes."""
    return [each for standing in table for each in standing.changed if standing.state_of(each) == rules.STALE]
