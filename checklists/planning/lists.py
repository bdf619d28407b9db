"""What can be done to contacts, escalation levels, procedures and their steps: add, change, move, retire, restore.

They are lists of plain rows, so one set of verbs serves them all; what somebody may write in each is in `COLUMNS`.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import Action, Contact, EscalationLevel, JournalEntry, Procedure, Project, Step
from checklists.planning.baseline import changing_plan
from checklists.planning.items import NOT_RETIRED, retired
from checklists.planning.order import Step as Direction
from checklists.planning.seen import seen_of

Row = Contact | EscalationLevel | Procedure | Step
COLUMNS: dict[type[Row], tuple[str, ...]] = {
    Contact: ("role", "name", "phone", "email", "emergency", "notes"),
    EscalationLevel: ("title", "trigger", "who", "response", "details"),
    Procedure: ("title", "kind", "estimate", "criteria", "prose", "commands"),
    Step: ("text", "details", "commands"),
}


def project_of(row: Row) -> Project:
    return row.procedure.project if isinstance(row, Step) else row.project


def list_of(row: Row) -> QuerySet[Any]:
    """The rows among which this one stands, those that are out of the plan too."""
    if isinstance(row, Step):
        return Step.with_retired.filter(procedure=row.procedure_id)
    return type(row).with_retired.filter(project=row.project_id)


def add_row(row: Row, act: Act, *, reason: str = "") -> Row:
    """Put a new row, filled by the caller, at the end of its list."""
    with changing_plan(project_of(row), act, reason):
        if isinstance(row, Step):
            _again(row.procedure)
            _guard_in_plan(row.procedure)
        last = list_of(row).order_by("-position").values_list("position", flat=True).first()
        row.position = 0 if last is None else last + 1
        row.save()
        _record(row, act, Action.LISTED_ADDED, reason)
        return row


def amend_row(row: Row, act: Act, changes: dict, *, began: str, reason: str = "") -> None:
    """Change what stands in a row. `began` is what `seen_of` told when the person began to write."""
    with changing_plan(project_of(row), act, reason):
        _again(row)
        _guard_in_plan(row)
        columns = COLUMNS[type(row)]
        after = {name: value for name, value in changes.items() if name in columns and value != getattr(row, name)}
        if not after:
            return
        if began != seen_of(row, columns):
            told = " · ".join(str(value) for name in columns if (value := getattr(row, name)))
            raise TransitionRefused(
                _("Somebody changed it meanwhile. It is now: %(title)s. Nothing was changed.") % {"title": told}
            )
        for name, value in after.items():
            setattr(row, name, value)
        row.save()
        _record(row, act, Action.LISTED_AMENDED, reason, columns=", ".join(after))


def move_row(row: Row, act: Act, step: Direction, *, reason: str = "") -> bool:
    """One up or down in its list; where there is nowhere to go, nothing changes (False)."""
    with changing_plan(project_of(row), act, reason):
        _again(row)
        _guard_in_plan(row)
        rows = list(list_of(row).order_by("position", "pk"))
        here = [each for each in rows if not each.retired_at]
        beyond = here.index(row) + {"up": -1, "down": 1}.get(step, 0)
        if not 0 <= beyond < len(here) or here[beyond] == row:
            return False
        rows.remove(row)
        rows.insert(rows.index(here[beyond]) + (step == "down"), row)
        for position, each in enumerate(rows):
            each.position = position
        type(row).with_retired.bulk_update(rows, ["position"])
        _record(row, act, Action.LISTED_MOVED, reason)
        return True


def retire_row(row: Row, act: Act, *, reason: str = "") -> None:
    """Take a row out of the plan; a procedure takes its steps along. It is kept, and can be put back."""
    _turn(row, act, Action.LISTED_RETIRED, retired(act, reason), reason)


def restore_row(row: Row, act: Act, *, reason: str = "") -> None:
    """Put a row back where it stood."""
    _turn(row, act, Action.LISTED_RESTORED, NOT_RETIRED, reason)


def _turn(row: Row, act: Act, action: Action, state: dict, reason: str) -> None:
    with changing_plan(project_of(row), act, reason):
        _again(row)
        if bool(row.retired_at) == bool(state["retired_at"]):
            return
        if isinstance(row, Step):
            _guard_in_plan(row.procedure)
        for name, value in state.items():
            setattr(row, name, value)
        row.save()
        _record(row, act, action, reason)


def _again(row: Row) -> None:
    around = ("procedure__project",) if isinstance(row, Step) else ("project",)
    row.refresh_from_db(from_queryset=type(row).with_retired.select_related(*around, "retired_by"))  # type: ignore[arg-type]


def _guard_in_plan(row: Row) -> None:
    if row.retired_at:
        raise TransitionRefused(
            _("%(who)s took “%(what)s” out of the plan. Nothing was changed.") % {"who": row.retired_by, "what": row}
        )


def _record(row: Row, act: Act, action: Action, reason: str, **facts) -> None:
    JournalEntry.objects.record(project_of(row), act, action, subject=str(row), remark=reason, **facts)
