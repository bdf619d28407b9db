"""The signing forms: a decision with what belongs to it, and the proof that it is the signer's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.act import SECRETS
from checklists.forms import Words, dress
from signoffs.demands import Demand
from signoffs.meeting import heard
from signoffs.models import AGAINST, CONDITIONAL, Decision
from signoffs.proof import ProofForm
from signoffs.standing import Standing
from signoffs.statements import ACTS, decisions_of, statement_of

# As many conditions as one signature takes here; more than that is no approval.
CONDITIONS = 4


@dataclass(frozen=True)
class ConditionRow:
    """The three blanks of one condition."""

    number: int
    text: BoundField
    owner: BoundField
    due: BoundField

    @property
    def is_filled(self) -> bool:
        return any(field.value() for field in (self.text, self.owner, self.due)) or bool(self.errors)

    @property
    def errors(self) -> list[str]:
        return [str(error) for field in (self.text, self.owner, self.due) for error in field.errors]


class DecisionForm(forms.Form):
    """`digest` is what the signer was shown, and `seq` how far the journal was then."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    seq = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    decision = forms.ChoiceField(
        choices=[], error_messages={"required": gettext_lazy("Choose what you decide. Nothing was signed.")}
    )
    behalf: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label=gettext_lazy("In whose name"),
        empty_label=gettext_lazy("in my own name"),
        error_messages={"invalid_choice": gettext_lazy("You do not stand in for them today. Nothing was signed.")},
    )
    comment = Words(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}), label=gettext_lazy("Comment")
    )

    def __init__(self, standing: Standing, principals, owners, *args, **kwargs):
        super().__init__(*args, **kwargs)
        slot = self.slot = standing.slot
        self.heard = heard(standing.votes)
        fields: Any = self.fields
        fields["decision"].choices = [(each.value, each.label) for each in decisions_of(slot)]
        fields["behalf"].queryset = slot.project.members.filter(pk__in=[each.pk for each in principals])
        for number in range(CONDITIONS if any(each in CONDITIONAL for each in decisions_of(slot)) else 0):
            self.fields[f"condition-{number}"] = Words(
                max_length=1000, required=False, label=gettext_lazy("What has to be done")
            )
            self.fields[f"owner-{number}"] = forms.ModelChoiceField(
                owners, required=False, label=gettext_lazy("By whom"), empty_label=""
            )
            self.fields[f"due-{number}"] = forms.DateField(
                required=False,
                label=gettext_lazy("By when"),
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                input_formats=["%Y-%m-%d"],
            )

    @property
    def choices(self) -> list[tuple[Decision, str, str, bool]]:
        """Every decision with what it is called, its statement, and whether it is chosen."""
        chosen = self["decision"].value()
        return [
            (each, str(ACTS[each]), statement_of(self.slot, each, self.heard), each == chosen)
            for each in decisions_of(self.slot)
        ]

    @property
    def rows(self) -> list[ConditionRow]:
        """The blanks of conditions; none where nothing can be approved with some."""
        return [
            ConditionRow(number, *(self[f"{name}-{number}"] for name in ("condition", "owner", "due")))
            for number in range(CONDITIONS)
            if f"condition-{number}" in self.fields
        ]

    @property
    def demands(self) -> list[Demand]:
        """The conditions of a valid form."""
        data = self.cleaned_data
        if data["decision"] not in CONDITIONAL:
            return []
        rows = [(data[f"condition-{n}"], data[f"owner-{n}"], data[f"due-{n}"]) for n in range(CONDITIONS)]
        return [Demand(text, owner, due) for text, owner, due in rows if text]

    @property
    def kept(self) -> dict[str, Any]:
        """What was decided, for the form of another reading; never what proves or binds it."""
        return {name: value for name, value in self.cleaned_data.items() if name not in (*SECRETS, "digest", "seq")}

    def clean(self) -> dict:
        data = super().clean() or {}
        decision = data.get("decision")
        if (decision in AGAINST or (decision and self.slot.is_decision)) and not data.get("comment", "").strip():
            self.add_error("comment", _("Say why: the team has to know what to do."))
        if decision in CONDITIONAL:
            self._clean_conditions(data)
        return data

    def _clean_conditions(self, data: dict) -> None:
        filled = 0
        for number in range(CONDITIONS):
            names = [f"{name}-{number}" for name in ("condition", "owner", "due")]
            given = [bool(data.get(name)) for name in names]
            filled += all(given)
            if any(given) and not all(given) and not any(name in self.errors for name in names):
                self.add_error(names[0], _("A condition needs words, an owner and a day."))
        if not filled and not self.errors:
            self.add_error("condition-0", _("Say on which condition: what, by whom, by when."))


class SignatureForm(ProofForm, DecisionForm):
    """Of a member: what they decide, and their password. They know whom they can ask to meet a condition."""

    def __init__(self, user, standing: Standing, principals, *args, **kwargs):
        people = standing.slot.project.members.filter(is_active=True).order_by("name")
        super().__init__(user, standing, principals, people, *args, **kwargs)
        dress(self)
