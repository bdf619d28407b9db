"""Values that people give together, as they stand on one form: all are saved or none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checklists.act import Act, TransitionRefused
from checklists.forms import ReadingForm
from checklists.models import Project

if TYPE_CHECKING:
    from checklists.rows import FieldWithValue


@dataclass(frozen=True)
class Wish:
    """What somebody typed for one field, and the value that their form showed; None where it did not say."""

    field: FieldWithValue
    typed: str
    shown: str | None = None

    @property
    def is_one(self) -> bool:
        """Whether they touched it: a form also sends what it showed, and what is still empty."""
        return self.typed != (self.shown or "")


class ValuesRefused(Exception):
    """Nothing was saved. `problems` are sentences by the field's key, `is_conflict` says that others were faster."""

    def __init__(self, problems: dict[int, str], *, is_conflict: bool) -> None:
        super().__init__(*problems.values())
        self.problems = problems
        self.is_conflict = is_conflict


def give(project: Project, act: Act, wishes: Collection[Wish]) -> None:
    """Save what was wished for in one transaction; ValuesRefused says for each field what stands against it."""
    forms = {wish.field.pk: ReadingForm(wish.field, {"value": wish.typed}, shown=wish.shown) for wish in wishes}
    misshapen = {pk: str(form.errors["value"][0]) for pk, form in forms.items() if not form.is_valid()}
    if misshapen:
        raise ValuesRefused(misshapen, is_conflict=False)
    refused = {}
    with project.locked(act):
        for wish in wishes:
            try:
                wish.field.read(act, forms[wish.field.pk].cleaned_data["value"])
            except TransitionRefused as refusal:
                refused[wish.field.pk] = str(refusal)
        if refused:
            raise ValuesRefused(refused, is_conflict=True)
