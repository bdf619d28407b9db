"""What somebody wants on paper."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from checklists.models import Project, Section
from signoffs.models import Variant


class PrintoutForm(forms.Form):
    """Form, part and language; all of it has a sensible first choice."""

    variant = forms.ChoiceField(label=_("What"), choices=Variant.choices, initial=Variant.FULL)
    part = forms.ChoiceField(label=_("Of"), required=False)
    language = forms.ChoiceField(label=_("In"), choices=settings.LANGUAGES)

    def __init__(self, project: Project, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.parts: dict[str, dict] = {}
        choices: list[tuple[str, str]] = []
        sections: dict[int, list[Section]] = {}
        for section in Section.objects.filter(phase__project=project):
            sections.setdefault(section.phase_id, []).append(section)
        for phase in project.phases.all():
            self.parts[f"phase-{phase.pk}"] = {"phase": phase}
            choices.append((f"phase-{phase.pk}", phase.title))
            for section in sections.get(phase.pk, []):
                self.parts[f"section-{section.pk}"] = {"section": section}
                choices.append((f"section-{section.pk}", f"{phase.title} › {section.title}"))
        self.fields["part"] = forms.ChoiceField(
            label=_("Of"), required=False, choices=[("", _("The whole plan")), *choices]
        )
        self.initial.setdefault("language", get_language())

    @property
    def chosen(self) -> dict:
        """What a valid form asks for, as the printout's columns."""
        data = self.cleaned_data
        return {"variant": data["variant"], "language": data["language"], **self.parts.get(data["part"], {})}
