"""What happens to accounts goes into the instance's journal.

Signing in, passwords and second factors (factors.py) are acts of Django and allauth: their signals are the only place where
they tell of them. What this application does itself is recorded by the verb that does it.
"""

from __future__ import annotations

from allauth.account import signals as account
from django.contrib.auth import signals as auth
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from checklists.models import Action, JournalEntry
from golive_site.accounts.models import User


def record(user: User | None, action: Action, *, subject: str = "", **facts: str) -> None:
    JournalEntry.objects.record_for_instance(timezone.now(), user, action, subject=subject, **facts)


@receiver(auth.user_logged_in)
def signed_in(user: User, **_: object) -> None:
    record(user, Action.SIGNED_IN)


@receiver(auth.user_logged_out)
def signed_out(user: User | None, **_: object) -> None:
    if user is not None:
        record(user, Action.SIGNED_OUT)


@receiver(auth.user_login_failed)
def sign_in_failed(credentials: dict, request: HttpRequest | None = None, **_: object) -> None:
    """Names the account that was tried, if there is one: what else was typed may be anything, even a password."""
    tried = User.objects.filter(
        email__iexact=str(credentials.get("email") or credentials.get("username") or "")
    ).first()
    record(None, Action.SIGN_IN_FAILED, subject=str(tried) if tried else "somebody unknown")


@receiver([account.password_changed, account.password_set])
def password_changed(user: User, **_: object) -> None:
    record(user, Action.PASSWORD_CHANGED)


@receiver(account.password_reset)
def password_reset(user: User, **_: object) -> None:
    record(user, Action.PASSWORD_RESET)


@receiver(account.email_changed)
def email_changed(user: User, **_: object) -> None:
    record(user, Action.EMAIL_CHANGED)
