"""Who works on a project, and who to call."""

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import MemberForm, posted
from checklists.models import JournalEntry, Membership, Role


@require_safe
def contacts(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    seq = JournalEntry.objects.head(project)
    people = project.contacts.all()
    context = {
        "project": project,
        "seq": seq,
        "refresh": "contacts",
        "tab": "contacts",
        "contacts": [person for person in people if not person.emergency],
        "emergency": [person for person in people if person.emergency],
        "levels": project.escalation_levels.all(),
    }
    return render(request, "checklists/contacts.html", context)


def members(request: Request, slug: str) -> HttpResponse:
    """The people of the project; a manager adds to them."""
    project = project_for(request, slug, need=Need.READ if request.method in ("GET", "HEAD") else Need.MANAGE)
    seq = JournalEntry.objects.head(project)
    form = MemberForm(project, posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            member = Membership.objects.admit(
                project, act_of(request), data["email"], data["name"], Role(data["role"]), data["teams"]
            )
        except TransitionRefused as refusal:
            form.add_error("role", str(refusal))
        else:
            messages.success(
                request,
                _("%(who)s is now in the role %(role)s here.")
                % {"who": member.user, "role": member.get_role_display()},
            )
            return redirect("members", slug)
    held = Counter(project.items.open().exclude(owner=None).values_list("owner", flat=True))
    context = {
        "project": project,
        "tab": "people",
        "seq": seq,
        "refresh": "members",
        "form": form,
        "memberships": [(each, held[each.user_id]) for each in project.memberships.select_related("user")],
        "roles": Role.choices,
    }
    return render(request, "checklists/members.html", context, status=422 if form.is_bound else 200)


@require_POST
def member_removal(request: Request, slug: str, pk: int) -> HttpResponse:
    project = project_for(request, slug, need=Need.MANAGE)
    member = get_object_or_404(project.memberships.select_related("user", "project"), pk=pk)
    try:
        member.remove(act_of(request))
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(who)s no longer sees this project.") % {"who": member.user})
    return redirect("members", slug)
