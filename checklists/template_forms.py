"""What comes in about templates and clones; they check shape and keep what was typed."""

from __future__ import annotations

import re

from crispy_forms.layout import HTML, Div, Layout, Submit
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checklists.forms import IntakeForm, LaunchForm
from checklists.models import Role, TemplateVersion
from checklists.saying import in_words
from checklists.templating import ASKED, UNKNOWN, Variable
from checklists.versions import Person, variables_in

PEOPLE = 200


class TemplateForm(IntakeForm):
    """A new template: its text, and what people look for it by."""

    keeps_tables = False

    title = forms.CharField(
        max_length=200,
        required=False,
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Left blank, the title of the document."),
    )
    summary = forms.CharField(
        max_length=300,
        required=False,
        label=gettext_lazy("Summary"),
        help_text=gettext_lazy("For which go-lives it is meant, in one sentence."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("title", "summary", "file", "text", Submit("add", _("Add the template")))

    def clean(self) -> dict:
        data = super().clean()
        if outline := data.get("outline"):
            data["title"] = data.get("title") or outline.title[:200] or data["name"][:200]
        return data


class VersionForm(IntakeForm):
    """The next version of a template, as a file or as the text of the newest one, edited in place."""

    keeps_tables = False

    remark = forms.CharField(
        max_length=300, label=gettext_lazy("What is new"), help_text=gettext_lazy("Others read it beside the version.")
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = _("Or edit the text")
        self.fields["text"].widget.attrs["rows"] = 24
        self.helper.layout = Layout("remark", "file", "text", Submit("add", _("Add the version")))


class PeopleField(forms.CharField):
    """People, one a line: an e-mail address and a role. Cleans to a list of Person."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocapitalize": "off", "class": "mono"})

    def clean(self, value: str | None) -> list[Person]:
        lines = [(number, line.strip()) for number, line in enumerate((value or "").splitlines(), start=1)]
        lines = [(number, line) for number, line in lines if line]
        if len(lines) > PEOPLE:
            raise ValidationError(
                _("At most %(number)s people at once; add the others on the project's page.") % {"number": PEOPLE}
            )
        people: list[Person] = []
        problems: list[str] = []
        for number, line in lines:
            try:
                person = person_in(line)
            except ValidationError as problem:
                problems.append(_("Line %(number)s: %(problem)s") % {"number": number, "problem": problem.messages[0]})
                continue
            if any(person.email.lower() == other.email.lower() for other in people):
                problems.append(
                    _("Line %(number)s: %(email)s is there twice.") % {"number": number, "email": person.email}
                )
            people.append(person)
        if problems:
            raise ValidationError(problems)
        return people


def person_in(line: str) -> Person:
    """`petros@example.org technician`; without a role a technician."""
    email, *words = re.split(r"[\s,;]+", line, maxsplit=1)
    wanted = " ".join(words).strip(" ,;").lower()
    role = roles_by_word().get(wanted) if wanted else Role.TECHNICIAN
    try:
        validate_email(email)
    except ValidationError:
        raise ValidationError(_("“%(email)s” is no e-mail address.") % {"email": email}) from None
    if len(email) > 254:
        raise ValidationError(_("The e-mail address is too long."))
    if role is None:
        roles = ", ".join(str(role.label) for role in Role)
        raise ValidationError(_("“%(word)s” is no role. Roles are %(roles)s.") % {"word": wanted, "roles": roles})
    return Person(email, role)


def roles_by_word() -> dict[str, Role]:
    """What people may write for a role: the word of our own, and its name in their language."""
    return {word: role for role in Role for word in (role.value, str(role.label).lower())}


class FromTemplateForm(LaunchForm):
    """The launch, the people and the template's own variables; a variable left blank stays as it is written."""

    people = PeopleField(
        required=False,
        label=gettext_lazy("People"),
        help_text=gettext_lazy(
            "One a line: e-mail and role (manager, technician, approver or auditor). You become the manager."
        ),
    )

    def __init__(self, version: TemplateVersion, user_email: str, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user_email = user_email
        found = variables_in(version)
        self.answered = [variable for variable in found if variable.answer]
        self.asked = [variable for variable in found if not variable.answer][:ASKED]
        self.unasked = len(found) - len(self.answered) - len(self.asked)
        lines: dict[int, list[str]] = {}
        for index, variable in enumerate(self.asked):
            self.fields[f"variable_{index}"] = field_for(variable)
            lines.setdefault(variable.places[0].line, []).append(f"variable_{index}")
        # What stands in one row of the text, such as name, phone and e-mail of a contact, stands in one row here.
        rows = [Div(*names, css_class="field-pair") for names in lines.values()]
        self.helper.layout = Layout(
            "name",
            "customer",
            "system",
            "go_live",
            "zone",
            *([HTML(heading()), *rows] if rows else []),
            "people",
            Submit("create", _("Make the project")),
        )

    def clean_people(self) -> list[Person]:
        people: list[Person] = self.cleaned_data["people"]
        if any(person.email.lower() == self.user_email.lower() for person in people):
            raise ValidationError(_("You become the manager of the project. Take your own line out."))
        return people

    @property
    def values(self) -> dict[str, str]:
        """What goes into the text, by the variable's key."""
        data = self.cleaned_data
        values = {
            variable.key: variable.worded(data[name])
            for index, variable in enumerate(self.asked)
            if data.get(name := f"variable_{index}")
        }
        wall_clock = data["go_live"]
        answers = {
            "name": data["name"],
            "customer": data["customer"],
            "system": data["system"],
            "date": wall_clock.date(),
            "time": f"{wall_clock:%H:%M}",
            "moment": wall_clock,
            "zone": data["zone"],
        }
        return values | {each.key: each.worded(answers[each.answer]) for each in self.answered if answers[each.answer]}


def heading() -> str:
    title, lead = _("What the template asks for"), _("What you leave blank stays in the plan as it is written.")
    return format_html('<h2>{}</h2><p class="lead">{}</p>', title, lead)


def field_for(variable: Variable) -> forms.Field:
    """A field that asks for a variable; its help tells a placeholder that has a name, and how often it stands there."""
    places = len(variable.places)
    help_text = "" if UNKNOWN.fullmatch(variable.text) else variable.text
    if places > 1:
        often = ngettext("%(number)s place", "%(number)s places", places) % {"number": places}
        help_text = f"{help_text}, {often}" if help_text else often
    if variable.is_date:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        return forms.DateField(label=in_words(variable.label), required=False, help_text=help_text, widget=widget)
    return forms.CharField(label=in_words(variable.label), required=False, max_length=300, help_text=help_text)


class CloneForm(LaunchForm):
    """The new project's name and T-0; its plan is that of the original."""

    with_people = forms.BooleanField(
        required=False, label=gettext_lazy("Take the people along, in their roles"), initial=True
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout(
            "name", "customer", "system", "go_live", "zone", "with_people", Submit("clone", _("Clone the project"))
        )
