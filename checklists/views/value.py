"""Values for the blanks of an item, a section, a phase or the plan: what stands in one form is saved together."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Repeated, Request, TransitionRefused, act_of
from checklists.models import Field, Project
from checklists.rows import answers_for, mark_unasked, with_value
from checklists.values import ValuesRefused, Wish, give
from checklists.views.item import done, item_response

if TYPE_CHECKING:
    from checklists.rows import FieldWithValue

# As the form names the control of a field, and beside it the value that it had when the form was printed. Of a row of
# choices none of which was tapped, only that is sent.
NAMED = re.compile(r"(?:value|shown)-(\d{1,18})", re.ASCII)


@require_POST
def values(request: Request, slug: str) -> HttpResponse:
    """Values for fields of one place. What is refused is told at its field, and all that was typed is kept."""
    project = project_for(request, slug, need=Need.WORK)
    wishes = wishes_in(request, project)
    if not wishes:
        messages.warning(request, _("Enter a value."))
        return redirect(project)
    touched = [wish for wish in wishes if wish.is_one]
    if not touched and not any(wish.field.value for wish in wishes):
        return refused(request, project, wishes, {wishes[0].field.pk: _("Enter a value.")}, 422)
    try:
        give(project, act_of(request), touched)
    except Repeated:
        pass
    except ValuesRefused as refusal:
        return refused(request, project, wishes, refusal.problems, 409 if refusal.is_conflict else 422)
    except TransitionRefused as refusal:
        return refused(request, project, wishes, {(touched or wishes)[0].field.pk: str(refusal)}, 409)
    field = wishes[0].field
    if field.item and (touched or request.htmx):
        return done(request, project, field.item)
    if touched:
        messages.success(request, _("Saved: %(title)s") % {"title": ", ".join(str(wish.field) for wish in touched)})
    else:
        messages.info(request, _("Nothing was changed."))
    row = f"item-{field.item.number}" if field.item else f"field-{field.pk}"
    return redirect(f"{project.get_absolute_url()}#{row}")


def wishes_in(request: Request, project: Project) -> list[Wish]:
    """What was typed for which fields; all of them stand in the same place of this project."""
    named = {int(name[1]) for key in request.POST if (name := NAMED.fullmatch(key))}
    fields = fields_in(project, named)
    if len(fields) < len(named) or len({field.key for field in fields}) > 1:
        raise Http404
    return [wish_in(request, field) for field in fields]


def fields_in(project: Project, keys: Collection[int]) -> list[FieldWithValue]:
    """These fields as they are now, also those that are out of the plan."""
    found = Field.with_retired.filter(project=project, pk__in=keys).select_related("project", "item")
    return list(with_value(found).prefetch_related("readings__by"))


def wish_in(request: Request, field: FieldWithValue) -> Wish:
    """Browsers send a line's end as two characters; it counts as the one that was typed."""
    shown = request.POST.get(f"shown-{field.pk}")
    typed = request.POST.get(f"value-{field.pk}", shown or "")
    return Wish(field, str(typed).replace("\r\n", "\n"), shown and str(shown).replace("\r\n", "\n"))


def refused(
    request: Request, project: Project, wishes: list[Wish], problems: dict[int, str], status: int
) -> HttpResponse:
    """The fields again with what was typed, where they stand: in their item, else on a page of their own.

    They are read again: what others entered meanwhile shows where nothing was typed, and no version is that of a change
    which was taken back.
    """
    wished = {wish.field.pk: wish for wish in wishes}
    fields, item = fields_in(project, wished), wishes[0].field.item
    mark_unasked(fields, answers_for(project, fields))
    for field in fields:
        wish = wished[field.pk]
        field.typed, field.problem = wish.typed if wish.is_one else None, problems.get(field.pk, "")
    next(field for field in fields if field.problem).leads = True
    told = {"fields": fields, "values_refused": True}
    if item:
        return item_response(request, project, item.number, status=status, forms=told)
    return render(request, "checklists/values.html", {"project": project, "tab": "plan", **told}, status=status)
