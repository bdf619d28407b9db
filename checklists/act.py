"""Who does something, and when: handed into every verb, so that nothing deep down asks the clock or the request."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import BadRequest
from django.http import HttpRequest
from django.utils import timezone

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from golive_site.accounts.models import User


class Request(HttpRequest):
    """What our views get: sign-in is required everywhere, so there is a person. Only a type."""

    user: User
    htmx: HtmxDetails
    # Set by access.project_for and by act_of.
    standing: tuple[int, str]
    act: Act


@dataclass
class Effect:
    """What an act has done so far: the row of its key, and how far it brought which project's journal."""

    key: int | None = None
    project: int | None = None
    seq: int | None = None


@dataclass(frozen=True)
class Act:
    """One person acting at one moment; `at` is aware, in UTC.

    What a request adds to that: `key` names this one wish, so that it takes effect once however often it is sent, and
    `fingerprint` tells whether it is the same wish; `seen` holds the versions of rows that the person looked at;
    `standing` the project and their role in it when the request came, which must still be theirs when the act is done.
    """

    by: User
    at: datetime
    key: str = ""
    fingerprint: str = ""
    seen: Mapping[str, int] = field(default_factory=dict)
    standing: tuple[int, str] | None = None
    effect: Effect = field(default_factory=Effect, compare=False, repr=False)


# What proves who somebody is, is never kept, not even as part of a hash.
SECRETS = ("password", "code", "credential", "token")
# Names of what a form sends beside its own fields.
KEY, VERSION = "key", "version"
KEYS = re.compile(r"[\w-]{8,64}", re.ASCII)
# As a form writes the version of a row that it shows: `item-12:3`.
VERSIONS = re.compile(r"([a-z]+-\d{1,18}):(\d{1,9})", re.ASCII)


def act_of(request: Request) -> Act:
    """The act that a request is: its signed-in person, now. The same for the whole request."""
    standing = getattr(request, "standing", None)
    act: Act | None = getattr(request, "act", None)
    if act is None:
        key = key_of(request)
        fingerprint = fingerprint_of(request) if key else ""
        act = Act(request.user, timezone.now(), key, fingerprint, versions_in(request))
    request.act = replace(act, standing=standing)
    return request.act


def key_of(request: HttpRequest) -> str:
    """The key that the form or the script gave to this request; empty for none."""
    if request.method != "POST":
        return ""
    key = request.headers.get("Idempotency-Key") or request.POST.get(KEY, "")
    if key and not KEYS.fullmatch(key):
        raise BadRequest("A key is 8 to 64 letters, digits, - or _.")
    return key


def fingerprint_of(request: HttpRequest) -> str:
    """What the request asks for, so that one key cannot stand for two things: method, address, fields and files."""
    told = hashlib.sha256(f"{request.method} {request.path}".encode())
    for name, values in sorted(request.POST.lists()):
        if name not in (KEY, "csrfmiddlewaretoken", *SECRETS):
            told.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            told.update(repr((name, file.name)).encode())
            for chunk in file.chunks():
                told.update(chunk)
            file.seek(0)
    return told.hexdigest()


def versions_in(request: HttpRequest) -> dict[str, int]:
    """The versions of rows that the form was made from, each as `item-12:3`."""
    if request.method != "POST":
        return {}
    found = (VERSIONS.fullmatch(each) for each in request.POST.getlist(VERSION))
    return {match[1]: int(match[2]) for match in found if match}


class TransitionRefused(Exception):
    """A verb that cannot be done now. Its text is a sentence for the user: what is so, and since when or by whom."""


class Repeated(Exception):
    """What this key stands for was done already: nothing was done now, and the answer is as it was then."""


class KeyReused(Exception):
    """The key stood for something else before. Its text is a sentence for the user."""
