"""Second factors of the cast: an authenticator app with the codes that it shows, and a passkey that needs no browser."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt, encrypt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from golive_site.accounts.models import User
from signoffs.factors import counter

RP = "testserver"
PRESENT, VERIFIED, WITH_KEY = 1, 4, 64


def app_of(user: User) -> Authenticator:
    """An app that somebody set up yesterday."""
    yesterday = timezone.now() - timedelta(days=1)
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(generate_totp_secret())}, created_at=yesterday
    )


def code_of(app: Authenticator, ago: int = 0) -> str:
    """What the app shows now, or showed so many half minutes ago."""
    return format_hotp_value(hotp_value(decrypt(app.data["secret"]), counter(timezone.now()) - ago))


class Passkey:
    """A passkey of somebody, as their device keeps it."""

    def __init__(self, user: User):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        public = ES256.from_cryptography_key(self.key.public_key())
        data = AuthenticatorData.create(
            hashlib.sha256(RP.encode()).digest(),
            PRESENT | VERIFIED | WITH_KEY,
            0,
            AttestedCredentialData.create(Aaguid(bytes(16)), self.id, public),
        )
        made = self._said(
            {
                "clientDataJSON": CollectedClientData.create("webauthn.create", bytes(32), f"https://{RP}"),
                "attestationObject": AttestationObject.create("none", data, {}),
            }
        )
        self.authenticator = Authenticator.objects.create(
            user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": made}
        )

    def answer(self, challenge: str, *, origin: str = f"https://{RP}", rp: str = RP, verified: bool = True) -> str:
        """What the browser sends when its page at `origin` asks with this challenge (of its JSON)."""
        data = AuthenticatorData.create(
            hashlib.sha256(rp.encode()).digest(), PRESENT | (VERIFIED if verified else 0), 1
        )
        client = CollectedClientData.create("webauthn.get", challenge, origin)
        signature = self.key.sign(data + client.hash, ec.ECDSA(hashes.SHA256()))
        return json.dumps(
            self._said(
                {"clientDataJSON": client, "authenticatorData": data, "signature": signature, "userHandle": None}
            )
        )

    def _said(self, response: dict) -> dict:
        encoded = {name: websafe_encode(bytes(value)) for name, value in response.items() if value is not None}
        return {
            "id": websafe_encode(self.id),
            "rawId": websafe_encode(self.id),
            "type": "public-key",
            "response": encoded,
            "clientExtensionResults": {"credProps": {"rk": True}},
        }
