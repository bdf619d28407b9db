"""Blanks of the plan and the values that people give them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.act import Act, TransitionRefused
from checklists.importing.colours import USUAL, colour_of
from checklists.models.item import Item
from checklists.models.journal import Action, JournalEntry
from checklists.models.phase import Phase, Section
from checklists.models.project import Project
from checklists.models.retirable import PlanManager, Retirable
from checklists.models.versioned import Versioned
from checklists.scopes import PLAN, Key
from checklists.verdicts import verdict


class FieldKind(models.TextChoices):
    TEXT = "text", gettext_lazy("Text")
    LONG = "long", gettext_lazy("Long text")
    NUMBER = "number", gettext_lazy("Number")
    DATE = "date", gettext_lazy("Date")
    DATETIME = "datetime", gettext_lazy("Date and time")
    YESNO = "yesno", gettext_lazy("Yes or no")
    CHOICE = "choice", gettext_lazy("Choice")
    COLOUR = "colour", gettext_lazy("Colour of a status")


# Choices where the author wrote none.
OFFERED: dict[str, tuple[str, ...]] = {FieldKind.YESNO: ("Yes", "No"), FieldKind.COLOUR: USUAL}
# The same in the reader's language; an author's own words are left as they are.
OFFERED_WORDS = {
    "Yes": gettext_lazy("Yes"),
    "No": gettext_lazy("No"),
    "Green": gettext_lazy("Green"),
    "Yellow": gettext_lazy("Yellow"),
    "Red": gettext_lazy("Red"),
}


class Field(Retirable, Versioned):
    """A blank such as `count: ___`: of an item, else of the section, phase or project that it stands in."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="fields")
    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, null=True, blank=True, related_name="fields")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, null=True, blank=True, related_name="fields")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, null=True, blank=True, related_name="fields")
    position = models.PositiveIntegerField()
    label = models.TextField()
    kind = models.CharField(max_length=16, choices=FieldKind.choices)
    unit = models.CharField(max_length=100, blank=True)
    choices = models.JSONField(default=list, blank=True)
    threshold = models.JSONField(null=True, blank=True)
    condition = models.JSONField(null=True, blank=True)

    # Whether the answers so far make it a question; see rows.mark_unasked.
    asked = True
    # In the answer to a form that was refused: what was typed, the sentence that says why it was not saved, and whether
    # it is the first such field, which gets the focus.
    typed: str | None = None
    problem = ""
    leads = False

    objects = PlanManager()
    with_retired = models.Manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            *Retirable.Meta.constraints,
            models.CheckConstraint(condition=models.Q(kind__in=FieldKind.values), name="field_kind_known"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def options(self) -> list[str]:
        """What can be chosen; empty for a field that is typed."""
        return list(self.choices or OFFERED.get(self.kind, ()))

    @property
    def offers(self) -> list[tuple[str, str, str]]:
        """Each option as it is kept, as it is shown, and the colour that it stands for, if that is what is asked."""
        is_colour = self.kind == FieldKind.COLOUR
        return [(option, self.in_words(option), colour_of(option) if is_colour else "") for option in self.options]

    def in_words(self, value: str | None) -> str:
        """A value as it is shown: our own words in the reader's language, everybody else's as they are."""
        is_ours = self.kind in OFFERED and not self.choices
        return str(OFFERED_WORDS.get(value or "", value or "")) if is_ours else value or ""

    @property
    def colour(self) -> str:
        """The colour for which its value stands; empty for none. `value` is what with_value() found."""
        return colour_of(getattr(self, "value", "") or "") if self.kind == FieldKind.COLOUR else ""

    @property
    def is_tapped(self) -> bool:
        """Whether its choices are few and short enough to stand side by side, each to be tapped."""
        return 0 < len(self.options) <= 5 and all(len(option) <= 24 for option in self.options)

    @property
    def latest(self) -> Reading | None:
        """The value that holds now; prefetch `readings` where there are many fields."""
        readings = list(self.readings.all())
        return readings[-1] if readings else None

    @property
    def key(self) -> Key:
        """Where it stands; see scopes.py."""
        if self.item_id:
            return "item", self.item_id
        if self.section_id:
            return "section", self.section_id
        return ("phase", self.phase_id) if self.phase_id else PLAN

    @property
    def limit(self) -> dict | None:
        """What a value is checked against: the field's own, else that of its item where it asks for a number."""
        if self.threshold or self.kind != FieldKind.NUMBER or not self.item:
            return self.threshold
        return self.item.threshold

    def verdict(self, value: str | None) -> str:
        """`kept` or `missed`, or empty where that cannot be told; see verdicts.py."""
        return verdict(value, self.unit, self.limit)

    def read(self, act: Act, value: str) -> None:
        """Give the field a value. Earlier values stay as history; the same value again changes nothing."""
        with self.project.locked(act):
            self.refresh_from_db(from_queryset=Field.with_retired.select_related("project", "item", "retired_by"))
            if self.retired_at:
                raise TransitionRefused(
                    _("%(who)s took “%(what)s” out of the plan. Nothing was changed.")
                    % {"who": self.retired_by, "what": self}
                )
            self.project.closures.guard(self.project, self.key)
            before = self.readings.select_related("by").last()
            if before and before.value == value:
                return
            if before and self.is_overtaken(act):
                told = {
                    "who": before.by,
                    "value": f"{before.value} {self.unit}".strip(),
                    "when": self.project.local(before.at).strftime("%H:%M %Z"),
                }
                raise TransitionRefused(
                    _("%(who)s entered “%(value)s” here at %(when)s. Yours was not saved; save again to replace it.")
                    % told
                )
            self.version += 1
            self.save(update_fields=["version"])
            self.readings.create(value=value, by=act.by, at=act.at)
            found = self.verdict(value)
            told = {"verdict": found, "limit": self.limit["words"]} if found and self.limit else {}
            JournalEntry.objects.record(
                self.project,
                act,
                Action.READING_GIVEN,
                item=self.item,
                subject=self.label,
                remark=f"{value} {self.unit}".strip(),
                **told,
            )


class Reading(models.Model):
    """A value that somebody gave to a field."""

    field = models.ForeignKey(Field, on_delete=models.PROTECT, related_name="readings")
    value = models.TextField(max_length=5000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.value
