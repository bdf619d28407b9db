"""Forms for changing the plan: they check shape, and keep what was typed where somebody else was faster."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.forms import Words, dress
from checklists.importing.colours import are_colours
from checklists.importing.outline import TEAM_LENGTH
from checklists.models import Field, Item, Project
from checklists.models.amendment import said
from checklists.models.field import FieldKind
from checklists.planning.blanks import PLANNED as BLANK_PLANNED
from checklists.planning.items import PLANNED, planned, seen_of
from checklists.planning.order import STEPS
from checklists.planning.places import Place
from checklists.planning.seen import seen_of as field_seen_of
from checklists.verdicts import words_of

LONGEST = 2_000
# How many texts an item may have below it, and how long each may be.
MANY, LONG = 200, 20_000
# How many items one can be split into at once.
PARTS = 50


class SeveralTexts(forms.Widget):
    """One box for each text, and two empty ones; whoever empties a box takes its text away."""

    def value_from_datadict(self, data, files, name) -> list[str]:
        return data.getlist(name)

    def value_omitted_from_data(self, data, files, name) -> bool:
        return name not in data

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        own = self.build_attrs(self.attrs, attrs)
        first = own.pop("id", f"id_{name}")
        boxes = []
        for number, text in enumerate([*(text for text in value or [] if text.strip()), "", ""]):
            label = _("%(number)s. text") % {"number": number + 1}
            more = {**own, "id": first if not number else f"{first}_{number}", "name": name, "aria-label": label}
            boxes.append((flatatt({**more, "rows": min(text.count("\n") + 1, 12)}), text))
        return format_html(
            '<div class="several-texts">{}</div>', format_html_join("", "<textarea{}>\n{}</textarea>", boxes)
        )


class Texts(forms.Field):
    """Several texts, none of them empty."""

    widget = SeveralTexts

    def to_python(self, value) -> list[str]:
        return [text for each in value or [] if (text := each.replace("\r\n", "\n").strip("\n")).strip()]

    def validate(self, value) -> None:
        super().validate(value)
        if len(value) > MANY or any(len(text) > LONG for text in value):
            raise ValidationError(_("That is too much for one item. Split it."))


def one_line(text: str) -> str:
    return " ".join(text.split())


class ReasonedForm(forms.Form):
    """A change of the plan, with its reason: asked for once the plan is baselined."""

    reason = Words(
        label=gettext_lazy("Why the plan changes"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("The plan is baselined: say why it changes.")},
    )

    def __init__(self, project: Project, *args, remembered: str = "", **kwargs):
        super().__init__(*args, **kwargs)
        self.project = project
        reason = self.fields.pop("reason")
        reason.required = project.baselined_at is not None
        reason.initial = remembered
        if not reason.required:
            reason.label = _("Why the plan changes, if you like")
        self.fields["reason"] = reason  # after all others
        self.offer()
        dress(self)

    def offer(self) -> None:
        """Set what can be chosen on this project, before anything is checked."""

    def begin_again(self, seen: str) -> None:
        """The next try knows how it is now, and so may replace what somebody else wrote."""
        data = cast(QueryDict, self.data).copy()
        data["seen"] = seen
        self.data = data


class MoveForm(ReasonedForm):
    """Where an item goes: a step from where it is, or a place."""

    to = forms.CharField()

    def clean_to(self) -> Any:
        to = self.cleaned_data["to"]
        where = to if to in STEPS else Place.parse(to)
        if where is None:
            raise ValidationError(_("Choose where it goes."))
        return where


class StepForm(MoveForm):
    """A step up or down, into or out of something; for what is not put at places."""

    def clean_to(self) -> str:
        to = super().clean_to()
        if to not in STEPS:
            raise ValidationError(_("Choose where it goes."))
        return to


class AmendForm(ReasonedForm):
    """What the plan says about an item. `seen` tells from which words the person began."""

    text = Words(label=gettext_lazy("What is to be done"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}))
    team = forms.CharField(
        label=gettext_lazy("Team"),
        max_length=TEAM_LENGTH,
        required=False,
        help_text=gettext_lazy("Who is meant to claim it, such as “Network”."),
    )
    optional = forms.BooleanField(label=gettext_lazy("Optional"), required=False)
    window = forms.CharField(
        label=gettext_lazy("When"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "Such as “T-2 hours”, “T+30 min” or “Day 1, 08:00”. Empty: when its section or phase is."
        ),
    )
    recurrence = forms.CharField(
        label=gettext_lazy("How often"), max_length=200, required=False, help_text=gettext_lazy("Such as “every hour”.")
    )
    duration_minutes = forms.IntegerField(
        label=gettext_lazy("Takes, in minutes"), min_value=0, max_value=525_600, required=False
    )
    expected = Words(
        label=gettext_lazy("Expected result"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    details = Texts(label=gettext_lazy("Details"), required=False)
    commands = Texts(label=gettext_lazy("Commands"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, item: Item, *args, **kwargs):
        self.item = item
        kwargs["initial"] = {**planned(item), "seen": seen_of(item)}
        super().__init__(item.project, *args, **kwargs)
        self.fields["commands"].widget.attrs |= {"class": "form-control form-control-code", "spellcheck": "false"}

    def clean_text(self) -> str:
        return one_line(self.cleaned_data["text"])

    def clean_team(self) -> str:
        return one_line(self.cleaned_data["team"])

    def clean_expected(self) -> str:
        return one_line(self.cleaned_data["expected"])

    @property
    def changes(self) -> dict:
        return {name: self.cleaned_data[name] for name in PLANNED}

    def overtaken(self, item: Item) -> None:
        """Somebody else changed the words: show theirs beside what was typed, and let the next try replace them."""
        theirs = planned(item)
        for name in PLANNED:
            if theirs[name] != self.cleaned_data[name]:
                self.add_error(name, _("It is now: %(theirs)s") % {"theirs": said(theirs[name])})
        self.begin_again(seen_of(item))


class AddForm(ReasonedForm):
    """A new item: its words say when, how often and what is to be entered, as in a checklist."""

    text = Words(
        label=gettext_lazy("What is to be done"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A blank such as “count: ____ rows” becomes a field."),
    )
    window = forms.CharField(
        label=gettext_lazy("When"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as “T-2 hours”. Empty: when its section or phase is."),
    )
    details = Texts(label=gettext_lazy("Details"), required=False)
    commands = Texts(label=gettext_lazy("Commands"), required=False)
    place = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def clean_text(self) -> str:
        return one_line(self.cleaned_data["text"])

    def clean_place(self) -> Place:
        place = Place.parse(self.cleaned_data["place"])
        if place is None:
            raise ValidationError(_("Choose where it goes."))
        return place


class SplitForm(ReasonedForm):
    """The texts that one item becomes, a line each."""

    texts = Words(
        label=gettext_lazy("One line for each item"), widget=forms.Textarea(attrs={"rows": 5}), max_length=LONG
    )
    below = forms.TypedChoiceField(
        label=gettext_lazy("What they become"),
        coerce=lambda value: value == "below",
        choices=[
            ("after", gettext_lazy("The first line stays this item, the others stand behind it")),
            ("below", gettext_lazy("Sub-items; this item stays as their group")),
        ],
        initial="after",
        widget=forms.RadioSelect,
    )

    def clean(self) -> dict:
        data = super().clean() or {}
        if "texts" in data and "below" in data:
            lines = [one_line(line) for line in data["texts"].split("\n") if line.strip()]
            if len(lines) < (1 if data["below"] else 2):
                self.add_error("texts", _("Write at least two lines."))
            if len(lines) > PARTS or any(len(line) > LONGEST for line in lines):
                self.add_error("texts", _("That is too much at once."))
            data["texts"] = lines
        return data


class DivisionForm(ReasonedForm):
    """A phase or section: its title, and when it is."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=300)
    window = forms.CharField(
        label=gettext_lazy("When"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as “T-3 days” or “T-0 to T+4 hours”; its items are due by then."),
    )
    recurrence = forms.CharField(
        label=gettext_lazy("How often"), max_length=200, required=False, help_text=gettext_lazy("Such as “every hour”.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def clean_title(self) -> str:
        return one_line(self.cleaned_data["title"])


class BlankForm(ReasonedForm):
    """A blank: what it asks for, and the answer to another one on which it depends, if it does."""

    label = Words(label=gettext_lazy("What is to be entered"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=FieldKind.choices)
    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=100, required=False)
    choices = Words(
        label=gettext_lazy("Choices, a line each"),
        max_length=LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For a choice, and for a colour such as Green, Yellow, Red."),
    )
    condition = forms.ChoiceField(label=gettext_lazy("Asked"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)

    def __init__(self, project: Project, *args, field: Field | None = None, **kwargs):
        if field:
            kwargs["initial"] = {
                **{name: getattr(field, name) for name in BLANK_PLANNED},
                "choices": "\n".join(field.choices),
                "condition": written(field.condition),
                "seen": field_seen_of(field, BLANK_PLANNED),
            }
        self.conditions = conditions_for(project, field)
        super().__init__(project, *args, **kwargs)

    def offer(self) -> None:
        choice = cast(forms.ChoiceField, self.fields["condition"])
        choice.choices = [("", _("Always")), *((key, only_if(each)) for key, each in self.conditions.items())]

    def clean_label(self) -> str:
        return one_line(self.cleaned_data["label"])

    def clean_condition(self) -> dict | None:
        return self.conditions.get(self.cleaned_data["condition"])

    def clean(self) -> dict:
        data = super().clean() or {}
        if "choices" in data:
            data["choices"] = [one_line(line) for line in data["choices"].split("\n") if line.strip()]
            kind = data.get("kind")
            if kind == FieldKind.CHOICE and len(data["choices"]) < 2:
                self.add_error("choices", _("Write at least two choices."))
            if kind == FieldKind.COLOUR and data["choices"] and not are_colours(data["choices"]):
                self.add_error("choices", _("Write at least two colours, such as Green and Red, or leave it empty."))
        return data

    @property
    def asks(self) -> dict:
        return {name: self.cleaned_data[name] for name in BLANK_PLANNED}


def conditions_for(project: Project, field: Field | None) -> dict[str, dict]:
    """On which answers a blank can depend, each under what the form sends: those to other questions with options."""
    found = {}
    if field and field.condition:
        found[written(field.condition)] = field.condition
    for question in project.fields.exclude(pk__in=[field.pk] if field else []):
        for option in question.options:
            condition = {"question": question.label, "answer": option, "line": 0}
            found.setdefault(written(condition), condition)
    return found


def written(condition: dict | None) -> str:
    """A condition as a form sends it. Where in a document it stood does not matter."""
    return f"{words_of(condition['question'])}={condition['answer'].casefold()}" if condition else ""


def only_if(condition: dict) -> str:
    told = {"question": condition["question"].rstrip("?: "), "answer": condition["answer"]}
    return _("Only if “%(question)s” is “%(answer)s”") % told
