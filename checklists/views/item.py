"""One item: its panel, and the acts on it. Each act answers with the item's row, opened in place."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from checklists.access import Need, project_for
from checklists.act import Repeated, Request, TransitionRefused, act_of
from checklists.evidence_files import accepted
from checklists.forms import HandoverForm, NoteForm, ReadingForm, ReasonForm, workers_of
from checklists.models import Field, Item, JournalEntry, Project
from checklists.models.item import UNDOES
from checklists.readiness import Tally, waits_of
from checklists.sheet import rows_of, with_row_facts
from checklists.timetable import Timetable


@require_safe
def item(request: Request, slug: str, number: int) -> HttpResponse:
    """The item opened: a page of its own, or for htmx the row with its panel (`?folded` gives the row alone)."""
    project = project_for(request, slug)
    return item_response(request, project, number)


def item_response(
    request: Request,
    project: Project,
    number: int,
    *,
    status: int = 200,
    refusal: str = "",
    forms: dict | None = None,
) -> HttpResponse:
    """The item as it is now, with what went wrong, if something did, and what was typed kept."""
    if gone := retired_item(project, number):
        return retired_response(request, project, gone, status=status, refusal=refusal)
    seq = JournalEntry.objects.head(project)
    viewer_id, timetable = request.user.pk, Timetable.load(project, timezone.now())
    item = get_object_or_404(with_row_facts(project.items.all()), number=number)
    (row,) = rows_of(project.items.filter(pk=item.pk), project, viewer_id, timetable)
    context = {
        "project": project,
        "tab": "plan",
        "seq": seq,
        "item": item,
        "row": row,
        "due": timetable.due_sentence(item),
        "one": [row],
        "opened": "folded" not in request.GET,
        "notes": item.notes.select_related("author").prefetch_related("mentions__person"),
        "evidence": item.evidence_set.select_related("by", "withdrawn_by"),
        "place": f"item-{item.pk}",
        "evidence_accept": accepted(),
        "fields": item.fields.prefetch_related("readings__by"),
        "history": item.history.select_related("amendment").order_by("-seq")[:20],
        "workers": workers_of(project).exclude(user=item.owner_id) if project.rights.work else [],
        "undoable": may_undo(request, project, item),
        "parts": rows_of(item.children.all(), project, viewer_id, timetable),
        "may_act": project.rights.work and (item.owner_id in (None, viewer_id) or project.rights.manage),
        "refusal": refusal,
        "reason_errors": {},
        **(forms or {}),
    }
    if request.htmx:
        context["with_progress"] = request.method == "POST"
        if request.method == "POST":
            add_progress(context, project, item, viewer_id, timetable)
        return render(request, "checklists/_item_answer.html", context, status=status)
    return render(request, "checklists/item.html", context, status=status)


def retired_item(project: Project, number: int) -> Item | None:
    """The item with this number, where it is out of the plan."""
    gone = Item.with_retired.filter(project=project, number=number).exclude(retired_at=None)
    return gone.select_related("project", "retired_by", "owner", "settled_by").first()


def retired_response(request: Request, project: Project, item: Item, *, status: int, refusal: str) -> HttpResponse:
    """An item that is out of the plan: who took it out and why, and all that happened to it."""
    context = {
        "project": project,
        "tab": "plan",
        "item": item,
        "refusal": refusal,
        "notes": item.notes.select_related("author"),
        "fields": Field.with_retired.filter(item=item).prefetch_related("readings__by"),
        "history": item.history.select_related("amendment").order_by("-seq"),
    }
    template = "checklists/_item_retired.html" if request.htmx else "checklists/item_retired.html"
    return render(request, template, context, status=status)


def fetch_item(project: Project, number: int) -> Item:
    """The item to act on; one that is out of the plan too, so that its verb can say so."""
    return get_object_or_404(Item.with_retired.select_related("project"), project=project, number=number)


def may_undo(request: Request, project: Project, item: Item) -> bool:
    last = item.history.order_by("-seq").first()
    return project.rights.work and last is not None and last.actor_id == request.user.pk and last.action in UNDOES


def add_progress(context: dict, project: Project, item: Item, viewer_id: int, timetable: Timetable) -> None:
    """What else on the plan page follows an act: the numbers, and the rows above the item."""
    states = timetable.items.values()
    context["tally"], context["late"] = Tally.of(states), len(timetable.late)
    waits = waits_of(timetable, project)
    context["gates"] = {pk: waits.get(pk, "") for pk in timetable.phases} if project.sequential else {}
    context["phase_tally"] = Tally.of(each for each in states if each.phase_id == item.phase_id)
    context["section_tally"] = Tally.of(
        each for each in states if (each.phase_id, each.section_id) == (item.phase_id, item.section_id)
    )
    in_hand = rows_of(project.items.filter(owner=viewer_id)[:1], project, viewer_id, timetable)
    context["in_hand"] = in_hand[0] if in_hand else None
    above, group = [], item.parent
    while group is not None:
        above.append(group.pk)
        group = group.parent
    context["rows_above"] = rows_of(project.items.filter(pk__in=above), project, viewer_id, timetable)


def done(request: Request, project: Project, item: Item) -> HttpResponse:
    if request.htmx:
        return item_response(request, project, item.number)
    messages.success(request, _("Saved: %(title)s") % {"title": f"#{item.number} {item.text}"})
    return redirect(f"{project.get_absolute_url()}#item-{item.number}")


def act(verb: Callable[..., None], *, manager_helps: bool = False, ask: str = "") -> Callable[..., HttpResponse]:
    """The view that does one verb of an item, and answers a refusal with 409 and the item as somebody else left it.

    `manager_helps`: a manager may do it to what others hold. `ask`: the verb wants a reason, by the form of this name;
    without one nothing happens and the form says so.
    """

    @require_POST
    def view(request: Request, slug: str, number: int) -> HttpResponse:
        project = project_for(request, slug, need=Need.WORK)
        item = fetch_item(project, number)
        given: dict[str, object] = {"for_others": project.rights.manage} if manager_helps else {}
        if ask:
            form = ReasonForm(request.POST)
            if not form.is_valid():
                problem = {
                    "reason_errors": {ask: form.errors["reason"][0]},
                    "reason_typed": request.POST.get("reason", ""),
                }
                return item_response(request, project, number, status=422, forms=problem)
            given["reason"] = form.cleaned_data["reason"]
        try:
            verb(item, act_of(request), **given)
        except Repeated:
            pass
        except TransitionRefused as refusal:
            kept: dict[str, object] = (
                {"reason_errors": {ask: _("Not saved. What you wrote is kept here.")}} if ask else {}
            )
            kept |= {"reason_typed": given.get("reason", "")}
            return item_response(request, project, number, status=409, refusal=str(refusal), forms=kept)
        return done(request, project, item)

    return view


item_claim = act(Item.claim)
item_release = act(Item.release, manager_helps=True)
item_completion = act(Item.complete, manager_helps=True)
item_resumption = act(Item.resume)
item_undoing = act(Item.undo)
item_failure = act(Item.fail, manager_helps=True, ask="failure")
item_block = act(Item.block, manager_helps=True, ask="block")
item_exemption = act(Item.set_aside, manager_helps=True, ask="exemption")
item_reopening = act(Item.reopen, ask="reopening")


@require_POST
def item_handover(request: Request, slug: str, number: int) -> HttpResponse:
    """Give the item to somebody else who works here."""
    project = project_for(request, slug, need=Need.WORK)
    item = fetch_item(project, number)
    form = HandoverForm(project, request.POST)
    if not form.is_valid():
        problem = {"handover_error": form.errors["to"][0]}
        return item_response(request, project, number, status=422, forms=problem)
    try:
        item.hand_over(act_of(request), form.cleaned_data["to"].user, for_others=project.rights.manage)
    except Repeated:
        pass
    except TransitionRefused as refusal:
        return item_response(request, project, number, status=409, refusal=str(refusal))
    return done(request, project, item)


@require_POST
def item_notes(request: Request, slug: str, number: int) -> HttpResponse:
    project = project_for(request, slug, need=Need.NOTE)
    item = fetch_item(project, number)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return item_response(request, project, number, status=422, forms={"note_error": form.errors["text"][0]})
    try:
        item.note(act_of(request), form.cleaned_data["text"])
    except Repeated:
        pass
    except TransitionRefused as refusal:
        return item_response(
            request,
            project,
            number,
            status=409,
            refusal=str(refusal),
            forms={"reason_typed": form.cleaned_data["text"]},
        )
    return done(request, project, item)


@require_POST
def field_readings(request: Request, slug: str, pk: int) -> HttpResponse:
    """A value for a field: of an item, or of a section."""
    project = project_for(request, slug, need=Need.WORK)
    fields = Field.with_retired.select_related("project", "item")
    field = get_object_or_404(fields, pk=pk, project=project)
    form = ReadingForm(field, request.POST)
    status, problem = 200, ""
    if form.is_valid():
        try:
            field.read(act_of(request), form.cleaned_data["value"])
        except Repeated:
            pass
        except TransitionRefused as refusal:
            status, problem = 409, str(refusal)
    else:
        status, problem = 422, str(form.errors["value"][0])
    if problem:
        told = {"field_error": {"pk": pk, "text": problem, "typed": request.POST.get("value", "")}}
        if field.item:
            return item_response(request, project, field.item.number, status=status, forms=told)
        return render(request, "checklists/field.html", {"project": project, "field": field, **told}, status=status)
    if field.item:
        return done(request, project, field.item)
    messages.success(request, _("Saved: %(title)s") % {"title": field.label})
    return redirect(f"{project.get_absolute_url()}#field-{field.pk}")
