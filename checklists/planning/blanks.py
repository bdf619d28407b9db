"""What can be done to the blanks of a plan: add, change, retire, restore. What was entered into them stays."""

from __future__ import annotations

from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.importing.plan import plain
from checklists.importing.thresholds import thresholds_in
from checklists.models import Action, Field, Item, JournalEntry, Phase, Project, Section
from checklists.planning.baseline import changing_plan
from checklists.planning.items import NOT_RETIRED, retired
from checklists.planning.seen import seen_of

PLANNED = ("label", "kind", "unit", "choices", "condition")
Owner = Project | Phase | Section | Item


def place_of(owner: Owner) -> dict:
    """The columns by which a blank stands in an item, a section, a phase or the plan itself."""
    match owner:
        case Item():
            return {"phase_id": owner.phase_id, "section_id": owner.section_id, "item": owner}
        case Section():
            return {"phase_id": owner.phase_id, "section": owner}
        case Phase():
            return {"phase": owner}
    return {}


def add_blank(project: Project, act: Act, owner: Owner, asks: dict, *, reason: str = "") -> Field:
    """A new blank at the end of its place. `asks` is what it asks for: label, kind, unit, choices,
    and the condition on which it is asked.
    """
    with changing_plan(project, act, reason):
        if not isinstance(owner, Project):
            owner.refresh_from_db()
            if owner.retired_at:
                raise TransitionRefused(_("“%(what)s” is out of the plan. Nothing was changed.") % {"what": owner})
        last = Field.with_retired.filter(project=project).order_by("-position").values_list("position", flat=True)
        field = Field(project=project, position=(last.first() or 0) + 1, **place_of(owner))
        _ask(field, asks)
        field.save()
        project.closures.guard(project, field.key)
        _record(field, act, Action.FIELD_ADDED, reason)
        return field


def amend_blank(field: Field, act: Act, asks: dict, *, began: str, reason: str = "") -> None:
    """Change what the blank asks for. One into which something was entered keeps its kind: the values are of that kind."""
    with changing_plan(field.project, act, reason):
        _again(field)
        before = {name: getattr(field, name) for name in PLANNED}
        after = {name: value for name, value in asks.items() if name in PLANNED and value != before[name]}
        if not after:
            return
        if began != seen_of(field, PLANNED):
            raise TransitionRefused(
                _("Somebody changed it meanwhile. It is now: %(title)s. Nothing was changed.")
                % {"title": f"{field.label} {field.unit}".strip()}
            )
        if "kind" in after and field.readings.exists():
            raise TransitionRefused(_("Something was entered here already. Add a new blank of the other kind instead."))
        _ask(field, after)
        field.save()
        facts = {"old": before["label"], "new": field.label} if "label" in after else {}
        rest = ", ".join(name for name in after if name != "label")
        _record(field, act, Action.FIELD_AMENDED, reason, **facts, **({"columns": rest} if rest else {}))


def retire_blank(field: Field, act: Act, *, reason: str = "") -> None:
    """Take the blank out of the plan. The values that were entered are kept with it."""
    with changing_plan(field.project, act, reason):
        _again(field, also_retired=True)
        if field.retired_at:
            return
        for name, value in retired(act, reason).items():
            setattr(field, name, value)
        field.save()
        _record(field, act, Action.FIELD_RETIRED, reason)


def restore_blank(field: Field, act: Act, *, reason: str = "") -> None:
    """Put the blank back with its values."""
    with changing_plan(field.project, act, reason):
        _again(field, also_retired=True)
        if not field.retired_at:
            return
        for above in (field.item, field.section, field.phase):
            if above and above.retired_at:
                raise TransitionRefused(
                    _("“%(above)s”, in which it stood, is out of the plan too. Put that back first.") % {"above": above}
                )
        for name, value in NOT_RETIRED.items():
            setattr(field, name, value)
        field.save()
        _record(field, act, Action.FIELD_RESTORED, reason)


def _again(field: Field, *, also_retired: bool = False) -> None:
    around = ("project", "item", "section", "phase", "retired_by")
    field.refresh_from_db(from_queryset=Field.with_retired.select_related(*around))
    if field.retired_at and not also_retired:
        raise TransitionRefused(
            _("%(who)s took “%(what)s” out of the plan. Nothing was changed.")
            % {"who": field.retired_by, "what": field}
        )
    field.project.closures.guard(field.project, field.key)


def _ask(field: Field, asks: dict) -> None:
    for name, value in asks.items():
        setattr(field, name, value)
    wishes = thresholds_in(field.label)
    field.threshold = plain(wishes[0]) if wishes else None


def _record(field: Field, act: Act, action: Action, reason: str, **facts) -> None:
    JournalEntry.objects.record(
        field.project, act, action, item=field.item, subject=field.label, remark=reason, **facts
    )
