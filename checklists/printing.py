"""What is printed for one person and serves everybody who sees the same: kept in memory, and printed by one at a time.

All that stands on a plan page follows from the plan, and each change of the plan is an entry of the journal: its number
is the version. Minutes count because `late 1 h 48` does. Who holds nothing sees what everybody with their role sees, so
a team that has the page open at T-0 has it, and what is new on it, printed once. Tokens and keys of forms are nobody's
until what was printed is given to somebody.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.core.cache import caches
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from checklists.models import Project

# Stand where a form's token and its key will be. Nobody can write them into a plan: each process draws its own.
TOKEN, KEY = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
# Few are enough: two that share one only wait for each other.
_PRINTING = [threading.Lock() for _ in range(32)]

T = TypeVar("T")


def printed_once(
    what: str, project: Project, viewer_id: int, seq: int, now: datetime, view: tuple, print_it: Callable[[], T]
) -> T:
    """What `print_it` gives, or gave already to somebody who sees the same; whoever comes while it prints waits for it.

    `seq` is how far the journal is, `view` which part of the plan is asked for.
    """
    holds = project.items.filter(owner=viewer_id).exists()
    rights = project.rights
    reader = viewer_id if holds else (rights.role.value, sorted(rights.teams))
    minute = int(now.timestamp() // 60)
    version = (what, str(project.uuid), seq, minute, get_language(), rights.role.value, reader, view)
    name = hashlib.sha256(repr(version).encode()).hexdigest()
    kept: T | None = caches["pages"].get(name)
    if kept is None:
        with _PRINTING[int(name[:4], 16) % len(_PRINTING)]:
            kept = caches["pages"].get(name)
            if kept is None:
                kept = print_it()
                caches["pages"].set(name, kept)
    return kept


def nobodys() -> dict[str, str]:
    """What templates need that is nobody's yet."""
    return {"sprite": static("signs.svg"), "csrf_token": TOKEN, "form_key": KEY}


def filled(part: str, request: HttpRequest) -> SafeString:
    """The part with this person's token and fresh keys."""
    first, *rest = part.replace(TOKEN, get_token(request)).split(KEY)
    return mark_safe(first + "".join(secrets.token_urlsafe(12) + each for each in rest))  # noqa: S308
