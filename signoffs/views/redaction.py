"""Removing what somebody wrote from the journal."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import Words, posted
from checklists.models import JournalEntry
from signoffs.models import JobState, Record
from signoffs.redaction import redact


class RedactionForm(forms.Form):
    """Why it has to go; that stays."""

    reason = Words(
        label=gettext_lazy("Why does it have to go?"),
        min_length=10,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("This stays in the journal. Do not repeat what is to be removed."),
    )


def redaction(request: Request, slug: str, seq: int) -> HttpResponse:
    """What is to be removed and what that means; POST with a reason removes it. For managers."""
    project = project_for(request, slug, need=Need.MANAGE)
    entry = get_object_or_404(JournalEntry.objects.select_related("project", "item"), project=project, seq=seq)
    if not entry.remark:
        raise Http404
    form = RedactionForm(posted(request))
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                redact(entry, act_of(request), form.cleaned_data["reason"])
            except TransitionRefused as problem:
                status, refusal = 409, str(problem)
            else:
                messages.success(request, _("It is removed, and the journal says so."))
                return redirect("journal", slug)
    sealed = Record.objects.filter(project=project, state=JobState.SEALED, head_seq__gte=seq)
    context = {"project": project, "tab": "journal", "entry": entry, "form": form, "refusal": refusal, "sealed": sealed}
    return render(request, "signoffs/redaction.html", context, status=status)
