"""The signing form: a decision, and the password for this very signature."""

from django import forms
from django.core.exceptions import ValidationError

from checklists.models import Slot
from signoffs.models import Decision


class SignatureForm(forms.Form):
    """`digest` carries what the signer was shown; the password is asked for every signature anew."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    decision = forms.ChoiceField(choices=[], widget=forms.RadioSelect)
    comment = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}), label="Comment"
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password: it makes this your signature."},
    )

    def __init__(self, user, slot: Slot, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        decisions = [Decision.GO, Decision.NO_GO] if slot.is_vote else [Decision.APPROVE]
        self.fields["decision"].choices = [(decision.value, decision.label) for decision in decisions]  # type: ignore[attr-defined]
        if not slot.is_vote:
            self.fields["decision"].widget = forms.HiddenInput()

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.has_usable_password() or not self.user.check_password(password):
            raise ValidationError("That is not your password. Nothing was signed.")
        return password

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("decision") == Decision.NO_GO and not data.get("comment", "").strip():
            self.add_error("comment", "Say why it is a no-go: the team has to know what to do.")
        return data
