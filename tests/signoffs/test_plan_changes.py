"""What a changed plan means to whoever signs it, takes it along or reads the report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from checklists.exporting.markdown import markdown_of
from checklists.exporting.plan import outline_of, rows_of
from checklists.models import Section
from checklists.planning.baseline import baseline
from checklists.planning.divisions import amend_division, move_phase, move_section
from checklists.planning.items import add_item, amend_item, move_item, restore_item, retire_item, seen_of, split_item
from checklists.planning.places import Place
from checklists.planning.seen import seen_of as seen
from checklists.spreadsheets.writing import csv_of, table_of
from signoffs import gate
from signoffs.models import Decision
from signoffs.report import report_of
from tests.builders import ask_one_more, item, settle
from tests.checklists.test_exporting import made_of, plan_of
from tests.conftest import NOON

LATER = NOON + timedelta(hours=1)


def signed(project, technician, approver, act):
    ask_one_more(project)
    settle(project, act(technician))
    standing = gate.standings(project)[0]
    gate.sign(standing.slot, act(approver), Decision.APPROVE, standing.digest)


def changes_of(project):
    return gate.standings(project)[0].changes


def test_another_order_makes_a_signature_stale_and_says_so(project, manager, technician, approver, act):
    signed(project, technician, approver, act)
    certificates = item(project, "Certificates")
    move_item(certificates, act(manager), "down")
    assert changes_of(project) == ["the items stand in another order"]
    move_item(certificates, act(manager), "up")
    assert gate.standings(project)[0].state == "valid"


def test_what_goes_and_comes_back_leaves_a_signature_valid(project, manager, technician, approver, act):
    signed(project, technician, approver, act)
    certificates = item(project, "Certificates")
    retire_item(certificates, act(manager))
    assert changes_of(project) == ["#4 was taken out"]
    restore_item(certificates, act(manager))
    assert gate.standings(project)[0].state == "valid"
    add_item(project, act(manager), "One more", Place.of("after", certificates))
    assert changes_of(project) == ["#8 One more was added"]


# -- The report --------------------------------------------------------------------------------------------------------


def written(report):
    return render_to_string("signoffs/_pdf_plan_history.html", {"report": report, "project": report.project})


def test_the_report_tells_what_changed_since_the_baseline_and_why(project, manager, act):
    lamps = item(project, "Lamps answer")
    amend_item(lamps, act(manager), {"text": "Lamps glow"}, began=seen_of(lamps))
    baseline(project, act(manager))
    assert report_of(project, NOON).plan_history.changes == []
    amend_item(lamps, act(manager, LATER), {"text": "Lamps shine"}, began=seen_of(lamps), reason="Brighter ones")
    retire_item(item(project, "Certificates"), act(manager, LATER), reason="Renewed by the host")
    report = report_of(project, LATER)
    assert [change.entry.remark for change in report.plan_history.changes] == ["Brighter ones", "Renewed by the host"]
    assert report.plan_history.changes[0].differences == [("Text", "Lamps glow", "Lamps shine")]
    assert [gone.text for gone in report.plan_history.retired] == ["Certificates valid"]
    html = written(report)
    for words in ("Mara Manager baselined the plan", "Lamps glow", "Brighter ones", "Renewed by the host"):
        assert words in html


def test_the_report_of_a_plan_that_was_never_changed_says_nothing_of_it(project):
    assert "Changes of the plan" not in written(report_of(project, NOON))


# -- Exports -----------------------------------------------------------------------------------------------------------


def test_an_edited_plan_comes_back_from_markdown_as_it_is(project, manager, act):
    """What is out of the plan is not exported; numbers are given anew."""
    lamps, rows = item(project, "Lamps answer"), item(project, "Rows counted")
    amend_item(
        lamps,
        act(manager),
        {
            "text": "Lamps answer within < 5 seconds (12 minutes)",
            "window": "T+2 hours",
            "recurrence": "every hour",
            "expected": "Light",
            "duration_minutes": 7,
            "optional": True,
            "details": ["One", "* two\n  three"],
            "commands": ["systemctl status lamps\nlamps --all"],
        },
        began=seen_of(lamps),
    )
    certificates = item(project, "Certificates")
    changes = {"text": "Certificates valid (5 minutes), should return 200", "expected": "", "duration_minutes": None}
    amend_item(certificates, act(manager), changes, began=seen_of(certificates))
    retire_item(item(project, "Backup"), act(manager))
    move_item(rows, act(manager), Place.of("before", lamps))
    split_item(certificates, act(manager), ["Certificate of the web", "Certificate of the mail: ____ days"])
    add_item(project, act(manager), "Champagne (optional)", Place.of("last", rows), window="T+3 hours")
    servers = Section.objects.get(phase__project=project)
    amend_division(
        servers,
        act(manager),
        {"title": "Hosts", "window": "T-1 day"},
        began=seen(servers, ("title", "window", "recurrence")),
    )
    move_section(servers, act(manager), "down")
    move_phase(project.phases.last(), act(manager), "up")
    text = markdown_of(outline_of(project, NOON))
    assert "Backup restored" not in text
    again = made_of(text, act(manager))
    assert comparable(again) == comparable(project)


def comparable(project):
    """The plan without the numbers and positions that a new project gives anew."""

    def without(value):
        if isinstance(value, dict):
            return {
                key: without(each) for key, each in value.items() if key not in ("number", "position", "retired_at")
            }
        return [without(each) for each in value] if isinstance(value, list | tuple) else value

    plan = plan_of(project)
    plan["items"] = [row[:2] for row in plan["items"]]
    plan["fields"] = [row[:2] for row in plan["fields"]]
    return without(plan)


def test_a_table_follows_the_order_and_leaves_out_what_is_retired(project, manager, act):
    move_item(item(project, "Lamps answer"), act(manager), "up")
    retire_item(item(project, "Certificates"), act(manager))
    table = csv_of(table_of(rows_of(project)))
    assert "Certificates" not in table
    assert table.index("Lamps answer") < table.index("Switch the name")


@pytest.mark.parametrize("words", ["expected", "takes", "takes: soon"])
def test_a_plan_of_an_older_form_keeps_such_words_as_text(words, manager, act):
    text = f"---\ngolive-plan: 1\n---\n# P\n\n## Phase 1: a\n\n- [ ] One\n  - › {words}\n"
    assert made_of(text, act(manager)).items.get().duration_minutes is None
