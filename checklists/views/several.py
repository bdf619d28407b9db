"""Several items at once: those of a phase or section, or all, with one act and one reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from checklists.access import Need, project_for
from checklists.act import Request, act_of
from checklists.forms import SeveralForm, posted, teams_of, workers_of
from checklists.rows import rows_of
from checklists.several import act_named, each_of
from checklists.timetable import Timetable


def several(request: Request, slug: str) -> HttpResponse:
    """`?phase` or `?section` narrows what can be chosen; a plain form, all of it chosen to begin with.

    A refusal keeps the choice: nobody may set aside a whole section because a reason was missing.
    """
    project = project_for(request, slug, need=Need.WORK)
    items = project.items.open()
    for place in ("phase", "section"):
        if (chosen := request.GET.get(place, "")).isdecimal():
            items = items.filter(**{f"{place}_id": int(chosen)})
    form = SeveralForm(project, posted(request))
    if request.method == "POST" and form.is_valid():
        data, act = form.cleaned_data, act_of(request)
        given: dict[str, object] = {} if data["act"] == "claim" else {"for_others": project.rights.manage}
        if data["act"] == "exemption":
            given["reason"] = data["reason"]
        if data["act"] == "handover":
            given["to"] = data["to"].user
        if data["act"] == "team":
            given = {"team": " ".join(data["team"].split()), "reason": data["reason"]}
        outcome = each_of(project, act, data["items"], act_named(data["act"], act, **given))
        level = messages.WARNING if outcome.refused else messages.SUCCESS
        messages.add_message(request, level, outcome.words)
        return redirect(project)
    rows = rows_of(items, project, request.user.pk, Timetable.load(project, act_of(request).at))
    sent = set(request.POST.getlist("items"))
    context = {
        "project": project,
        "tab": "plan",
        "form": form,
        "rows": rows,
        "chosen": {row.number for row in rows if not form.is_bound or str(row.number) in sent},
        "workers": workers_of(project),
        "teams": teams_of(project),
    }
    return render(request, "checklists/several.html", context, status=422 if form.is_bound else 200)
