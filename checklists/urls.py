"""The plan and the run. Things that need their own author and moment are resources: POST .../completion/."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from checklists.views import (
    clone,
    deviation,
    draft,
    export,
    intake,
    item,
    journal,
    live,
    people,
    phase,
    place,
    plan,
    plan_blank,
    plan_division,
    plan_item,
    plan_list,
    procedure,
    project,
    several,
    template,
    value,
    work,
)

item_urls: list[URLPattern | URLResolver] = [
    path("", item.item, name="item"),
    path("claim/", item.item_claim, name="item_claim"),
    path("release/", item.item_release, name="item_release"),
    path("completion/", item.item_completion, name="item_completion"),
    path("reopening/", item.item_reopening, name="item_reopening"),
    path("handover/", item.item_handover, name="item_handover"),
    path("undoing/", item.item_undoing, name="item_undoing"),
    path("block/", item.item_block, name="item_block"),
    path("failure/", item.item_failure, name="item_failure"),
    path("resumption/", item.item_resumption, name="item_resumption"),
    path("exemption/", item.item_exemption, name="item_exemption"),
    path("notes/", item.item_notes, name="item_notes"),
    path("edit/", plan_item.item_edit, name="item_edit"),
    path("move/", plan_item.item_move, name="item_move"),
    path("split/", plan_item.item_split, name="item_split"),
    path("retirement/", plan_item.item_retirement, name="item_retirement"),
    path("restoration/", plan_item.item_restoration, name="item_restoration"),
]


def division_urls(what: str) -> list[URLPattern | URLResolver]:
    """The addresses at which a phase or a section is changed."""
    views = {
        "sections/new/": ("section_new", plan_division.division_new),
        "edit/": ("edit", plan_division.division_edit),
        "move/": ("move", plan_division.division_move),
        "retirement/": ("retirement", plan_division.division_retirement),
        "restoration/": ("restoration", plan_division.division_restoration),
    }
    return [path(route, view, {"what": what}, name=f"{what}_{name}") for route, (name, view) in views.items()]


def list_urls(what: str) -> list[URLPattern | URLResolver]:
    """The addresses at which a contact, an escalation level, a procedure or a step is changed."""
    views = {
        "edit": plan_list.row_edit,
        "move": plan_list.row_move,
        "retirement": plan_list.row_retirement,
        "restoration": plan_list.row_restoration,
    }
    return [path(f"{name}/", view, {"what": what}, name=f"{what}_{name}") for name, view in views.items()]


project_urls: list[URLPattern | URLResolver] = [
    path("", project.project, name="project"),
    path("items/<int:number>/", include(item_urls)),
    path("edit/", plan.plan_edit, name="plan_edit"),
    path("edit/baseline/", plan.plan_baseline, name="plan_baseline"),
    path("edit/items/new/", plan.plan_item_new, name="plan_item_new"),
    path("edit/phases/new/", plan_division.phase_new, name="phase_new"),
    path("phases/<int:pk>/", include(division_urls("phase"))),
    path("sections/<int:pk>/", include(division_urls("section"))),
    path("edit/fields/new/", plan_blank.field_new, name="field_new"),
    path("edit/lists/", plan_list.plan_lists, name="plan_lists"),
    path("contacts/new/", plan_list.row_new, {"what": "contact"}, name="contact_new"),
    path("contacts/<int:pk>/", include(list_urls("contact"))),
    path("escalation/new/", plan_list.row_new, {"what": "level"}, name="level_new"),
    path("escalation/<int:pk>/", include(list_urls("level"))),
    path("procedures/new/", plan_list.row_new, {"what": "procedure"}, name="procedure_new"),
    path("procedures/<int:pk>/", include(list_urls("procedure"))),
    path("procedures/<int:pk>/steps/new/", plan_list.row_new, {"what": "step"}, name="step_new"),
    path("steps/<int:pk>/", include(list_urls("step"))),
    path("fields/<int:pk>/edit/", plan_blank.field_edit, name="field_edit"),
    path("fields/<int:pk>/retirement/", plan_blank.field_retirement, name="field_retirement"),
    path("fields/<int:pk>/restoration/", plan_blank.field_restoration, name="field_restoration"),
    path("several/", several.several, name="several"),
    path("values/", value.values, name="values"),
    path("contacts/", people.contacts, name="contacts"),
    path("places/<slug:place>/", place.place, name="place"),
    path("places/<slug:place>/notes/", place.place_notes, name="place_notes"),
    path("places/<slug:place>/evidence/", place.place_evidence, name="place_evidence"),
    path("notes/<int:pk>/withdrawal/", place.note_withdrawal, name="note_withdrawal"),
    path("evidence/<uuid:uuid>/", place.evidence_file, name="evidence_file"),
    path("evidence/<uuid:uuid>/withdrawal/", place.evidence_withdrawal, name="evidence_withdrawal"),
    path("deviations/", deviation.deviations, name="deviations"),
    path("deviations/new/", deviation.deviation_new, name="deviation_new"),
    path("deviations/<int:number>/", deviation.deviation, name="deviation"),
    path("deviations.csv", deviation.deviations_csv, name="deviations_csv"),
    path("procedures/", procedure.procedures, name="procedures"),
    path("procedures/<int:pk>/runs/", procedure.procedure_runs, name="procedure_runs"),
    path("runs/<int:number>/", procedure.procedure_run, name="procedure_run"),
    path("runs/<int:number>/steps/<int:step>/", procedure.procedure_run_step, name="procedure_run_step"),
    path("runs/<int:number>/end/", procedure.procedure_run_end, name="procedure_run_end"),
    path("people/", people.members, name="members"),
    path("people/<int:pk>/removal/", people.member_removal, name="member_removal"),
    path("journal/", journal.journal, name="journal"),
    re_path(r"^journal\.(?P<form>csv|xlsx|json)$", journal.journal_file, name="journal_file"),
    path("plan.md", export.plan_markdown, name="plan_markdown"),
    path("plan.csv", export.plan_csv, name="plan_csv"),
    path("plan.xlsx", export.plan_xlsx, name="plan_xlsx"),
    path("events/", live.project_events, name="project_events"),
    path("changes/", live.project_changes, name="project_changes"),
    path("template/", template.project_template, name="project_template"),
    path("clone/", clone.project_clone, name="project_clone"),
    path("phase-order/", phase.phase_order, name="phase_order"),
    path("phases/<int:pk>/opening/", phase.phase_opening, name="phase_opening"),
]

draft_urls: list[URLPattern | URLResolver] = [
    path("", draft.draft, name="draft"),
    path("lines/<int:line>/", draft.draft_correction, name="draft_correction"),
    path("acceptance/", draft.draft_acceptance, name="draft_acceptance"),
    path("answers/", draft.draft_answers, name="draft_answers"),
    path("discarding/", draft.draft_discard, name="draft_discard"),
]

template_urls: list[URLPattern | URLResolver] = [
    path("", template.template, name="template"),
    path("versions/new/", template.template_version_new, name="template_version_new"),
    path("versions/<int:number>/", template.template, name="template_version"),
    path("versions/<int:number>/text/", template.template_text, name="template_text"),
    path("versions/<int:number>/project/", template.template_project, name="template_project"),
    path("differences/", template.template_comparison, name="template_comparison"),
    path("differences/<int:before>/<int:after>/", template.template_differences, name="template_differences"),
]

urlpatterns = [
    path("work/", work.work, name="work"),
    path("events/", live.own_events, name="own_events"),
    path("journal/", journal.instance_journal, name="instance_journal"),
    re_path(r"^journal\.(?P<form>csv|xlsx|json)$", journal.instance_journal_file, name="instance_journal_file"),
    path("projects/", project.project_list, name="projects"),
    path("projects/new/", intake.project_new, name="project_new"),
    path("projects/new/<uuid:pk>/", include(draft_urls)),
    path("projects/<slug:slug>/", include(project_urls)),
    path("templates/", template.template_list, name="template_list"),
    path("templates/new/", template.template_new, name="template_new"),
    path("templates/<slug:name>/", include(template_urls)),
]
