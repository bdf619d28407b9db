"""How signers show, for this very signature, that it is them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.act import Act
from checklists.models import Action, JournalEntry, Slot
from signoffs import factors, passkeys
from signoffs.models import GUESSES, LOCK, Guess, Invitation, Method, Token
from signoffs.telling import tell_locked


@dataclass(frozen=True)
class Proof:
    """How, when and from where the signer showed who they are, for this one signature. `token` is used up by it."""

    method: Method
    at: datetime | None
    ip: str | None = None
    user_agent: str = ""
    token: Token | None = None
    # Of somebody without an account: by which link, and the name that they typed.
    invitation: Invitation | None = None
    name: str = ""


class NotProved(Exception):
    """What was shown proves nothing. Its text is a sentence for the user; `field` is where it belongs."""

    def __init__(self, field: str, sentence: str):
        super().__init__(sentence)
        self.field = field


class Locked(Exception):
    """It was tried too often: nothing that was shown was looked at."""


class ProofForm(forms.Form):
    """Asks for a proof anew. Who has none, because they sign in elsewhere, sets one up first: nobody passes unasked."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code of your authenticator app"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    # What a passkey was asked, and what it answered; both by the script.
    challenge = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    credential = forms.CharField(required=False, max_length=10_000, widget=forms.HiddenInput)

    def __init__(self, user, *args, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)
        kinds = factors.kinds_of(user)
        self.has_password = user.has_usable_password()
        self.has_app = Authenticator.Type.TOTP in kinds
        self.has_passkey = Authenticator.Type.WEBAUTHN in kinds
        if not self.has_password:
            del self.fields["password"]
        if not self.has_app:
            del self.fields["code"]
        if not self.has_passkey:
            del self.fields["challenge"], self.fields["credential"]

    @property
    def needs_both(self) -> bool:
        """Whether this instance takes no password and no code alone."""
        return settings.SIGN_WITH_TWO

    @property
    def by_typing(self) -> list[str]:
        """What can be typed to sign: one of these is enough, or it takes both."""
        typed: list[str] = [name for name in ("password", "code") if name in self.fields]
        return [] if self.needs_both and len(typed) < 2 else typed

    @property
    def lacks(self) -> str:
        """Why nothing that somebody has would sign, and what to do; empty where something does."""
        if self.by_typing or self.has_passkey:
            return ""
        if self.has_password:
            return _("Here a password alone does not sign: set up two-step login or a passkey first.")
        return _("Nothing of your account signs yet: set up two-step login or a passkey first.")

    def clean(self) -> dict:
        """Something was shown. Whether it is right is not a question of shape: see `prove`."""
        data = super().clean() or {}
        if data.get("credential"):
            return data
        missing = [name for name in self.by_typing if not data.get(name)]
        if not self.by_typing:
            self.add_error(None, self.lacks or _("Use your passkey: nothing else of your account signs here."))
        elif missing and self.needs_both:
            self.add_error(missing[0], _("Enter your password and a code: here it takes both to sign."))
        elif missing == ["code"] == self.by_typing:
            self.add_error("code", _("Enter a code of your app: it makes this your signature."))
        elif missing == self.by_typing:
            self.add_error("password", _("Enter your password: it makes this your signature."))
        return data

    def prove(self, slot: Slot, request: HttpRequest, act: Act) -> Proof:
        """The proof that a valid form is; raises `Locked`, and `NotProved` after recording that something was wrong.

        The try is counted before anything is looked at, and looked at outside of any lock: that is slow on purpose.
        """
        guess = Guess.objects.begin(self.user, act.at)
        if guess is None:
            raise Locked
        try:
            method, token = self._method(slot, act.at)
        except NotProved:
            refuse(slot, act, guess)
            raise
        guess.delete()
        return Proof(method, act.at, *whereabouts(request), token)

    def _method(self, slot: Slot, at: datetime) -> tuple[Method, Token | None]:
        """What was shown proves: a passkey alone, else everything that was typed together, and nothing of it may be wrong."""
        if answer := self.cleaned_data.get("credential"):
            challenge, digest = self.cleaned_data["challenge"], self.cleaned_data["digest"]
            token = passkeys.token_of_answer(self.user, challenge, answer, slot, digest, at)
            if token is None:
                raise NotProved("credential", _("That passkey was not taken. Nothing was signed; try it again."))
            return Method.PASSKEY, token
        password, code = self.cleaned_data.get("password"), self.cleaned_data.get("code")
        if password and not self.user.check_password(password):
            raise NotProved("password", _("That is not your password. Nothing was signed."))
        if not code:
            return Method.PASSWORD, None
        token = factors.token_of_code(self.user, code, slot, self.cleaned_data["digest"], at)
        if token is None:
            raise NotProved(
                "code", _("That code is wrong or too old, or was used. Wait for the next one; nothing was signed.")
            )
        return Method.PASSWORD_TOTP if password else Method.TOTP, token


def refuse(slot: Slot, act: Act, guess: Guess) -> None:
    """Record that what was shown was wrong: somebody may be guessing. The last guess tells the person, and managers."""
    with slot.project.locked(act):
        entry = JournalEntry.objects.record(slot.project, act, Action.SIGNING_REFUSED, subject=slot.title)
        if guess.refuse():
            tell_locked(slot, act, entry.seq, GUESSES, int(LOCK.total_seconds()) // 60)


def whereabouts(request: HttpRequest) -> tuple[str | None, str]:
    """From where and with what somebody signs: kept with the signature, never printed."""
    return request.META.get("REMOTE_ADDR") or None, request.headers.get("User-Agent", "")
