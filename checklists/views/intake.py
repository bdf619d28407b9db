"""Giving a checklist: upload a file or paste its text."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from checklists.act import Request, act_of
from checklists.forms import IntakeForm, posted
from checklists.models import Draft, RequestKey


def project_new(request: Request) -> HttpResponse:
    """Nothing is kept of a text that the importer refuses."""
    form = IntakeForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        act, data = act_of(request), form.cleaned_data
        with RequestKey.objects.once(act):
            draft = Draft.objects.create(
                owner=request.user, name=data["name"], source=data["source"], created_at=act.at
            )
        return redirect(draft)
    status = 422 if form.is_bound else 200
    drafts = Draft.objects.filter(owner=request.user).defer("source")[:5]
    return render(request, "checklists/project_new.html", {"form": form, "drafts": drafts}, status=status)
