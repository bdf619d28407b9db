"""A project like another one, with its own T-0."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from checklists.access import Need, project_for
from checklists.act import Request, act_of
from checklists.cloning import clone_project
from checklists.forms import ZONES, posted
from checklists.template_forms import CloneForm


def project_clone(request: Request, slug: str) -> HttpResponse:
    """The form that makes a clone; only those who manage the original may, because its people and plan come along."""
    project = project_for(request, slug, need=Need.MANAGE)
    initial = {
        "name": _("%(name)s (copy)") % {"name": project.name[:180]},
        "customer": project.customer,
        "system": project.system,
        "zone": project.zone,
    }
    form = CloneForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        clone = clone_project(project, form.launch(), act_of(request), with_people=form.cleaned_data["with_people"])
        messages.success(request, _("%(name)s is ready, with every item open.") % {"name": clone.name})
        return redirect(clone)
    context = {
        "project": project,
        "tab": "clone",
        "form": form,
        "zones": ZONES,
        "item_count": project.items.count(),
        "people_count": project.memberships.count(),
    }
    return render(request, "checklists/clone.html", context, status=422 if form.is_bound else 200)
