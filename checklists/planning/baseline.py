"""The baseline: the plan is agreed on, and from then on every change of it says why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import Action, JournalEntry, Project


def baseline(project: Project, act: Act) -> None:
    """Say that the plan is agreed on; for managers. There is no way back."""
    with project.locked(act):
        project.refresh_from_db(fields=["baselined_at", "baselined_by"])
        if project.baselined_at:
            return
        project.baselined_at, project.baselined_by = act.at, act.by
        project.save(update_fields=["baselined_at", "baselined_by"])
        JournalEntry.objects.record(project, act, Action.PLAN_BASELINED, items=project.items.count())


@contextmanager
def changing_plan(project: Project, act: Act, reason: str) -> Iterator[None]:
    """The lock under which the plan is changed; refused without a reason where one is needed."""
    with project.locked(act):
        project.refresh_from_db(fields=["baselined_at", "baselined_by"])
        if project.baselined_at and not reason.strip():
            raise TransitionRefused(_("The plan is baselined: say why it changes. Nothing was changed."))
        yield
