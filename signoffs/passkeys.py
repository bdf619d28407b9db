"""Passkeys of signers: a challenge that stands for one slot and one snapshot, and whether a passkey answered it."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core import signing
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData, PublicKeyCredentialRpEntity, UserVerificationRequirement

from checklists.models import Slot
from signoffs.models import Token

SALT = "signoffs.passkey"
ANSWER_WITHIN = timedelta(minutes=5)
# What reading an answer raises that was made by no browser.
BROKEN = (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, struct.error)


def ask(user, slot: Slot, digest: str) -> dict[str, Any]:
    """What the browser is asked. Only the hash of `challenge` is signed by the passkey: it says for whom and for what it is."""
    challenge = signing.dumps([user.pk, slot.pk, digest, secrets.token_hex(16)], salt=SALT)
    options, _state = _server().authenticate_begin(
        list(_credentials(user).values()), UserVerificationRequirement.REQUIRED, hashed(challenge)
    )
    return {"challenge": challenge, "request_options": dict(options)}


def token_of_answer(user, challenge: str, answer: str, slot: Slot, digest: str, at: datetime) -> Token | None:
    """The token that the answer of one of their passkeys stands for; None for any other answer, and to any other challenge."""
    try:
        *asked, nonce = signing.loads(challenge, salt=SALT, max_age=ANSWER_WITHIN)
    except signing.BadSignature:
        return None
    if asked != [user.pk, slot.pk, digest]:
        return None
    credentials = _credentials(user)
    expected = {"challenge": websafe_encode(hashed(challenge)), "user_verification": "required"}
    try:
        found = _server().authenticate_complete(expected, list(credentials.values()), json.loads(answer))
    except BROKEN:
        return None
    next(each for each, data in credentials.items() if data.credential_id == found.credential_id).record_usage()
    return Token.objects.bind(user, f"passkey:{nonce}", slot, digest, at)


def hashed(challenge: str) -> bytes:
    return hashlib.sha256(challenge.encode()).digest()


def _credentials(user) -> dict[Authenticator, AttestedCredentialData]:
    passkeys = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN)
    return {each: each.wrap().authenticator_data.credential_data for each in passkeys}


def _server() -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(**get_adapter().get_public_key_credential_rp_entity()))
