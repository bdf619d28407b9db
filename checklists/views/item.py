"""One item: its panel, and the acts on it. Each act answers with the item's row, opened in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from checklists.access import Need, project_for
from checklists.act import Repeated, Request, TransitionRefused, act_of
from checklists.evidence_files import accepted
from checklists.forms import HandoverForm, NoteForm, ReasonForm, workers_of
from checklists.models import Field, Item, JournalEntry, Project
from checklists.models.item import UNDOES
from checklists.readiness import Tally, waits_of
from checklists.rows import PEOPLE, Row, answers_for, mark_unasked, rows_of, with_value
from checklists.timetable import Timetable

if TYPE_CHECKING:
    from checklists.rows import FieldWithValue


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
    opened = "folded" not in request.GET
    # An item on a page of its own has nothing of the plan above it or beside it.
    alone = urlsplit(request.htmx.current_url or "").path == reverse("item", args=[project.slug, number])
    acted = bool(request.htmx) and request.method == "POST" and not alone
    item = fetch_item(project, number, *((*PEOPLE, "phase", "section") if opened else ()))
    if item.retired_at:
        return retired_response(request, project, item, status, refusal, written_in(forms or {}))
    # Before the rows: whoever reads them afterwards has all until there in them.
    seq = JournalEntry.objects.head(project)
    timetable = Timetable.load(project, timezone.now())
    around = Around.of(item, request.user.pk, timetable)
    rows = around.rows(project, request.user.pk, timetable, with_progress=acted, with_parts=not request.htmx)
    context = {
        "project": project,
        "tab": "plan",
        "seq": seq,
        "item": item,
        "row": rows[item.pk],
        "one": [rows[item.pk]],
        "opened": opened,
        "with_progress": acted,
        "refusal": refusal,
        "reason_errors": {},
        **(panel_of(request, project, item, timetable) if opened else {}),
        **(progress_of(project, item, around, rows, timetable) if acted else {}),
        **(forms or {}),
    }
    if request.htmx:
        return render(request, "checklists/_item_answer.html", context, status=status)
    context["parts"] = [rows[pk] for pk in around.parts]
    return render(request, "checklists/item.html", context, status=status)


@dataclass(frozen=True)
class Around:
    """Which other rows follow an item, by their keys: those above it, its parts, and the one that the viewer has in hand."""

    item: int
    above: list[int]
    parts: list[int]
    in_hand: int | None

    @classmethod
    def of(cls, item: Item, viewer_id: int, timetable: Timetable) -> Around:
        above, parent = [], item.parent_id
        while parent in timetable.items:
            above.append(parent)
            parent = timetable.items[parent].parent_id
        everything = timetable.items.values()
        return cls(
            item.pk,
            above,
            [each.pk for each in everything if each.parent_id == item.pk],
            next((each.pk for each in everything if each.owner_id == viewer_id), None),
        )

    def rows(
        self, project: Project, viewer_id: int, timetable: Timetable, *, with_progress: bool, with_parts: bool
    ) -> dict[int, Row]:
        """The item's row, and at once those that the answer shows beside it."""
        keys = {self.item, *(self.parts if with_parts else [])}
        if with_progress:
            keys |= {*self.above, *([self.in_hand] if self.in_hand else [])}
        return {row.pk: row for row in rows_of(project.items.filter(pk__in=keys), project, viewer_id, timetable)}


def panel_of(request: Request, project: Project, item: Item, timetable: Timetable) -> dict:
    """What the opened item shows below its row."""
    return {
        "due": timetable.due_sentence(item),
        "notes": item.notes.select_related("author").prefetch_related("mentions__person"),
        "evidence": item.evidence_set.select_related("by", "withdrawn_by"),
        "place": f"item-{item.pk}",
        "evidence_accept": accepted(),
        "fields": fields_of(project, item),
        "history": item.history.select_related("amendment").order_by("-seq")[:20],
        "workers": workers_of(project).exclude(user=item.owner_id) if project.rights.work else [],
        "undoable": may_undo(request, project, item),
        "may_act": project.rights.work and (item.owner_id in (None, request.user.pk) or project.rights.manage),
    }


def fields_of(project: Project, item: Item) -> list[FieldWithValue]:
    """What the item asks for, with all values so far."""
    fields = list(with_value(item.fields.all()).prefetch_related("readings__by"))
    mark_unasked(fields, answers_for(project, fields))
    return fields


def progress_of(project: Project, item: Item, around: Around, rows: dict[int, Row], timetable: Timetable) -> dict:
    """What else on the plan page follows an act: the numbers, and the rows above the item."""
    everything = timetable.items.values()
    in_phase = [each for each in everything if each.phase_id == item.phase_id]
    waits = waits_of(timetable, project)
    return {
        "tally": Tally.of(everything),
        "late": len(timetable.late),
        "gates": {pk: waits.get(pk, "") for pk in timetable.phases} if project.sequential else {},
        "phase_tally": Tally.of(in_phase),
        "section_tally": Tally.of(each for each in in_phase if each.section_id == item.section_id),
        "in_hand": rows.get(around.in_hand) if around.in_hand else None,
        "rows_above": [rows[pk] for pk in around.above],
    }


def written_in(forms: dict) -> str:
    """What somebody wrote into the form that was refused."""
    output = forms.get("evidence_typed", {}).get("output", "")
    values = ", ".join(field.typed for field in forms.get("fields", []) if field.problem)
    return forms.get("note_typed") or forms.get("reason_typed") or output or values


def retired_response(
    request: Request, project: Project, item: Item, status: int, refusal: str, typed: str
) -> HttpResponse:
    """An item that is out of the plan: who took it out and why, and all that happened to it. `typed` is what somebody
    wrote who did not know that yet."""
    context = {
        "project": project,
        "tab": "plan",
        "item": item,
        "refusal": refusal,
        "typed": typed,
        "notes": item.notes.select_related("author"),
        "fields": Field.with_retired.filter(item=item).prefetch_related("readings__by"),
        "history": item.history.select_related("amendment").order_by("-seq"),
    }
    template = "checklists/_item_retired.html" if request.htmx else "checklists/item_retired.html"
    return render(request, template, context, status=status)


def fetch_item(project: Project, number: int, *with_these: str) -> Item:
    """The item to act on, with what it stands beside; one that is out of the plan too, so that its verb can say so."""
    found = Item.with_retired.select_related(*with_these) if with_these else Item.with_retired
    item = get_object_or_404(found, project=project, number=number)
    item.project = project
    return item


def may_undo(request: Request, project: Project, item: Item) -> bool:
    last = item.history.order_by("-seq").first()
    return project.rights.work and last is not None and last.actor_id == request.user.pk and last.action in UNDOES


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
        kept = {"note_error": form.errors["text"][0], "note_typed": request.POST.get("text", "")}
        return item_response(request, project, number, status=422, forms=kept)
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
            forms={
                "note_error": _("Not saved. What you wrote is kept here."),
                "note_typed": form.cleaned_data["text"],
            },
        )
    return done(request, project, item)
