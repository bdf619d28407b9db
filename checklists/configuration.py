"""Whether the instance runs with other settings than before: said in its journal by name, never by value."""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import datetime

from django.conf import settings

from checklists.chain import canonical
from checklists.models import Action, JournalEntry

_known: set[str] = set()


def note_settings(now: datetime) -> None:
    """The worker's duty, done once by each worker that starts: they cannot change while it runs."""
    marks = {name: mark(value) for name, value in sorted(os.environ.items()) if name.startswith("GOLIVE_")}
    key = canonical(marks)
    if key in _known:
        return
    last = JournalEntry.objects.filter(project=None, action=Action.SETTINGS_CHANGED).order_by("-seq").first()
    before: dict[str, str] = last.facts["marks"] if last else {}
    changed = sorted(name for name in marks.keys() | before.keys() if marks.get(name) != before.get(name))
    if changed:
        JournalEntry.objects.record_for_instance(
            now, None, Action.SETTINGS_CHANGED, subject=", ".join(changed), marks=marks
        )
    _known.add(key)


def mark(value: str) -> str:
    """Tells two values apart without telling them: made with the instance's secret key."""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()[:16]
