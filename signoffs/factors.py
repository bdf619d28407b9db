"""The second factors of a signer, which allauth keeps: whether one of them says that this is them."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa import app_settings as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.utils.crypto import constant_time_compare

from checklists.models import Slot
from signoffs.models import Token


def kinds_of(user) -> set[str]:
    """Which second factors somebody has set up."""
    return set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))


def token_of_code(user, code: str, slot: Slot, digest: str, at: datetime) -> Token | None:
    """The token that a code of the authenticator app stands for, bound to slot and snapshot; None for a wrong one.

    A code that signed the person in, or that set up the app, was used by that.
    """
    app = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
    step = app and step_of(code, decrypt(app.data["secret"]), at)
    if app is None or step is None:
        return None
    name = f"totp:{step}"
    is_known = Token.objects.filter(user_id=user.pk, name=name).exists()
    if not is_known and step <= counter(app.last_used_at or app.created_at):
        return None
    # allauth remembers codes, too: this one signs nobody in any more.
    app.wrap().validate_code(code)
    return Token.objects.bind(user, name, slot, digest, at)


def step_of(code: str, secret: str, at: datetime) -> int | None:
    """The half minute whose code this is: that of `at`, or the one before, for who types slowly."""
    digits = "".join(code.split())
    for step in (counter(at), counter(at) - 1):
        if constant_time_compare(digits, format_hotp_value(hotp_value(secret, step))):
            return step
    return None


def counter(at: datetime) -> int:
    return int(at.timestamp()) // mfa.TOTP_PERIOD
