"""The language of the pages: chosen by the reader, told to the scripts, kept with the account for mails.

Which language a request has is said by the cookie, else by the browser; the account's is only what is kept of a choice.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import JavaScriptCatalog, set_language

from golive_site.accounts.models import User

CODES = [code for code, _ in settings.LANGUAGES]


@login_not_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember the language: on this machine by cookie, and for mails with the account of whoever is signed in."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in CODES:
        User.objects.filter(pk=request.user.pk).update(language=code)
    return set_language(request)


def remember(response: HttpResponse, code: str) -> None:
    """Let the browser ask for this language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


# -- For scripts -----------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
@cache_control(public=True, max_age=365 * 24 * 60 * 60, immutable=True)
def words(request: HttpRequest, code: str) -> HttpResponseBase:
    """The scripts' words in one language; the address says which edition, so that it can be kept for ever."""
    if code not in CODES:
        raise Http404
    with translation.override(code):
        return JavaScriptCatalog.as_view()(request)


@cache
def words_address(code: str) -> str:
    """Where the scripts' words of a language are."""
    path = Path(settings.LOCALE_PATHS[0]) / translation.to_locale(code) / "LC_MESSAGES" / "djangojs.mo"
    edition = hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "source"
    return f"{reverse('words', args=[code])}?{edition}"
