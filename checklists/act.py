"""Who does something, and when: handed into every verb, so that nothing deep down asks the clock or the request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import timezone

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from golive_site.accounts.models import User


class Request(HttpRequest):
    """What our views get: sign-in is required everywhere, so there is a person. Only a type."""

    user: User
    htmx: HtmxDetails


@dataclass(frozen=True)
class Act:
    """One person acting at one moment; `at` is aware, in UTC."""

    by: User
    at: datetime


def act_of(request: Request) -> Act:
    """The act that a request is: its signed-in person, now."""
    return Act(by=request.user, at=timezone.now())


class TransitionRefused(Exception):
    """A verb that cannot be done now. Its text is a sentence for the user: what is so, and since when or by whom."""
