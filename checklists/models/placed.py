"""A row that somebody put at a place of the plan: a note, a piece of evidence, a deviation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from checklists.models.item import Item
from checklists.models.phase import Phase, Section
from checklists.models.project import Project
from checklists.scopes import PLAN, Key


class Placed(models.Model):
    """At an item, a section or a phase; at the whole plan where it has none of them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE)
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, null=True, blank=True)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, null=True, blank=True)
    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(phase=None, section=None) | Q(phase=None, item=None) | Q(section=None, item=None),
                name="%(class)s_at_one_place",
            )
        ]

    @property
    def key(self) -> Key:
        """Where it is; see scopes.py."""
        if self.item_id:
            return "item", self.item_id
        if self.section_id:
            return "section", self.section_id
        return ("phase", self.phase_id) if self.phase_id else PLAN

    @property
    def place_name(self) -> str:
        """Where it is, in words."""
        if self.item:
            return f"#{self.item.number} {self.item.text}"
        return str(self.section or self.phase or _("the whole plan"))

    @property
    def told(self) -> str:
        """Where it is, as the journal keeps it: the same for everybody; empty for an item, which the entry names itself."""
        if self.item:
            return ""
        with translation.override(settings.LANGUAGE_CODE):
            return self.place_name

    @property
    def place_url(self) -> str:
        """The page on which it can be read."""
        if self.item:
            return self.item.get_absolute_url()
        return reverse("place", args=[self.project.slug, "-".join(map(str, self.key))])


def place_of(project: Project, word: str) -> dict[str, Any]:
    """The columns for `plan-0`, `phase-3`, `section-8` or `item-5` (by key); LookupError where that is not there."""
    kind, _dash, key = word.partition("-")
    if word == "plan-0":
        return {}
    models_: dict[str, Any] = {
        "phase": Phase.with_retired.filter(project=project),
        "section": Section.with_retired.filter(phase__project=project),
        "item": Item.with_retired.filter(project=project),
    }
    row = models_[kind].filter(pk=key).first() if kind in models_ and key.isdecimal() else None
    if row is None:
        raise LookupError(word)
    return {kind: row}
