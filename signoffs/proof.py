"""How signers show, for this very signature, that it is them. What they typed is checked before any lock is taken."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from signoffs.gate import Proof
from signoffs.models import Method


class ProofForm(forms.Form):
    """Asks for the password anew. Who has none, because they sign in elsewhere, sets one first: nobody passes unasked."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": gettext_lazy("Enter your password: it makes this your signature.")},
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.has_usable_password() or not self.user.check_password(password):
            raise ValidationError(_("That is not your password. Nothing was signed."))
        return password

    @property
    def is_wrong(self) -> bool:
        """Whether something was typed and is not the password: somebody may be guessing it."""
        return "password" in self.errors and bool(self.data.get("password"))

    def proof(self, request: HttpRequest, at: datetime) -> Proof:
        """Of a valid form."""
        address = request.META.get("REMOTE_ADDR") or None
        return Proof(Method.PASSWORD, at, address, request.headers.get("User-Agent", ""))
