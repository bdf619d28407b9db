"""From a file to a project: upload or paste, look at what was understood, say when, create."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from checklists import preview
from checklists.act import Request, act_of
from checklists.forms import ZONES, IntakeForm, LaunchForm, posted
from checklists.importing.plan import Source, create_project
from checklists.importing.reading import read_checklist
from checklists.models import Draft


def project_new(request: Request) -> HttpResponse:
    """Nothing is kept of a text that the importer refuses."""
    form = IntakeForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        draft = Draft.objects.create(
            owner=request.user,
            name=form.cleaned_data["name"],
            source=form.cleaned_data["source"],
            created_at=act_of(request).at,
        )
        return redirect(draft)
    status = 422 if form.is_bound else 200
    drafts = Draft.objects.filter(owner=request.user).defer("source")[:5]
    return render(request, "checklists/project_new.html", {"form": form, "drafts": drafts}, status=status)


def draft(request: Request, pk: str) -> HttpResponse:
    """The preview of a draft, and the form that makes a project of it."""
    draft = get_object_or_404(Draft, pk=pk, owner=request.user)
    data = bytes(draft.source)
    outline = read_checklist(data)
    known = {key.lower(): value for key, value in outline.metadata.items()}
    initial = {
        "name": outline.title,
        "customer": blank_if_placeholder(known.get("customer", "")),
        "system": blank_if_placeholder(known.get("system", "")),
    }
    form = LaunchForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        act = act_of(request)
        launch = form.launch()
        with transaction.atomic():
            project = create_project(outline, Source(draft.name, data), launch, act)
            draft.delete()
        messages.success(request, f"{project.name} is ready. Add the people who will work on it.")
        return redirect(project)
    source = preview.source_lines(data, outline)
    context = {
        "draft": draft,
        "outline": outline,
        "counts": [(name.replace("_", " "), number) for name, number in outline.counts.items() if number],
        "source": source,
        "plan": preview.plan_lines(data, outline),
        "accounted": len(outline.lines),
        "written": sum(bool(line.text.strip()) for line in source),
        "form": form,
        "zones": ZONES,
    }
    return render(request, "checklists/draft.html", context, status=422 if form.is_bound else 200)


@require_POST
def draft_discard(request: Request, pk: str) -> HttpResponse:
    get_object_or_404(Draft, pk=pk, owner=request.user).delete()
    messages.success(request, "The draft is gone. Your file is untouched.")
    return redirect("project_new")


def blank_if_placeholder(value: str) -> str:
    """`[CUSTOMER_NAME]`, `TBD` and `____` are blanks for a person to fill, not values."""
    bare = value.strip()
    return "" if bare.startswith("[") or bare.upper().startswith("TBD") or set(bare) <= {"_"} else bare
