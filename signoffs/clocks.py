"""Ours and the database's clock: where they disagree, nobody can say when something was signed, so nothing is (SIG-16)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from checklists.act import TransitionRefused
from checklists.models import Project

# How far apart they may be: less than anybody needs to read what they sign.
MOST = timedelta(seconds=5)


def guard_clocks(project: Project, now: datetime) -> None:
    """Refuse where the database's clock says something else than ours. Nothing is locked, and nothing was recorded."""
    theirs = Project.objects.filter(pk=project.pk).values_list(Now(), flat=True).get()
    if abs(now - theirs) > MOST:
        raise TransitionRefused(
            _(
                "The clocks of this server and of its database are %(seconds)s seconds apart, so nobody could say later when "
                "this was signed. Nothing was recorded. Tell whoever runs this server."
            )
            % {"seconds": round(abs(now - theirs).total_seconds())}
        )
