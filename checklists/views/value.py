"""Values for the blanks of an item, a section, a phase or the plan: what stands in one form is saved together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Repeated, Request, TransitionRefused, act_of
from checklists.models import Field, Project
from checklists.rows import with_value
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
        return refused(request, project, wishes, {wishes[0].field.pk: str(refusal)}, 409)
    field = wishes[0].field
    if field.item:
        return done(request, project, field.item)
    messages.success(request, _("Saved: %(title)s") % {"title": ", ".join(str(wish.field) for wish in touched)})
    return redirect(f"{project.get_absolute_url()}#field-{field.pk}")


def wishes_in(request: Request, project: Project) -> list[Wish]:
    """What was typed for which fields; all of them stand in the same place of this project."""
    named = {int(name[1]) for key in request.POST if (name := NAMED.fullmatch(key))}
    found = Field.with_retired.filter(project=project, pk__in=named).select_related("project", "item")
    fields = list(with_value(found).prefetch_related("readings__by"))
    if len(fields) < len(named) or len({field.key for field in fields}) > 1:
        raise Http404
    return [wish_in(request, field) for field in fields]


def wish_in(request: Request, field: FieldWithValue) -> Wish:
    """Browsers send a line's end as two characters; it counts as the one that was typed."""
    shown = request.POST.get(f"shown-{field.pk}")
    typed = request.POST.get(f"value-{field.pk}", shown or "")
    return Wish(field, str(typed).replace("\r\n", "\n"), shown and str(shown).replace("\r\n", "\n"))


def refused(
    request: Request, project: Project, wishes: list[Wish], problems: dict[int, str], status: int
) -> HttpResponse:
    """The fields again with what was typed, where they stand: in their item, else on a page of their own."""
    for wish in wishes:
        wish.field.typed, wish.field.problem = wish.typed, problems.get(wish.field.pk, "")
    fields, item = [wish.field for wish in wishes], wishes[0].field.item
    if item:
        return item_response(request, project, item.number, status=status, forms={"fields": fields})
    context = {"project": project, "tab": "plan", "fields": fields}
    return render(request, "checklists/values.html", context, status=status)
