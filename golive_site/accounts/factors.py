"""What happens to second factors goes into the instance's journal, as in journal.py; and the person gets a mail."""

from __future__ import annotations

from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from checklists.models import Action, Mail
from golive_site.accounts.journal import record
from golive_site.accounts.models import User

# Whoever holds one of these signs in, or signs. Recovery codes come and go with them.
TOLD = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def tell(user: User, type: str, *, added: bool) -> None:
    """By mail: it may have been somebody else at their open browser."""
    now = timezone.now()
    key = f"factor_changed:{user.pk}:{now.isoformat()}"
    Mail.objects.post("factor_changed", user, key, now, type=type, added=added, path=reverse("mfa_index"))


@receiver(mfa.authenticator_added)
def factor_added(user: User, authenticator: Authenticator, **_: object) -> None:
    record(user, Action.FACTOR_ADDED, subject=str(authenticator.type))
    if authenticator.type in TOLD:
        tell(user, authenticator.type, added=True)


@receiver([mfa.authenticator_removed, mfa.authenticator_reset])
def factor_removed(user: User, authenticator: Authenticator, **_: object) -> None:
    record(user, Action.FACTOR_REMOVED, subject=str(authenticator.type))
    if authenticator.type in TOLD:
        tell(user, authenticator.type, added=False)


@receiver(mfa.authentication_failed)
def factor_refused(user: User, **_: object) -> None:
    record(None, Action.SIGN_IN_FAILED, subject=str(user))
