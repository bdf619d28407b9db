"""Secrets of second factors, kept so that the database alone, or a backup of it, shows no code of anybody's app.

They are locked with a key that is made of the instance's secret key, which is not in the database. What was locked with
an earlier secret key opens as long as that is named in the settings, too.
"""

from __future__ import annotations

import base64
import logging
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

# What allauth keeps secret of an authenticator: the key of an app, and what recovery codes are made of.
SECRET = ("secret", "seed")


def strongbox() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = [salted_hmac("golive.factors", "", secret=key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])


def lock(text: str) -> str:
    return strongbox().encrypt(text.encode()).decode()


def unlock(locked: str) -> str:
    """What was locked. Where no key opens it, a secret that nobody has: then no code is right, and nothing is shown."""
    try:
        return strongbox().decrypt(locked.encode()).decode()
    except InvalidToken:
        logger.error("A second factor cannot be read: GOLIVE_SECRET_KEY was changed. See docs/operations.md.")
        return base64.b32encode(secrets.token_bytes(20)).decode()


def lock_anew(factors: models.QuerySet) -> int:
    """Lock them with the secret key of now, also what an earlier version kept open; how many secrets there are."""
    box, number = strongbox(), 0
    for factor in factors:
        for name in SECRET:
            if kept := factor.data.get(name):
                factor.data[name] = locked_anew(box, kept)
                factor.save(update_fields=["data"])
                number += 1
    return number


def locked_anew(box: MultiFernet, kept: str) -> str:
    try:
        return box.rotate(kept.encode()).decode()
    except InvalidToken:
        # So begins what was locked, by whichever key: this one is not known here, and it stays for when it is.
        return kept if kept.startswith("gAAAA") else box.encrypt(kept.encode()).decode()
