"""A row that is about a part of the plan: a slot, or what closes one."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.models.item import Item
from checklists.models.phase import Phase, Section
from checklists.scopes import Key


class Scope(models.TextChoices):
    """How much it is about."""

    PLAN = "plan", gettext_lazy("The whole plan")
    BEFORE = "before", gettext_lazy("Everything before T-0")
    CRITERIA = "criteria", gettext_lazy("All success criteria")
    PHASE = "phase", gettext_lazy("One phase")
    SECTION = "section", gettext_lazy("One section")
    ITEM = "item", gettext_lazy("One item with all below it")


WHOLE = (Scope.PLAN, Scope.BEFORE, Scope.CRITERIA)


def one_place() -> models.Q:
    """A scope has the one row that it is about, and no other."""
    empty = {"phase__isnull": True, "section__isnull": True, "subject__isnull": True}
    return (
        models.Q(scope__in=WHOLE, **empty)
        | models.Q(scope=Scope.PHASE, **(empty | {"phase__isnull": False}))
        | models.Q(scope=Scope.SECTION, **(empty | {"section__isnull": False}))
        | models.Q(scope=Scope.ITEM, **(empty | {"subject__isnull": False}))
    )


class Scoped(models.Model):
    """`phase`, `section` or `subject` (an item) says which one, where the scope is one of many."""

    scope = models.CharField(max_length=16, choices=Scope.choices, default=Scope.PLAN)
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    subject = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss_about")

    class Meta:
        abstract = True

    @property
    def key(self) -> Key:
        return self.scope, self.phase_id or self.section_id or self.subject_id or 0

    @property
    def scope_name(self) -> str:
        """What it is about, as it stands inside a sentence."""
        match self.scope:
            case Scope.PLAN:
                return _("the whole plan")
            case Scope.BEFORE:
                return _("everything before T-0")
            case Scope.CRITERIA:
                return _("all success criteria")
            case Scope.ITEM:
                return f"#{self.subject.number} {self.subject.text}" if self.subject else ""
        return str(self.phase or self.section)
