"""Every address of a project, asked by everybody. An address without a row here fails the first test."""

from uuid import UUID

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from checklists.act import Act
from checklists.evidence_files import looked_at
from checklists.models import Deviation, Evidence, Note, ProcedureRun, Role
from signoffs import gate
from signoffs.models import Decision, Delegation, Invitation, Signature, Waiver
from signoffs.standing import standings
from tests.builders import T_ZERO, ask_one_more, item, printout, sealed_record, settle

pytestmark = pytest.mark.any_database

READERS = {"manager", "technician", "approver", "auditor"}
WORKERS = {"manager", "technician"}
NOTERS = {"manager", "technician", "approver"}
MANAGERS = {"manager"}
# Here the approver is whose delegation and condition it is.
SIGNERS = {"manager", "approver"}
EVERYBODY = (*sorted(READERS), "outsider")

# Contacts, escalation levels, procedures and steps are changed at addresses of one form.
LISTED = ("contact", "level", "procedure", "step")

# name: (method, who gets through). Others get 403 as members, 404 as outsiders.
ADDRESSES = {
    "project": ("get", READERS),
    "item": ("get", READERS),
    "contacts": ("get", READERS),
    "procedures": ("get", READERS),
    "members": ("get", READERS),
    "journal": ("get", READERS),
    "journal_file": ("get", READERS),
    "plan_markdown": ("get", READERS),
    "plan_csv": ("get", READERS),
    "plan_xlsx": ("get", READERS),
    "project_events": ("get", READERS),
    "project_changes": ("get", READERS),
    "slots": ("get", READERS),
    "slot": ("get", READERS),
    "slot_challenge": ("get", NOTERS),
    "project_template": ("get", READERS),
    "project_clone": ("get", MANAGERS),
    "readiness": ("get", READERS),
    "meeting": ("get", READERS),
    "meeting_chair": ("post", MANAGERS),
    "go_live": ("get", MANAGERS),
    "report": ("get", READERS),
    "printouts": ("post", READERS),
    "printout_state": ("get", READERS),
    "printout_pdf": ("get", READERS),
    "record_state": ("get", READERS),
    "record_pdf": ("get", READERS),
    "redaction": ("get", MANAGERS),
    "keeping": ("get", READERS),
    "keeping_years": ("post", MANAGERS),
    "keeping_hold": ("post", MANAGERS),
    "keeping_archive": ("post", MANAGERS),
    "several": ("get", WORKERS),
    "item_claim": ("post", WORKERS),
    "item_release": ("post", WORKERS),
    "item_completion": ("post", WORKERS),
    "item_reopening": ("post", WORKERS),
    "item_handover": ("post", WORKERS),
    "item_undoing": ("post", WORKERS),
    "item_block": ("post", WORKERS),
    "item_failure": ("post", WORKERS),
    "item_resumption": ("post", WORKERS),
    "item_exemption": ("post", WORKERS),
    "item_edit": ("get", MANAGERS),
    "item_split": ("get", MANAGERS),
    "item_retirement": ("get", MANAGERS),
    "item_move": ("post", MANAGERS),
    "item_restoration": ("post", MANAGERS),
    "plan_edit": ("get", MANAGERS),
    "plan_baseline": ("get", MANAGERS),
    "plan_item_new": ("get", MANAGERS),
    "phase_new": ("get", MANAGERS),
    **{
        f"{what}_{act}": ("get", MANAGERS)
        for what in ("phase", "section")
        for act in ("edit", "retirement", "section_new")
    },
    **{f"{what}_{act}": ("post", MANAGERS) for what in ("phase", "section") for act in ("move", "restoration")},
    "plan_lists": ("get", MANAGERS),
    **{f"{what}_{act}": ("get", MANAGERS) for what in LISTED for act in ("new", "edit")},
    **{f"{what}_{act}": ("post", MANAGERS) for what in LISTED for act in ("move", "retirement", "restoration")},
    "field_new": ("get", MANAGERS),
    "field_edit": ("get", MANAGERS),
    "field_retirement": ("post", MANAGERS),
    "field_restoration": ("post", MANAGERS),
    "values": ("post", WORKERS),
    "place": ("get", READERS),
    "place_notes": ("post", NOTERS),
    "place_evidence": ("post", NOTERS),
    "note_withdrawal": ("post", NOTERS),
    "evidence_file": ("get", READERS),
    "evidence_withdrawal": ("post", MANAGERS),
    "deviations": ("get", READERS),
    "deviation_new": ("get", NOTERS),
    "deviation": ("get", READERS),
    "deviations_csv": ("get", READERS),
    "procedure_runs": ("post", WORKERS),
    "procedure_run": ("get", READERS),
    "procedure_run_step": ("post", WORKERS),
    "procedure_run_end": ("post", WORKERS),
    "item_notes": ("post", NOTERS),
    "member_removal": ("post", MANAGERS),
    "slot_new": ("get", MANAGERS),
    "slot_edit": ("get", MANAGERS),
    "slot_retirement": ("post", MANAGERS),
    "slot_override": ("post", MANAGERS),
    "slot_requests": ("post", MANAGERS),
    "requests": ("post", MANAGERS),
    "invitations": ("post", MANAGERS),
    "invitation_resending": ("post", MANAGERS),
    "invitation_revocation": ("post", MANAGERS),
    "completion": ("post", MANAGERS),
    "scope_reopening": ("get", MANAGERS),
    "delegations": ("get", READERS),
    "delegation_end": ("post", SIGNERS),
    "condition_meeting": ("post", SIGNERS),
    "signature_withdrawal": ("post", NOTERS),
    "item_waiver": ("post", MANAGERS),
    "item_waiver_end": ("post", MANAGERS),
    "phase_order": ("post", MANAGERS),
    "phase_opening": ("post", MANAGERS),
}
# The same addresses with the method that changes something.
CHANGES = {
    "members": MANAGERS,
    "go_live": MANAGERS,
    "slot": NOTERS,
    "place_notes": NOTERS,
    "deviation_new": NOTERS,
    "deviation": NOTERS,
    "slot_new": MANAGERS,
    "slot_edit": MANAGERS,
    "scope_reopening": MANAGERS,
    "delegations": NOTERS,
    "project_clone": MANAGERS,
    "item_edit": MANAGERS,
    "item_split": MANAGERS,
    "plan_item_new": MANAGERS,
    "phase_new": MANAGERS,
    "phase_section_new": MANAGERS,
    "section_edit": MANAGERS,
    "field_new": MANAGERS,
    "field_edit": MANAGERS,
    **{f"{what}_new": MANAGERS for what in LISTED},
    **{f"{what}_edit": MANAGERS for what in LISTED},
}


def at_t_zero(user) -> Act:
    return Act(by=user, at=T_ZERO)


def a_signature(project) -> Signature:
    """Somebody's signature with a condition, on a phase of which nothing is left to do."""
    settle(project, at_t_zero(project.created_by))
    ask_one_more(project)
    signer = project.memberships.get(role=Role.APPROVER).user
    standing = standings(project)[0]
    demand = gate.Demand("Lamp oil bought", project.created_by, T_ZERO.date())
    return gate.sign(
        standing.slot, at_t_zero(signer), Decision.CONDITIONS, standing.digest, "Oil is low", conditions=[demand]
    )


def a_delegation(project) -> Delegation:
    """Of the approver to a technician."""
    approver, delegate = (
        project.memberships.filter(role=role).first().user for role in (Role.APPROVER, Role.TECHNICIAN)
    )
    day = T_ZERO.date()
    return Delegation.objects.make(project, at_t_zero(approver), delegate, day, day, "At sea")


def a_waived_item(project) -> int:
    waived = item(project, "Lamps answer")
    Waiver.objects.give(waived, at_t_zero(project.created_by), "Seen from the pier")
    return waived.number


def an_invitation(project) -> UUID:
    slot = ask_one_more(project, filler="external")
    return Invitation.objects.invite(slot, at_t_zero(project.created_by), "nia@customer.example", "Nia").uuid


def some_evidence(project) -> UUID:
    found = looked_at("lamps.txt", b"Both lit")
    return Evidence.objects.add(project, at_t_zero(project.created_by), found).uuid


# What an address of these names needs to be there first.
WORDS = {
    "signature_withdrawal": lambda project: a_signature(project).uuid,
    "condition_meeting": lambda project: a_signature(project).conditions.get().pk,
    "delegation_end": lambda project: a_delegation(project).pk,
    "item_waiver_end": a_waived_item,
    "invitation_resending": an_invitation,
    "invitation_revocation": an_invitation,
    "note_withdrawal": lambda project: Note.objects.write(project, at_t_zero(project.created_by), "Fog").pk,
    "evidence_file": some_evidence,
    "evidence_withdrawal": some_evidence,
    "deviation": lambda project: (
        Deviation.objects.raise_(project, at_t_zero(project.created_by), {"title": "Fog"}).number
    ),
}


def names_below(resolver: URLResolver, prefix: str = "") -> set[str]:
    found = set()
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found |= names_below(entry, route)
        elif isinstance(entry, URLPattern) and "<slug:slug>" in route:
            found.add(entry.name)
    return found


def address(name, project):
    numbered = {
        "slot": [1],
        "slot_challenge": [1],
        "journal_file": ["csv"],
        "record_state": [1],
        "record_pdf": [1],
        "place": ["plan-0"],
        "place_notes": ["plan-0"],
        "place_evidence": ["plan-0"],
        "slot_edit": [1],
        "invitations": [1],
        "slot_retirement": [1],
        "slot_override": [1],
        "slot_requests": [1],
        "scope_reopening": ["plan-0"],
        "member_removal": [project.memberships.last().pk],
    }
    if name == "redaction":
        item(project, "Lamps answer").note(Act(by=project.created_by, at=T_ZERO), "They blink")
        numbered[name] = [project.journal.last().seq]
    if name.startswith("record_"):
        sealed_record(project)
    if name.startswith(("phase_", "section_", "field_")) and name not in ("phase_new", "phase_order", "field_new"):
        owner = {"phase": project.phases, "section": project.phases.first().sections, "field": project.fields}
        return reverse(name, args=[project.slug, owner[name.split("_")[0]].last().pk])
    if name in WORDS:
        return reverse(name, args=[project.slug, WORDS[name](project)])
    if name.startswith("procedure_run"):
        run = ProcedureRun.objects.start(project.procedures.get(), Act(by=project.created_by, at=T_ZERO), "Dark")
        of_run = {"procedure_runs": [run.procedure.pk], "procedure_run_step": [run.number, 1]}
        return reverse(name, args=[project.slug, *of_run.get(name, [run.number])])
    what, _, act = name.partition("_")
    if act and what in LISTED:
        level = project.escalation_levels.get_or_create(title="Level 1", defaults={"position": 0})[0]
        procedure = project.procedures.get()
        rows = {
            "contact": project.contacts.get(),
            "level": level,
            "procedure": procedure,
            "step": procedure.steps.last(),
        }
        new = [procedure.pk] if what == "step" else []
        return reverse(name, args=[project.slug, *(new if act == "new" else [rows[what].pk])])
    if name.startswith("printout_"):
        numbered[name] = [printout(project).pk]
    extra = [item(project, "Lamps answer").number] if name.startswith("item") else numbered.get(name, [])
    return reverse(name, args=[project.slug, *extra])


def test_no_address_of_a_project_is_forgotten():
    assert names_below(get_resolver()) == set(ADDRESSES)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
@pytest.mark.parametrize("who", EVERYBODY)
def test_address(request, project, outsider, signed_in, name, who):
    method, allowed = ADDRESSES[name]
    response = getattr(signed_in(request.getfixturevalue(who)), method)(address(name, project))
    if who in allowed:
        assert response.status_code in (200, 302, 409, 422)
    else:
        assert response.status_code == (404 if who == "outsider" else 403)


@pytest.mark.parametrize("name", sorted(CHANGES))
@pytest.mark.parametrize("who", EVERYBODY)
def test_change(request, project, outsider, signed_in, name, who):
    response = signed_in(request.getfixturevalue(who)).post(address(name, project), {})
    if who in CHANGES[name]:
        assert response.status_code == 422
    else:
        assert response.status_code == (404 if who == "outsider" else 403)


@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_nobody_gets_in_without_signing_in(client, project, name):
    method, _ = ADDRESSES[name]
    response = getattr(client, method)(address(name, project))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", [name for name, (method, _) in ADDRESSES.items() if method == "post"])
def test_looking_changes_nothing(project, manager, signed_in, name):
    where, before = address(name, project), project.journal.count()
    assert signed_in(manager).get(where).status_code == 405
    assert project.journal.count() == before


def test_a_manager_sees_only_their_own_projects(project, outsider, signed_in):
    assert "Harbour Lights" not in signed_in(outsider).get(reverse("projects")).text
