"""What happens to second factors goes into the instance's journal; see journal.py."""

from __future__ import annotations

from allauth.mfa import signals as mfa
from django.dispatch import receiver

from checklists.models import Action
from golive_site.accounts.journal import record
from golive_site.accounts.models import User


@receiver(mfa.authenticator_added)
def factor_added(user: User, authenticator, **_: object) -> None:
    record(user, Action.FACTOR_ADDED, subject=str(authenticator.type))


@receiver([mfa.authenticator_removed, mfa.authenticator_reset])
def factor_removed(user: User, authenticator, **_: object) -> None:
    record(user, Action.FACTOR_REMOVED, subject=str(authenticator.type))


@receiver(mfa.authentication_failed)
def factor_refused(user: User, **_: object) -> None:
    record(None, Action.SIGN_IN_FAILED, subject=str(user))
