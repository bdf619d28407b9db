"""Forms for contacts, escalation levels, procedures and steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy

from checklists.forms import Words
from checklists.models import Contact, EscalationLevel, Procedure, Step
from checklists.models.procedure import ProcedureKind
from checklists.plan_forms import LONGEST, ReasonedForm, Texts
from checklists.planning.lists import COLUMNS, Row

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def line(label: StrOrPromise, *, required: bool = False) -> forms.CharField:
    return forms.CharField(label=label, max_length=300, required=required)


def words(label: StrOrPromise, *, required: bool = False) -> Words:
    return Words(label=label, max_length=LONGEST, required=required, widget=forms.Textarea(attrs={"rows": 2}))


class RowForm(ReasonedForm):
    """What one row of a list holds. `seen` tells from which words the person began."""

    model: type[Row]
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    @property
    def values(self) -> dict:
        return {name: self.cleaned_data[name] for name in COLUMNS[self.model]}


class ContactForm(RowForm):
    model = Contact
    role = line(gettext_lazy("Role"), required=True)
    name = line(gettext_lazy("Name"))
    phone = line(gettext_lazy("Phone"))
    email = line(gettext_lazy("E-mail"))
    emergency = forms.BooleanField(label=gettext_lazy("For emergencies"), required=False)
    notes = words(gettext_lazy("Notes"))


class LevelForm(RowForm):
    model = EscalationLevel
    title = line(gettext_lazy("Level"), required=True)
    trigger = words(gettext_lazy("When"))
    who = words(gettext_lazy("Who"))
    response = line(gettext_lazy("Answer within"))
    details = Texts(label=gettext_lazy("Details"), required=False)


class ProcedureForm(RowForm):
    model = Procedure
    title = line(gettext_lazy("Title"), required=True)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ProcedureKind.choices)
    estimate = line(gettext_lazy("Estimated time"))
    criteria = Texts(label=gettext_lazy("When to do this"), required=False)
    prose = Texts(label=gettext_lazy("What to know"), required=False)
    commands = Texts(label=gettext_lazy("Commands"), required=False)


class StepForm(RowForm):
    model = Step
    text = words(gettext_lazy("What is to be done"), required=True)
    details = Texts(label=gettext_lazy("Details"), required=False)
    commands = Texts(label=gettext_lazy("Commands"), required=False)

    def clean_text(self) -> str:
        return " ".join(self.cleaned_data["text"].split())


FORMS: dict[str, type[RowForm]] = {
    "contact": ContactForm,
    "level": LevelForm,
    "procedure": ProcedureForm,
    "step": StepForm,
}
