"""What the worker does, each by the moment of now; each finds out itself whether something is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from checklists.configuration import note_settings
from checklists.mailing import deliver_due
from checklists.models.checkpoint import keep_daily
from checklists.models.request_key import forget_keys
from signoffs.bundling import bundle_due
from signoffs.models.token import forget_tokens
from signoffs.noticing import notice_due
from signoffs.printing import print_due
from signoffs.reminding import remind_due
from signoffs.sealing import seal_due

DUTIES: tuple[Callable[[datetime], object], ...] = (
    notice_due,
    remind_due,
    deliver_due,
    note_settings,
    keep_daily,
    forget_keys,
    forget_tokens,
    seal_due,
    print_due,
    bundle_due,
)
