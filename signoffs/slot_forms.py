"""What a manager says about a slot, and what people say about who signs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.forms import Words, dress, teams_of
from checklists.models import Project, Role, Section, Slot
from checklists.models.placed import place_of
from checklists.models.scoped import WHOLE, Scope, Scoped
from checklists.models.slot import Filler, Meaning, SlotKind
from golive_site.accounts.models import User
from signoffs.closing import SHORTEST_REASON

ROLES = [
    ("", gettext_lazy("Approvers and managers")),
    *((role.value, role.label) for role in Role if role != Role.AUDITOR),
]


def scope_key(scoped: Scoped) -> str:
    """What it is about, as one word: `plan-0`, `phase-7`."""
    return "-".join(map(str, scoped.key))


def scope_of(project: Project, key: str) -> dict[str, Any]:
    """The columns that say so; LookupError where the word says nothing of this project."""
    word, _dash, pk = key.partition("-")
    if word in WHOLE and pk == "0":
        return {"scope": Scope(word), "phase": None, "section": None, "subject": None}
    found = place_of(project, key)
    return {
        "scope": Scope(word),
        **{name: found.get(name) for name in ("phase", "section")},
        "subject": found.get("item"),
    }


class SlotForm(forms.Form):
    """Who has to sign what, and when."""

    title = Words(label=gettext_lazy("Who signs, as it stands beside the signature"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("What it asks for"), choices=SlotKind.choices)
    meaning = forms.ChoiceField(label=gettext_lazy("What a signature here means"), choices=Meaning.choices)
    place = forms.ChoiceField(label=gettext_lazy("It is about"), choices=[])
    stage = forms.IntegerField(
        label=gettext_lazy("Stage"),
        min_value=1,
        max_value=99,
        initial=1,
        help_text=gettext_lazy("A stage waits until every required signature of earlier stages is there."),
    )
    filler = forms.ChoiceField(label=gettext_lazy("Who may sign"), choices=[])
    role = forms.ChoiceField(label=gettext_lazy("Which role"), choices=ROLES, required=False)
    team = forms.ChoiceField(label=gettext_lazy("Which team"), choices=[], required=False)
    people: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        queryset=None, required=False, label=gettext_lazy("Which people"), widget=forms.CheckboxSelectMultiple
    )
    needed = forms.IntegerField(
        label=gettext_lazy("How many must sign"),
        min_value=0,
        max_value=99,
        initial=1,
        help_text=gettext_lazy("0 means everybody who is named."),
    )
    required = forms.BooleanField(
        label=gettext_lazy("Required: without it the project is not complete"), required=False, initial=True
    )

    def __init__(self, project: Project, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.project = project
        fields: Any = self.fields
        fields["people"].queryset = (
            User.objects.filter(memberships__project=project, is_active=True)
            .exclude(memberships__project=project, memberships__role=Role.AUDITOR)
            .order_by("name")
        )
        fields["filler"].choices = [
            (each.value, each.label) for each in Filler if each != Filler.EXTERNAL or settings.EXTERNAL_SIGNERS
        ]
        known = {name.casefold(): name for name in teams_of(project)}
        if self.initial.get("team"):
            known.setdefault(self.initial["team"].casefold(), self.initial["team"])
        fields["team"].choices = [("", ""), *((name, name) for name in known.values())]
        fields["place"].choices = [
            *((f"{scope.value}-0", scope.label) for scope in (Scope.PLAN, Scope.BEFORE, Scope.CRITERIA)),
            (_("Phases"), [(f"phase-{phase.pk}", phase.title) for phase in project.phases.all()]),
            (
                _("Sections"),
                [
                    (f"section-{section.pk}", f"{section.phase.title} › {section.title}")
                    for section in Section.objects.filter(
                        phase__project=project, phase__retired_at=None
                    ).select_related("phase")
                ],
            ),
            (
                _("Items"),
                [
                    (f"item-{pk}", f"#{number} {text}")
                    for pk, number, text in project.items.values_list("pk", "number", "text")
                ],
            ),
        ]

        dress(self)

    @staticmethod
    def initial_of(slot: Slot) -> dict[str, Any]:
        columns = ("title", "kind", "meaning", "stage", "filler", "role", "team", "needed", "required")
        people = list(slot.named.values_list("user", flat=True))
        return {name: getattr(slot, name) for name in columns} | {"place": scope_key(slot), "people": people}

    def clean(self) -> dict:
        data = super().clean() or {}
        named = len(data.get("people") or [])
        if data.get("filler") == Filler.PEOPLE and not named:
            self.add_error("people", _("Name at least one person."))
        if data.get("filler") == Filler.PEOPLE and (data.get("needed") or 0) > named > 0:
            self.add_error("needed", _("So many are not named."))
        if data.get("kind") == SlotKind.DECISION and data.get("needed") != 1:
            self.add_error("needed", _("One person decides."))
        if data.get("filler") == Filler.TEAM and not data.get("team"):
            self.add_error("team", _("Say which team. Who is of it stands on the page of people."))
        if data.get("filler") == Filler.TEAM and data.get("needed") == 0:
            self.add_error("needed", _("At least one person of the team must sign."))
        if data.get("filler") == Filler.ROLE and data.get("needed") == 0:
            self.add_error("needed", _("At least one person of the role must sign."))
        if data.get("filler") == Filler.EXTERNAL and data.get("needed") == 0:
            self.add_error("needed", _("At least one person must sign."))
        return data

    @property
    def says(self) -> dict[str, Any]:
        """The columns of a valid form."""
        data = self.cleaned_data
        names = ("title", "kind", "meaning", "stage", "filler", "needed", "required")
        role = data["role"] if data["filler"] == Filler.ROLE else ""
        team = data["team"] if data["filler"] == Filler.TEAM else ""
        return (
            {name: data[name] for name in names} | {"role": role, "team": team} | scope_of(self.project, data["place"])
        )

    @property
    def named(self) -> list[User]:
        return list(self.cleaned_data["people"]) if self.cleaned_data["filler"] == Filler.PEOPLE else []


class WhyForm(forms.Form):
    """The reason for something that others must be able to understand later."""

    reason = Words(
        label=gettext_lazy("Why?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
        error_messages={"required": gettext_lazy("Say why: others will read it.")},
    )


class ReopeningForm(WhyForm):
    """Why something that was signed has to be worked on again."""

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"]
        if len(reason.strip()) < SHORTEST_REASON:
            raise ValidationError(
                _("Say why in at least %(number)s characters: the people whose signatures become void read it.")
                % {"number": SHORTEST_REASON}
            )
        return reason


class OverrideForm(WhyForm):
    """Whom a manager lets sign what they had worked on themselves."""

    person: forms.ModelChoiceField = forms.ModelChoiceField(queryset=None, label=gettext_lazy("Who may sign it"))
    field_order = ("person", "reason")

    def __init__(self, project: Project, *args, **kwargs):
        super().__init__(*args, **kwargs)
        members: Any = self.fields["person"]
        members.queryset = project.members.filter(is_active=True).order_by("name")
        dress(self)


class ChairForm(forms.Form):
    """Who chairs the meeting on going live."""

    chair: forms.ModelChoiceField = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Who chairs it and decides"), empty_label=""
    )

    def __init__(self, project: Project, *args, **kwargs):
        super().__init__(*args, **kwargs)
        members: Any = self.fields["chair"]
        members.queryset = (
            User.objects.filter(memberships__project=project, is_active=True)
            .exclude(memberships__project=project, memberships__role=Role.AUDITOR)
            .order_by("name")
        )
        dress(self)


class DelegationForm(WhyForm):
    """Who signs in one's place, on which days."""

    delegate: forms.ModelChoiceField = forms.ModelChoiceField(queryset=None, label=gettext_lazy("Who signs for you"))
    first = forms.DateField(
        label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("To, that day included"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    field_order = ("delegate", "first", "last", "reason")

    def __init__(self, project: Project, user: User, *args, **kwargs):
        super().__init__(*args, **kwargs)
        members: Any = self.fields["delegate"]
        members.queryset = project.members.filter(is_active=True).exclude(pk=user.pk).order_by("name")
        dress(self)
