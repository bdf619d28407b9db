"""Templates: find one, look at it, give it a version, see what changed, make a project of it. Open to all who sign in."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from checklists import versions
from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.differences import compare
from checklists.entries import Entry, entries_of
from checklists.forms import ZONES, posted
from checklists.importing.decode import Refused
from checklists.kinds import counted
from checklists.models import Project, RequestKey, Template, TemplateVersion
from checklists.saying import in_words
from checklists.template_forms import FromTemplateForm, TemplateForm, VersionForm

# What an outline shows beside a text: short facts, not the commands and details. The text of an item has its blanks.
BESIDE = ("value", "name", "who", "response", "estimated time", "kind")


@require_GET
def template_list(request: Request) -> HttpResponse:
    others = TemplateVersion.objects.filter(template=OuterRef("template"), number__gt=OuterRef("number"))
    newest = TemplateVersion.objects.filter(~Exists(others)).select_related("template").order_by("template__name")
    rows = [{"version": version, "counts": versions.counts_of(version)} for version in newest]
    return render(request, "checklists/template_list.html", {"rows": rows})


def template_new(request: Request) -> HttpResponse:
    """A template from a file or pasted text, in which the placeholders wait."""
    form = TemplateForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data, act = form.cleaned_data, act_of(request)
        with RequestKey.objects.once(act):
            template = versions.add_template(data["title"], data["summary"], data["source"], act.at, act.by)
        messages.success(
            request, _("%(name)s is there for everybody. Look at what it will ask for.") % {"name": template}
        )
        return redirect(template)
    status = 422 if form.is_bound else 200
    return render(request, "checklists/template_new.html", {"form": form}, status=status)


@require_GET
def template(request: Request, name: str, number: int | None = None) -> HttpResponse:
    """One version of a template, the newest unless told otherwise: outline, variables, and all versions."""
    template = get_object_or_404(Template, slug=name)
    version = version_of(template, number)
    outline = versions.outline_of(version)
    context = {
        "template": template,
        "version": version,
        "newest": version_of(template),
        "compared_from": max(version.number - 1, 1),
        "counts": [counted(name, count) for name, count in outline.counts.items() if count],
        "parts": parts_of(entries_of(outline)),
        "variables": versions.variables_in(version),
        "versions": template.versions.defer("source").select_related("created_by"),
    }
    return render(request, "checklists/template.html", context)


@require_GET
def template_text(request: Request, name: str, number: int) -> HttpResponse:
    """The version's own bytes, to edit elsewhere."""
    version = version_of(get_object_or_404(Template, slug=name), number)
    response = HttpResponse(bytes(version.source), content_type="text/markdown")
    response["Content-Disposition"] = f'attachment; filename="{name}-v{number}.md"'
    return response


def template_version_new(request: Request, name: str) -> HttpResponse:
    """The next version; the paste field has the text of the newest, to be edited in place."""
    template = get_object_or_404(Template, slug=name)
    form = VersionForm(posted(request), request.FILES or None, initial={"text": versions.text_of(version_of(template))})
    if request.method == "POST" and form.is_valid():
        data, act = form.cleaned_data, act_of(request)
        try:
            with RequestKey.objects.once(act):
                version = versions.add_version(template, data["source"], act.at, act.by, data["remark"])
        except TransitionRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("Version %(number)s is there. Projects stay on the version they have.") % {"number": version.number},
            )
            return redirect("template_differences", name, version.number - 1, version.number)
    context = {"template": template, "form": form, "newest": version_of(template)}
    return render(request, "checklists/template_version_new.html", context, status=422 if form.is_bound else 200)


@require_GET
def template_comparison(request: Request, name: str) -> HttpResponse:
    """Where the form that chooses two versions leads: to the address of what is between them."""
    chosen = [request.GET.get(side, "") for side in ("before", "after")]
    if not all(number.isdecimal() and len(number) < 10 for number in chosen):
        return redirect("template", name)
    return redirect("template_differences", name, *map(int, chosen))


@require_GET
def template_differences(request: Request, name: str, before: int, after: int) -> HttpResponse:
    """What changed between two versions, item by item; either may be the older one."""
    template = get_object_or_404(Template, slug=name)
    old, new = version_of(template, before), version_of(template, after)
    context = {
        "template": template,
        "before": old,
        "after": new,
        "versions": template.versions.defer("source"),
        "between": template.versions.filter(number__gt=old.number, number__lte=new.number).defer("source"),
        "differences": compare(versions.outline_of(old), versions.outline_of(new)),
    }
    return render(request, "checklists/template_differences.html", context)


def template_project(request: Request, name: str, number: int) -> HttpResponse:
    """Make a project of a version: its variables, the launch and the people in one form."""
    template = get_object_or_404(Template, slug=name)
    version = version_of(template, number)
    initial = {"zone": request.COOKIES.get("zone", "")}
    form = FromTemplateForm(version, request.user.email, posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        people = form.cleaned_data["people"]
        try:
            project = versions.make_project(version, form.values, form.launch(), people, act_of(request))
        except Refused as refusal:
            words = _("With these words the text cannot be read. %(why)s") % {"why": in_words(refusal.sentence)}
            form.add_error(None, words)
        else:
            ready = _("%(name)s is ready.") % {"name": project.name}
            messages.success(request, f"{ready} {people_in_words(len(people))}")
            return redirect(project)
    context = {"template": template, "version": version, "form": form, "zones": ZONES}
    return render(request, "checklists/template_project.html", context, status=422 if form.is_bound else 200)


@require_GET
def project_template(request: Request, slug: str) -> HttpResponse:
    """What a project was made from, and what changed there since."""
    project = project_for(request, slug, need=Need.READ)
    pinned = project.template_version
    original = Project.objects.visible_to(request.user).filter(clones=project).first()
    context = {"project": project, "tab": "template", "pinned": pinned, "original": original}
    if pinned:
        newest = version_of(pinned.template)
        between = pinned.template.versions.filter(number__gt=pinned.number).defer("source")
        context |= {"newest": newest, "between": between}
        if newest.number > pinned.number:
            context["differences"] = compare(
                versions.outline_of(pinned),
                versions.outline_of(newest),
            )
    return render(request, "checklists/template_since.html", context)


def version_of(template: Template, number: int | None = None) -> TemplateVersion:
    """The version of that number, the newest without one."""
    if number is None:
        return template.versions.select_related("template")[0]
    return get_object_or_404(template.versions.select_related("template", "created_by"), number=number)


def people_in_words(count: int) -> str:
    if not count:
        return _("Add the people who will work on it.")
    return ngettext("%(number)s person was added.", "%(number)s people were added.", count) % {"number": count}


def parts_of(entries: list[Entry]) -> list[dict]:
    """The outline for reading: the document's parts, each with its entries and how many items are in it."""
    parts: dict[str, dict] = {}
    for entry in entries:
        facts = dict(entry.facts)
        part = parts.setdefault(entry.path[0], {"title": entry.path[0], "when": "", "rows": [], "items": 0})
        part["items"] += entry.kind in ("item", "criterion")
        if entry.kind == "phase":
            part["when"] = facts.get("when", "")
            continue
        shown = (*BESIDE, "fields") if entry.kind == "section" else BESIDE
        part["rows"].append(
            {
                "kind": entry.kind,
                "text": entry.text,
                "depth": min(entry.depth - 1, 4),
                "beside": ", ".join(facts[name] for name in shown if name in facts),
                "remark": ", ".join(facts[name] for name in ("when", "how often") if name in facts),
            }
        )
    return list(parts.values())
