"""The form of a deviation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.forms import Words, dress
from checklists.models import Deviation, Project
from checklists.models.deviation import SAID, DeviationState, Severity
from checklists.models.placed import place_of


class DeviationForm(forms.Form):
    """What is not as it should be, how bad it is, whose it is, and what follows. `place` is said once, for a new one."""

    title = Words(label=gettext_lazy("What is not as it should be"), max_length=200)
    text = Words(
        label=gettext_lazy("More about it"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    place = forms.ChoiceField(label=gettext_lazy("Where"), choices=[])
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), choices=Severity.choices, initial=Severity.MEDIUM)
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=DeviationState.choices, initial=DeviationState.OPEN)
    owner: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None, required=False, label=gettext_lazy("Owner"), empty_label=gettext_lazy("Nobody yet")
    )
    follow_up = Words(
        label=gettext_lazy("Follow-up"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    due = forms.DateField(
        label=gettext_lazy("By when"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
    )

    def __init__(self, project: Project, deviation: Deviation | None, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.project = project
        fields: Any = self.fields
        fields["owner"].queryset = project.members.filter(is_active=True).order_by("name")
        if deviation:
            del fields["place"]
        else:
            fields["place"].choices = [
                ("plan-0", _("The whole plan")),
                (_("Phases"), [(f"phase-{phase.pk}", phase.title) for phase in project.phases.all()]),
                (
                    _("Items"),
                    [
                        (f"item-{pk}", f"#{number} {text}")
                        for pk, number, text in project.items.values_list("pk", "number", "text")
                    ],
                ),
            ]
            del fields["state"]
        dress(self)

    @staticmethod
    def initial_of(deviation: Deviation) -> dict[str, Any]:
        return {name: getattr(deviation, name) for name in SAID}

    @property
    def says(self) -> dict[str, Any]:
        """The columns of a valid form."""
        return {name: self.cleaned_data[name] for name in SAID if name in self.cleaned_data}

    @property
    def columns(self) -> dict[str, Any]:
        """Where it is, of a valid form."""
        return place_of(self.project, self.cleaned_data["place"])
