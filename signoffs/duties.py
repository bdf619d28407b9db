"""What the worker does, each by the moment of now; each finds out itself whether something is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from checklists.mailing import deliver_due

DUTIES: tuple[Callable[[datetime], object], ...] = (deliver_due,)
