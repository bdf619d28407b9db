"""Second factors of the cast: an authenticator app, and the codes that it shows."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.utils import timezone

from golive_site.accounts.models import User
from signoffs.factors import counter


def app_of(user: User) -> Authenticator:
    """An app that somebody set up yesterday."""
    yesterday = timezone.now() - timedelta(days=1)
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": generate_totp_secret()}, created_at=yesterday
    )


def code_of(app: Authenticator, ago: int = 0) -> str:
    """What the app shows now, or showed so many half minutes ago."""
    return format_hotp_value(hotp_value(app.data["secret"], counter(timezone.now()) - ago))
