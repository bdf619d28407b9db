"""Cloning: the whole plan, nothing of the run, another T-0."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import DateTimeField
from django.urls import reverse

from checklists.cloning import COPIED, OWN, PATHS, PLAN, RUN, clone_project
from checklists.importing.plan import Launch
from checklists.models import (
    Amendment,
    Closure,
    Deviation,
    Evidence,
    Item,
    JournalEntry,
    Keeping,
    Mail,
    Membership,
    Note,
    Phase,
    ProcedureRun,
    Project,
    Reading,
    RequestKey,
    Role,
    Section,
    Step,
)
from golive_site.accounts.models import User
from tests.builders import T_ZERO, item, settle
from tests.builders import project as make
from tests.conftest import NOON

DEMO = Path(settings.BASE_DIR) / "checklists" / "demo" / "launch.md"
LATER = Launch("Harbour Lights II", "Other Harbour", "Lamps", T_ZERO + timedelta(days=30), "Europe/Lisbon")
FORM = {
    "name": "Harbour Lights II",
    "customer": "Other Harbour",
    "system": "Lamps",
    "go_live": "2027-03-09T08:00",
    "zone": "Europe/Lisbon",
}
# What hangs on a project and is of the run: left behind.
LEFT = (
    *(Closure, Keeping, Membership, JournalEntry, Amendment, Mail, Note, ProcedureRun, Reading, RequestKey),
    *(Deviation, Evidence),
)
KEYS = ("id", "project", "phase", "section", "parent", "item", "procedure", "subject", "slot")


def written(rows, *, without=()):
    """The rows' own columns, and for each that points to another row of the plan, the position of that row."""
    found = []
    for row in rows:
        columns = {
            c.name: getattr(row, c.attname) for c in row._meta.concrete_fields if c.name not in (*KEYS, *without)
        }
        for name in ("phase", "section", "parent", "item", "procedure"):
            other = getattr(row, name, None) if any(c.name == name for c in row._meta.concrete_fields) else None
            columns[name] = getattr(other, "number", None) or getattr(other, "position", None)
        found.append(columns)
    return found


def plan_of(project):
    return {
        "phases": written(project.phases.all(), without=RUN[Phase]),
        "sections": written(Section.objects.filter(phase__project=project).order_by("phase__position", "position")),
        "items": written(project.items.all(), without=RUN[Item]),
        "fields": written(project.fields.all()),
        "contacts": written(project.contacts.all()),
        "levels": written(project.escalation_levels.all()),
        "procedures": written(project.procedures.all()),
        "steps": written(Step.objects.filter(procedure__project=project).order_by("procedure__position", "position")),
        "slots": written(project.slots.all()),
    }


@pytest.fixture
def demo(manager):
    return make(manager, T_ZERO, DEMO.read_text(), "Fairlead")


def test_a_clone_has_the_whole_plan(demo, manager, act):
    clone = clone_project(demo, LATER, act(manager))
    assert all(plan_of(demo).values())
    assert plan_of(clone) == plan_of(demo)
    own = {column.name for column in Project._meta.concrete_fields} - {"id", *OWN}
    assert all(getattr(clone, name) == getattr(demo, name) for name in own)
    assert clone.cloned_from == demo


def test_a_clone_has_its_own_go_live(demo, manager, act):
    clone = clone_project(demo, LATER, act(manager))
    clone.refresh_from_db()
    assert (clone.name, clone.customer, clone.zone) == ("Harbour Lights II", "Other Harbour", "Europe/Lisbon")
    assert clone.go_live_at == T_ZERO + timedelta(days=30)
    assert clone.slug != demo.slug


def test_nothing_of_the_run_comes_along(project, manager, technician, act):
    item(project, "Certificates").note(act(technician), "Seen")
    project.fields.get().read(act(technician), "12")
    settle(project, act(technician))
    item(project, "Lamps answer").reopen(act(manager), "Dark again")
    item(project, "Lamps answer").block(act(technician), "No power")
    clone = clone_project(project, LATER, act(manager))
    fresh = make(manager, NOON)
    assert written(clone.items.all()) == written(fresh.items.all())
    assert not Note.objects.filter(item__project=clone).exists()
    assert not Reading.objects.filter(field__project=clone).exists()
    assert project.items.settled().exists()


def test_no_row_of_the_clone_belongs_to_the_original(demo, manager, act):
    """Whatever points to a row of a plan points to one of its own plan, also by columns that are yet to come."""
    clone = clone_project(demo, LATER, act(manager))
    for model in COPIED:
        assert model._meta.local_many_to_many == [], "cloning.py copies columns only"
        pointing = [column for column in model._meta.concrete_fields if column.related_model in PLAN]
        rows = model.objects.filter(**{PATHS.get(model, "project"): clone})
        assert rows.exists()
        for column in pointing:
            for other in {getattr(row, column.name) for row in rows} - {None}:
                assert clone in (
                    other,
                    getattr(other, "project", None),
                    getattr(getattr(other, "phase", None), "project", None),
                )


def test_people_come_along_only_if_asked_and_are_journalled(project, manager, act):
    alone = clone_project(project, LATER, act(manager))
    assert list(alone.memberships.values_list("user", "role")) == [(manager.pk, Role.MANAGER)]
    project.memberships.exclude(user=manager).update(teams=["Network", "Pier"])
    together = clone_project(project, LATER, act(manager), with_people=True)
    roles = set(project.memberships.values_list("user", "role"))
    assert set(together.memberships.values_list("user", "role")) == roles
    assert all(each.teams == ["Network", "Pier"] for each in together.memberships.exclude(user=manager))
    assert [entry.action for entry in together.journal.all()] == ["project.created", *["member.added"] * 4]


def test_what_is_asked_of_signers_comes_along(project, manager, technician, approver, act):
    """Stage, quorum and whether it is required always; who is named with the people, else as many of any of them."""
    first, second = project.slots.all()
    first.amend(act(manager), {"filler": "people", "needed": 0, "stage": 2}, [technician, approver])
    second.amend(act(manager), {"needed": 2, "role": "approver", "required": False})
    told = ("stage", "filler", "role", "needed", "required")
    together = clone_project(project, LATER, act(manager), with_people=True)
    assert list(together.slots.values_list(*told)) == list(project.slots.values_list(*told))
    assert set(together.slots.first().named.values_list("user", flat=True)) == {technician.pk, approver.pk}
    alone = clone_project(project, LATER, act(manager))
    assert list(alone.slots.values_list(*told)) == [(2, "role", "", 2, True), (2, "role", "approver", 2, False)]


def test_the_journal_of_the_clone_begins_with_its_origin(project, manager, act):
    before = project.journal.count()
    clone = clone_project(project, LATER, act(manager))
    entry = clone.journal.get()
    assert entry.facts == {
        "source": "plan.md",
        "sha256": project.source_sha256,
        "clone": f"clone of {project.slug}",
    }
    assert JournalEntry.objects.first_broken(clone) is None
    assert project.journal.count() == before


def test_whoever_clones_manages_whatever_they_were(project, act, technician, manager):
    """The verb leaves who may clone to the page; a second manager stays one."""
    clone = clone_project(project, LATER, act(technician), with_people=True)
    assert clone.memberships.get(user=technician).role == Role.MANAGER
    assert clone.memberships.get(user=manager).role == Role.MANAGER


def test_every_model_of_the_plan_is_either_copied_or_left():
    """A new model that hangs on a project has to be thought of: copy it in cloning.py, or say here that it is of the run."""
    hanging = {
        model
        for model in apps.get_app_config("checklists").get_models()
        if model is not Project
        and {"project", "phase", "item", "procedure", "field"} & {f.name for f in model._meta.fields}
    }
    assert hanging == {*COPIED, *LEFT}


@pytest.mark.parametrize("model", COPIED, ids=lambda model: model.__name__)
def test_who_and_when_are_of_the_run(model):
    """A column that points to a person or holds a moment tells of work: cloning.py has to begin it anew."""
    telling = {
        column.name
        for column in model._meta.concrete_fields
        if column.related_model is User or isinstance(column, DateTimeField)
    }
    assert telling <= set(RUN.get(model, ()))


def test_the_number_of_queries_does_not_grow_with_the_items(manager, act, django_assert_max_num_queries):
    many = "# Many\n\n## Phase 1: a\n\n### s\n\n" + "".join(
        f"- [ ] **g{n}**\n  - [ ] i{n}: ____ ms\n" for n in range(300)
    )
    project = make(manager, T_ZERO, many)
    with django_assert_max_num_queries(60):
        clone = clone_project(project, LATER, act(manager))
    assert clone.items.count() == 600


# -- The page --------------------------------------------------------------------------------------------------------


def address(project):
    return reverse("project_clone", args=[project.slug])


def test_the_page_clones(project, manager, signed_in):
    browser = signed_in(manager)
    page = browser.get(address(project)).text
    assert "stays as it is" in page
    assert 'value="Harbour Lights (copy)"' in page
    response = browser.post(address(project), FORM | {"with_people": "on"})
    clone = project.clones.get()
    assert response.url == clone.get_absolute_url()
    assert clone.go_live_at == datetime(2027, 3, 9, 8, 0, tzinfo=UTC)
    assert clone.memberships.count() == 5
    assert browser.get(response.url).status_code == 200


@pytest.mark.parametrize(
    ("change", "words"),
    [({"go_live": ""}, "required"), ({"zone": "Mars"}, "is not a time zone"), ({"name": ""}, "required")],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(project, manager, signed_in, change, words):
    response = signed_in(manager).post(address(project), FORM | change)
    assert response.status_code == 422
    assert words in response.text
    assert 'value="Other Harbour"' in response.text
    assert Project.objects.count() == 1


def test_only_managers_clone(project, technician, auditor, outsider, signed_in):
    for user, status in ((technician, 403), (auditor, 403), (outsider, 404)):
        assert signed_in(user).post(address(project), FORM).status_code == status
    assert Project.objects.count() == 1


def test_a_clone_tells_its_original_to_those_who_may_see_it(project, manager, technician, act, signed_in):
    clone = clone_project(project, LATER, act(manager), with_people=True)
    page = reverse("project_template", args=[clone.slug])
    assert project.get_absolute_url() in signed_in(technician).get(page).text
    project.memberships.get(user=technician).remove(act(manager))
    assert f'"{project.get_absolute_url()}"' not in signed_in(technician).get(page).text
