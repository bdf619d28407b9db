"""What to do when it goes wrong, and doing it: the page of procedures, and the page of one run."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import ReasonForm, RemarkForm, StepEndForm
from checklists.models import JournalEntry, ProcedureRun, Project, RunStep
from checklists.models.procedure_run import StepState


@require_safe
def procedures(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    runs = Prefetch("runs", ProcedureRun.objects.select_related("started_by", "ended_by", "project"))
    context = {
        "project": project,
        "tab": "procedures",
        "seq": JournalEntry.objects.head(project),
        "refresh": "procedures",
        "procedures": project.procedures.prefetch_related("steps", runs),
    }
    return render(request, "checklists/procedures.html", context)


@require_POST
def procedure_runs(request: Request, slug: str, pk: int) -> HttpResponse:
    """Start a run, with the reason; its page is the answer."""
    project = project_for(request, slug, need=Need.WORK)
    procedure = get_object_or_404(project.procedures.select_related("project"), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was started. %(why)s") % {"why": form.errors["reason"][0]})
        return redirect("procedures", slug)
    try:
        run = ProcedureRun.objects.start(procedure, act_of(request), form.cleaned_data["reason"])
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("procedures", slug)
    return redirect(run)


@require_safe
def procedure_run(request: Request, slug: str, number: int) -> HttpResponse:
    """How a run stands, step by step."""
    project = project_for(request, slug)
    return page(request, project, run_of(project, number))


@require_POST
def procedure_run_step(request: Request, slug: str, number: int, step: int) -> HttpResponse:
    """Say how a step ended."""
    project = project_for(request, slug, need=Need.WORK)
    run = run_of(project, number)
    get_object_or_404(RunStep, run=run, number=step)
    form = StepEndForm(request.POST)
    if not form.is_valid():
        return page(request, project, run, _("Say how the step went. Nothing was changed."), status=422)
    said = form.cleaned_data
    try:
        run.settle(act_of(request), step, StepState(said["outcome"]), said["remark"])
    except TransitionRefused as refusal:
        return page(request, project, run, str(refusal), said["remark"], step, status=409)
    return redirect(f"{run.get_absolute_url()}#step-{step + 1}")


@require_POST
def procedure_run_end(request: Request, slug: str, number: int) -> HttpResponse:
    """Finish or stop the run."""
    project = project_for(request, slug, need=Need.WORK)
    run = run_of(project, number)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        return page(request, project, run, str(form.errors["remark"][0]), status=422)
    try:
        run.end(act_of(request), form.cleaned_data["remark"])
    except TransitionRefused as refusal:
        return page(request, project, run, str(refusal), status=409)
    return redirect(run)


def run_of(project: Project, number: int) -> ProcedureRun:
    rows = project.procedure_runs.select_related("project", "procedure", "started_by", "ended_by")
    return get_object_or_404(rows, number=number)


def page(
    request: Request,
    project: Project,
    run: ProcedureRun,
    refusal: str = "",
    remark: str = "",
    refused_step: int = 0,
    status: int = 200,
) -> HttpResponse:
    seq = JournalEntry.objects.head(project)
    steps = list(run.steps.select_related("step", "settled_by"))
    left = sum(step.state == StepState.OPEN for step in steps)
    context = {
        "project": project,
        "tab": "procedures",
        "seq": seq,
        "refresh": "run",
        "run": run,
        "steps": steps,
        "left": left,
        "ended": len(steps) - left,
        "took": run.took(timezone.now()),
        "refusal": refusal,
        "remark": remark,
        "refused_step": refused_step,
    }
    return render(request, "checklists/procedure_run.html", context, status=status)
