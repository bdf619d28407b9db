"""What comes in from people: forms that check shape; what may be done is the verbs' to say."""

from __future__ import annotations

import re
import zoneinfo
from datetime import datetime
from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.exporting.markdown import markdown_of
from checklists.importing.decode import Refused
from checklists.importing.outline import TEAM_LENGTH
from checklists.importing.plan import Launch
from checklists.limits import limits_in_force
from checklists.models import Field, Membership, Project, Role
from checklists.models.procedure_run import ENDS_STEP
from checklists.models.project import validate_zone
from checklists.saying import in_words
from checklists.spreadsheets.documents import read_document
from checklists.spreadsheets.opening import is_spreadsheet
from checklists.spreadsheets.reading import BrokenRows
from checklists.verdicts import is_doubtful, number_of

ZONES = [*sorted(z for z in zoneinfo.available_timezones() if "/" in z and not z.startswith("Etc/")), "UTC"]
MOMENT = "%Y-%m-%dT%H:%M"


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the body of a POST, even an empty one; nothing when the page is only looked at."""
    return request.POST if request.method == "POST" else None


# What looks like itself: a box to tick, and what nobody sees.
PLAIN = (forms.CheckboxInput, forms.RadioSelect, forms.HiddenInput, forms.CheckboxSelectMultiple)


def dress(form: forms.BaseForm) -> None:
    """Give the controls of a form the classes of the design, and those that are wrong the class for that."""
    for name, field in form.fields.items():
        attrs = field.widget.attrs
        if not isinstance(field.widget, PLAIN) and "class" not in attrs:
            attrs["class"] = "form-select" if isinstance(field.widget, forms.Select) else "form-control"
        if name in form.errors:
            attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()


class Words(forms.CharField):
    """Text of people. Browsers send a line's end as two characters; it counts as the one that was typed."""

    def to_python(self, value):
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class IntakeForm(forms.Form):
    """A checklist as a file or as pasted text; valid when the importer can read it."""

    file = forms.FileField(
        label=gettext_lazy("Markdown file or table"), required=False, help_text=".md, .txt, .csv, .xlsx"
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "form-control-code"}),
    )

    keeps_tables = True  # without it, a table is turned into Markdown

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout("file", "text", Submit("read", _("Read the checklist")))

    def clean(self) -> dict:
        data = super().clean() or {}
        upload, text = data.get("file"), data.get("text") or ""
        limits = limits_in_force()
        if upload and upload.size > limits.size:
            raise ValidationError(
                _("The file is larger than %(most)s. Split it into several plans.")
                % {"most": filesizeformat(limits.size)}
            )
        if not upload and not text.strip() and not self.errors:
            raise ValidationError(_("Choose a file or paste the text of a checklist."))
        if self.errors:
            return data
        data["name"] = upload.name if upload else "pasted.md"
        data["source"] = upload.read() if upload else text.replace("\r\n", "\n").encode()
        try:
            data["outline"] = read_document(data["source"], data["name"], limits)
        except BrokenRows as refusal:
            raise ValidationError([in_words(problem) for problem in refusal.problems]) from None
        except Refused as refusal:
            raise ValidationError(in_words(refusal.sentence)) from None
        if not self.keeps_tables and is_spreadsheet(data["source"], data["name"]):
            data["source"] = markdown_of(data["outline"]).encode()
        return data


class CorrectionForm(forms.Form):
    """What a line of a draft is, or on which level it stands; empty takes a correction back."""

    KINDS = (
        ("item", gettext_lazy("Item"), "i"),
        ("detail", gettext_lazy("Detail"), "d"),
        ("heading", gettext_lazy("Heading"), "h"),
        ("field", gettext_lazy("Field"), "f"),
        ("slot", gettext_lazy("Sign-off"), "s"),
        ("prose", gettext_lazy("Prose"), "p"),
        ("litter", gettext_lazy("Leave out"), "x"),
        ("indent", gettext_lazy("Deeper"), ">"),
        ("outdent", gettext_lazy("Higher"), "<"),
    )

    what = forms.ChoiceField(choices=[(kind, label) for kind, label, _ in KINDS], required=False)


class MomentForm(forms.Form):
    """When T-0 is, on the clocks of a zone."""

    go_live = forms.DateTimeField(
        label=gettext_lazy("Go-live (T-0)"),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        help_text=gettext_lazy("Date and time on the clocks of the zone below."),
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        max_length=64,
        validators=[validate_zone],
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Where the go-live happens, such as Europe/Athens."),
    )

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("go_live") and data.get("zone"):
            try:
                data["go_live_at"] = moment_in(data["go_live"], data["zone"])
            except ValueError as problem:
                self.add_error("go_live", str(problem))
        return data


class MoveForm(MomentForm):
    """Another T-0, and why. `seen` is the T-0 that was there when this was decided."""

    seen = forms.DateTimeField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Why T-0 moves"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why: others will read it.")},
    )


class LaunchForm(MomentForm):
    """What makes a project of a draft: for whom, of what, and when."""

    name = forms.CharField(max_length=200, label=gettext_lazy("Project name"))
    customer = forms.CharField(max_length=200, required=False)
    system = forms.CharField(max_length=200, required=False)
    field_order = ("name", "customer", "system", "go_live", "zone")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "name", "customer", "system", "go_live", "zone", Submit("create", _("Create the project"))
        )

    def launch(self) -> Launch:
        data = self.cleaned_data
        return Launch(data["name"], data["customer"], data["system"], data["go_live_at"], data["zone"])


def moment_in(wall_clock: datetime, zone: str) -> datetime:
    """The moment that clocks in the zone show; ValueError with a sentence where it is none, two, or far away."""
    if not 2000 <= wall_clock.year <= 2100:
        raise ValueError(_("Choose a year between 2000 and 2100."))
    moment = wall_clock.replace(tzinfo=zoneinfo.ZoneInfo(zone))
    first, second = moment.utcoffset(), moment.replace(fold=1).utcoffset()
    # Where clocks are changed, the two readings of a wall clock differ: falling back it shows twice, else not at all.
    if first is not None and second is not None and first != second:
        words = _("Clocks in %(zone)s skip %(time)s on that day. Choose another time.")
        if first > second:
            words = _("Clocks in %(zone)s show %(time)s twice on that day. Choose another time.")
        raise ValueError(words % {"zone": zone, "time": f"{wall_clock:%H:%M}"})
    return moment


class ReasonForm(forms.Form):
    """Why an item is blocked, not applicable or reopened."""

    reason = Words(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why: others will read it.")},
    )


def workers_of(project: Project) -> QuerySet[Membership]:
    """Those to whom an item can be given."""
    return project.memberships.filter(role__in=[Role.MANAGER, Role.TECHNICIAN]).select_related("user")


def teams_of(project: Project) -> list[str]:
    """The names of teams that its items and people have."""
    named = set(project.items.exclude(team="").values_list("team", flat=True))
    return sorted(named.union(*project.memberships.values_list("teams", flat=True)))


class HandoverForm(forms.Form):
    """Who gets an item: somebody who works on the project."""

    def __init__(self, project: Project, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ModelChoiceField(
            workers_of(project),
            error_messages={
                "required": gettext_lazy("Choose who gets it."),
                "invalid_choice": gettext_lazy("Choose somebody who works on this project."),
            },
        )


class SeveralForm(HandoverForm):
    """One act for several items, with the reason or the person that it needs."""

    ACTS = (
        ("claim", gettext_lazy("Claim")),
        ("complete", gettext_lazy("Complete")),
        ("exemption", gettext_lazy("Not applicable")),
        ("handover", gettext_lazy("Hand over or assign")),
        ("team", gettext_lazy("Give to a team")),
    )

    act = forms.ChoiceField(choices=ACTS, error_messages={"required": gettext_lazy("Choose what to do.")})
    reason = Words(max_length=1000, required=False)
    team = forms.CharField(max_length=TEAM_LENGTH, required=False)

    def __init__(self, project: Project, *args, **kwargs):
        super().__init__(project, *args, **kwargs)
        self.project = project
        self.fields["to"].required = False
        self.acts = self.ACTS if project.rights.manage else self.ACTS[:-1]
        cast(forms.ChoiceField, self.fields["act"]).choices = self.acts
        self.fields["items"] = forms.TypedMultipleChoiceField(
            coerce=int,
            choices=[(number, number) for number in project.items.values_list("number", flat=True)],
            error_messages={"required": gettext_lazy("Choose at least one item.")},
        )

    def clean(self) -> dict:
        data = super().clean() or {}
        if data.get("act") == "exemption" and not data.get("reason", "").strip():
            self.add_error("reason", _("Say why: others will read it."))
        if data.get("act") == "handover" and not data.get("to"):
            self.add_error("to", _("Choose who gets them."))
        if data.get("act") == "team" and self.project.baselined_at and not data.get("reason", "").strip():
            self.add_error("reason", _("The plan is baselined: say why it changes."))
        if "items" in self.errors:
            self.add_error(None, self.errors["items"][0])
        return data


class StepEndForm(forms.Form):
    """How a step of a procedure ended, with a word about it."""

    outcome = forms.ChoiceField(choices=[(state.value, state.label) for state in ENDS_STEP])
    remark = Words(max_length=1000, required=False)


class RemarkForm(forms.Form):
    """A word that may be left out."""

    remark = Words(max_length=1000, required=False)


class SeveralFiles(forms.FileField):
    """Any number of files, each of them looked at elsewhere."""

    class Widget(forms.ClearableFileInput):
        allow_multiple_selected = True

    widget = Widget

    def clean(self, data, initial=None):
        return [super(SeveralFiles, self).clean(each, initial) for each in data or []]


class EvidenceForm(forms.Form):
    """Files, or output that was pasted, with a word about it."""

    evidence = SeveralFiles(required=False, max_length=1000)
    output = Words(max_length=200_000, required=False, strip=False)
    remark = Words(max_length=1000, required=False)

    def clean(self) -> dict:
        data = super().clean() or {}
        if not self.errors and not data.get("evidence") and not data.get("output", "").strip():
            raise ValidationError(_("Choose a file, or paste some output."))
        return data


class NoteForm(forms.Form):
    text = Words(
        label=gettext_lazy("Note"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("The note is empty.")},
    )


class ReadingForm(forms.Form):
    """A value for one field, in the shape that its kind asks for."""

    value = Words(max_length=5000, error_messages={"required": gettext_lazy("Enter a value.")})

    def __init__(self, field: Field, *args, shown: str | None = None, **kwargs):
        """`shown` is the value that stood in the form: who took it away wanted something else than to forget one."""
        super().__init__(*args, **kwargs)
        self.field = field
        if shown:
            self.fields["value"].error_messages["required"] = _("A value can be replaced, not emptied.")

    def clean_value(self) -> str:
        value = self.cleaned_data["value"].strip()
        if self.field.options and value not in self.field.options:
            raise ValidationError(_("Choose one of: %(options)s.") % {"options": ", ".join(self.field.options)})
        if self.field.kind == "number":
            if is_doubtful(value):
                raise ValidationError(
                    _("This can be read in two ways. Write %(whole)s without the mark, or %(part)s with one more 0.")
                    % {"whole": re.sub(r"[.,]", "", value), "part": f"{value}0"}
                )
            if number_of(value) is None:
                raise ValidationError(_("Enter a number, without its unit."))
        if self.field.kind in MOMENTS:
            shape, example = MOMENTS[self.field.kind]
            try:
                moment = datetime.strptime(value, shape)
            except ValueError:
                raise ValidationError(_("Enter a date as %(example)s.") % {"example": example}) from None
            # Boxes for dates show nothing else; strftime would leave out the zeros of early years.
            value = moment.isoformat(timespec="minutes") if "T" in shape else moment.date().isoformat()
        return value


# How dates and times are written, as browsers send them, and an example for those who type them.
MOMENTS = {"date": ("%Y-%m-%d", "2026-02-07"), "datetime": (MOMENT, "2026-02-07T08:00")}


class MemberForm(forms.Form):
    """Somebody for the project, by e-mail."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    name = forms.CharField(max_length=120, required=False, help_text=gettext_lazy("For a person who is new here."))
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.TECHNICIAN)
    teams = forms.CharField(
        label=gettext_lazy("Teams"),
        max_length=300,
        required=False,
        help_text=gettext_lazy(
            "Whose items they claim and places they sign, such as “Network, Database”; as the plan names them."
        ),
    )

    def __init__(self, project: Project, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.project = project
        self.helper = FormHelper()
        self.helper.layout = Layout("email", "name", "role", "teams", Submit("add", _("Add to the project")))

    def clean_teams(self) -> list[str]:
        """Each once, in the order in which they were written."""
        names = (" ".join(name.split()) for name in self.cleaned_data["teams"].split(","))
        return list({name.casefold(): name for name in names if name}.values())
