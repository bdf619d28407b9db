"""Contacts, escalation levels, procedures and steps: changed in place, kept when they go."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.exporting.markdown import markdown_of
from checklists.exporting.plan import outline_of
from checklists.models import Action, Contact, EscalationLevel, Procedure, Step
from checklists.planning.baseline import baseline
from checklists.planning.lists import COLUMNS, add_row, amend_row, move_row, restore_row, retire_row
from checklists.planning.seen import seen_of
from tests.checklists.test_exporting import made_of
from tests.conftest import NOON
from tests.signoffs.test_plan_changes import comparable

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def browser(manager, signed_in):
    return signed_in(manager)


def address(name, project, *more):
    return reverse(name, args=[project.slug, *more])


def steps(project):
    return [each.text for each in project.procedures.get().steps.all()]


def test_rows_are_added_changed_and_moved(project, manager, act):
    nia = project.contacts.get()
    added = add_row(Contact(project=project, role="Pilot", name="Ben"), act(manager))
    assert [each.role for each in project.contacts.all()] == ["Harbour master", "Pilot"]
    assert move_row(added, act(manager), "up")
    assert not move_row(added, act(manager), "up")
    assert not move_row(added, act(manager), "deeper")
    assert [each.role for each in project.contacts.all()] == ["Pilot", "Harbour master"]
    began = seen_of(nia, COLUMNS[Contact])
    amend_row(nia, act(manager), {"phone": "112", "emergency": True}, began=began)
    amend_row(nia, act(manager), {"phone": "112"}, began=began)
    with pytest.raises(TransitionRefused, match="It is now: Harbour master · Nia Okafor · 112"):
        amend_row(nia, act(manager), {"phone": "113"}, began=began)
    entry = project.journal.get(action=Action.LISTED_AMENDED)
    assert (entry.subject, entry.facts["columns"]) == ("Harbour master: Nia Okafor", "phone, emergency")
    add_row(EscalationLevel(project=project, title="Level 1"), act(manager))
    assert project.escalation_levels.get().position == 0


def test_what_goes_is_kept_and_comes_back(project, manager, act):
    procedure = project.procedures.get()
    step = procedure.steps.first()
    retire_row(step, act(manager), reason="Nobody is there")
    retire_row(step, act(manager))
    assert steps(project) == ["Restart the old lamps"]
    retire_row(procedure, act(manager))
    assert not project.procedures.exists()
    for verb in (
        lambda: add_row(Step(procedure=procedure, text="x"), act(manager)),
        lambda: amend_row(procedure, act(manager), {"title": "x"}, began=""),
        lambda: move_row(procedure, act(manager), "up"),
        lambda: restore_row(step, act(manager)),
    ):
        with pytest.raises(TransitionRefused, match="Mara Manager took “Rollback Plan” out of the plan"):
            verb()
    restore_row(procedure, act(manager))
    restore_row(step, act(manager))
    assert steps(project) == ["Switch the name back", "Restart the old lamps"]


def test_from_the_baseline_on_they_say_why(project, manager, act):
    baseline(project, act(manager))
    contact = project.contacts.get()
    for change in (
        lambda **why: add_row(Contact(project=project, role="Pilot"), act(manager), **why),
        lambda **why: amend_row(
            contact, act(manager), {"name": "Ben"}, began=seen_of(contact, COLUMNS[Contact]), **why
        ),
        lambda **why: move_row(contact, act(manager), "down", **why),
        lambda **why: retire_row(contact, act(manager), **why),
        lambda **why: restore_row(contact, act(manager), **why),
    ):
        before = project.journal.count()
        with pytest.raises(TransitionRefused, match="say why it changes"):
            change()
        assert project.journal.count() == before
        change(reason="The harbour asked")
        assert project.journal.last().remark == "The harbour asked"


def test_the_page_changes_them(project, browser):
    page = browser.get(address("plan_lists", project)).text
    assert "Harbour master" in page
    assert "Switch the name back" in page
    browser.post(address("contact_new", project), {"role": "Pilot", "name": "Ben", "emergency": "on"})
    browser.post(address("level_new", project), {"title": "Level 1", "who": "Pilot", "details": ["Ring twice", ""]})
    browser.post(address("procedure_new", project), {"title": "Fog", "kind": "incident", "criteria": ["No sight"]})
    fog = Procedure.objects.get(title="Fog")
    browser.post(address("step_new", project, fog.pk), {"text": "Sound the\r\nhorn", "commands": ["horn --loud"]})
    assert Contact.objects.get(role="Pilot").emergency
    assert project.escalation_levels.get().details == ["Ring twice"]
    step = fog.steps.get()
    assert (step.text, step.commands) == ("Sound the horn", ["horn --loud"])
    page = browser.get(address("step_edit", project, step.pk)).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    sent = {"text": "Sound it", "seen": seen, "commands": ["horn"]}
    assert (
        browser.post(address("step_edit", project, step.pk), sent).url
        == address("plan_lists", project) + f"#step-{step.pk}"
    )
    refused = browser.post(address("step_edit", project, step.pk), sent | {"text": "Wave"}, **HTMX)
    assert (refused.status_code, "It is now: Sound it" in refused.text, "Wave</textarea>" in refused.text) == (
        409,
        True,
        True,
    )
    answer = browser.post(address("procedure_move", project, fog.pk), {"to": "up"}, **HTMX)
    told = json.loads(answer["HX-Trigger-After-Settle"])["plan-edited"]
    assert told == {"row": f"procedure-{fog.pk}", "said": "Moved “Fog”."}
    assert browser.post(address("procedure_move", project, fog.pk), {"to": "first-item-1"}).status_code == 422
    browser.post(address("procedure_retirement", project, fog.pk))
    refused = browser.post(address("procedure_move", project, fog.pk), {"to": "down"})
    assert (refused.status_code, "took “Fog” out" in refused.text) == (409, True)
    assert browser.get(address("step_new", project, fog.pk)).status_code == 404
    refused = browser.post(address("step_restoration", project, step.pk))
    assert refused.status_code == 302  # it is in its procedure already
    browser.post(address("procedure_restoration", project, fog.pk))
    assert "Fog" in browser.get(reverse("procedures", args=[project.slug])).text


def test_reasons_are_asked_and_kept(project, manager, browser, act):
    baseline(project, act(manager))
    contact = project.contacts.get()
    assert browser.post(address("contact_retirement", project, contact.pk)).status_code == 422
    assert browser.post(address("contact_new", project), {"role": "Pilot"}).status_code == 422
    browser.post(address("plan_lists", project), {"reason": "New shift"})
    assert 'value="New shift"' in browser.get(address("plan_lists", project)).text
    assert "New shift</textarea>" in browser.get(address("contact_edit", project, contact.pk)).text


def test_only_managers_find_the_way(project, browser, technician, signed_in):
    for name in ("contacts", "procedures"):
        assert "edit/lists/" in browser.get(address(name, project)).text
        assert "edit/lists/" not in signed_in(technician).get(address(name, project)).text


def test_changed_lists_come_back_from_markdown(project, manager, act):
    add_row(Contact(project=project, role="Pilot | east", name="Ben", notes="two\nlines"), act(manager))
    retire_row(project.contacts.first(), act(manager))
    step = project.procedures.get().steps.first()
    amend_row(step, act(manager), {"text": "Back", "details": ["* a\n  b"]}, began=seen_of(step, COLUMNS[Step]))
    again = made_of(markdown_of(outline_of(project, NOON)), act(manager))
    assert comparable(again) == comparable(project)
