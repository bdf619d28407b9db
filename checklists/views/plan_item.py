"""One item of the plan changed: its words, its place, into several, out of the plan and back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import posted
from checklists.models import Field, Item, Project, Section
from checklists.overtaken import of_item
from checklists.plan_forms import AmendForm, MoveForm, ReasonedForm, SplitForm
from checklists.planning.items import (
    Overtaken,
    amend_item,
    move_item,
    restore_item,
    retire_item,
    seen_of,
    split_item,
)
from checklists.views.plan import by_button, by_form, changed, remembered


def fetch(request: Request, slug: str, number: int) -> tuple[Project, Item]:
    """The item for somebody who may change the plan; one that is retired too."""
    project = project_for(request, slug, need=Need.MANAGE)
    items = Item.with_retired.select_related("project", "phase", "section", "parent", "retired_by")
    return project, get_object_or_404(items, project=project, number=number)


def item_edit(request: Request, slug: str, number: int) -> HttpResponse:
    """What the plan says about the item. A refusal keeps all that was typed, and shows what somebody else made of it."""
    project, item = fetch(request, slug, number)
    form = AmendForm(item, posted(request), remembered=remembered(request, project))

    def do(data: dict) -> HttpResponse:
        amend_item(item, act_of(request), form.changes, began=data["seen"], reason=data["reason"])
        return changed(request, project, _("Changed #%(number)s.") % {"number": number}, item)

    def overtaken(refusal: TransitionRefused) -> None:
        if isinstance(refusal, Overtaken):
            form.overtaken(refusal.item)

    more = {
        "item": item,
        "blanks": Field.with_retired.filter(item=item).order_by("position"),
        "homes": homes_of(project),
        "reason": remembered(request, project),
        **of_item(item, seen_of(item)),
    }
    return by_form(request, project, "_plan_item_edit.html", form, do, overtaken=overtaken, **more)


def homes_of(project: Project) -> list[tuple[str, str]]:
    """Every phase and section as a place to move an item to, in order."""
    sections: dict[int, list[Section]] = {}
    for section in Section.objects.filter(phase__project=project):
        sections.setdefault(section.phase_id, []).append(section)
    homes: list[tuple[str, str]] = []
    for phase in project.phases.all():
        homes.append((f"last-phase-{phase.pk}", phase.title))
        homes += [
            (f"last-section-{inner.pk}", "\u2003" * (inner.depth + 1) + inner.title)
            for inner in sections.get(phase.pk, [])
        ]
    return homes


@require_POST
def item_move(request: Request, slug: str, number: int) -> HttpResponse:
    """`to` is a step (up, down, deeper, higher) or a place such as `after-item-12`."""
    project, item = fetch(request, slug, number)

    def do(data: dict) -> HttpResponse:
        went = move_item(item, act_of(request), data["to"], reason=data["reason"])
        return changed(request, project, where(item) if went else _("It cannot go further that way."), item)

    return by_button(request, project, MoveForm(project, request.POST), do)


def where(item: Item) -> str:
    """Where the item stands now, for whoever does not see it: `#12 is 2 of 5 in “Servers”.`"""
    item.refresh_from_db()
    here = Item.objects.filter(phase=item.phase_id, section=item.section_id, parent=item.parent_id)
    numbers = list(here.values_list("number", flat=True))
    return _("#%(number)s is %(at)s of %(all)s in “%(place)s”.") % {
        "number": item.number,
        "at": numbers.index(item.number) + 1,
        "all": len(numbers),
        "place": item.parent or item.section or item.phase,
    }


def item_split(request: Request, slug: str, number: int) -> HttpResponse:
    """Several items instead of one."""
    project, item = fetch(request, slug, number)

    def do(data: dict) -> HttpResponse:
        parts = split_item(item, act_of(request), data["texts"], below=data["below"], reason=data["reason"])
        numbers = ", ".join(f"#{part.number}" for part in parts)
        said = _("Split #%(number)s; new: %(numbers)s.") % {"number": number, "numbers": numbers}
        return changed(request, project, said, item)

    initial = {"texts": item.text, "below": "after"}
    form = SplitForm(project, posted(request), initial=initial, remembered=remembered(request, project))
    return by_form(request, project, "_plan_item_split.html", form, do, item=item)


def item_retirement(request: Request, slug: str, number: int) -> HttpResponse:
    """Take the item out of the plan, after saying what stays of it."""
    project, item = fetch(request, slug, number)

    def do(data: dict) -> HttpResponse:
        retire_item(item, act_of(request), reason=data["reason"])
        return changed(request, project, _("#%(number)s is out of the plan.") % {"number": number}, item)

    form = ReasonedForm(project, posted(request), remembered=remembered(request, project))
    return by_form(request, project, "_plan_item_retire.html", form, do, item=item, parts=item.children.count())


@require_POST
def item_restoration(request: Request, slug: str, number: int) -> HttpResponse:
    """Put the item back."""
    project, item = fetch(request, slug, number)

    def do(data: dict) -> HttpResponse:
        restore_item(item, act_of(request), reason=data["reason"])
        return changed(request, project, _("#%(number)s is back in the plan.") % {"number": number}, item)

    return by_button(request, project, ReasonedForm(project, request.POST), do)
