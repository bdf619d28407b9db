"""The signing form: a decision, and the password for this very signature."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from checklists.forms import Words
from checklists.models import Phase, Project, Slot
from checklists.models.slot import Scope
from signoffs.models import Decision
from signoffs.statements import approving


class SignatureForm(forms.Form):
    """`digest` carries what the signer was shown; the password is asked for every signature anew."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    decision = forms.ChoiceField(choices=[], widget=forms.RadioSelect)
    comment = Words(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}), label=_("Comment"))
    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password: it makes this your signature.")},
    )

    def __init__(self, user, slot: Slot, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        decisions = [Decision.GO, Decision.NO_GO] if slot.is_vote else [approving(slot)]
        self.fields["decision"].choices = [(decision.value, decision.label) for decision in decisions]  # type: ignore[attr-defined]
        if not slot.is_vote:
            self.fields["decision"].widget = forms.HiddenInput()

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.user.has_usable_password() or not self.user.check_password(password):
            raise ValidationError(_("That is not your password. Nothing was signed."))
        return password

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("decision") == Decision.NO_GO and not data.get("comment", "").strip():
            self.add_error("comment", _("Say why it is a no-go: the team has to know what to do."))
        return data


def scope_key(slot: Slot) -> str:
    """The choice of ScopeForm that the slot has now."""
    return f"phase-{slot.phase_id}" if slot.phase_id else slot.scope


class ScopeForm(forms.Form):
    """What a slot is about: the whole plan, all before T-0, or one phase."""

    scope = forms.ChoiceField(choices=[])

    def __init__(self, project: Project, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.phases = {f"phase-{phase.pk}": phase for phase in project.phases.all()}
        choices = [(scope.value, scope.label) for scope in (Scope.PLAN, Scope.BEFORE)]
        choices += [(key, phase.title) for key, phase in self.phases.items()]
        self.fields["scope"] = forms.ChoiceField(choices=choices, label=_("It is about"))

    @property
    def chosen(self) -> tuple[Scope, Phase | None]:
        """Scope and phase, of a valid form."""
        key = self.cleaned_data["scope"]
        return (Scope.PHASE, self.phases[key]) if key in self.phases else (Scope(key), None)
