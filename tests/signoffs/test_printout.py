"""Printouts: made by the worker as of when they were asked for, in the form, part and language that was chosen."""

from __future__ import annotations

import io
import os
from datetime import timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from checklists.models import Action, Section
from signoffs import pdf
from signoffs.models import JobState, Printout
from signoffs.printing import KEPT, print_due
from signoffs.qr import code_of
from signoffs.report import report_of
from tests import builders
from tests.builders import item
from tests.conftest import NOON

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


@pytest.fixture
def printed(project, auditor):
    def make(**chosen) -> bytes:
        printout = Printout.objects.create(project=project, by=auditor, at=NOON, due_at=NOON, **chosen)
        print_due(NOON)
        printout.refresh_from_db()
        assert printout.state == JobState.READY, printout.problem
        return printout.path.read_bytes()

    return make


def test_from_the_page_to_the_file(project, auditor, technician, signed_in):
    browser = signed_in(auditor)
    asked = {"variant": "full", "part": "", "language": "de"}
    assert browser.post(reverse("printouts", args=[project.slug]), asked).status_code == 302
    printout = Printout.objects.get()
    state = reverse("printout_state", args=[project.slug, printout.pk])
    assert 'hx-trigger="every 1s"' in browser.get(state).text
    assert browser.get(printout.get_absolute_url()).status_code == 404
    print_due(printout.at)
    assert "hx-trigger" not in browser.get(state).text
    answer = browser.get(printout.get_absolute_url())
    assert answer.content.startswith(b"%PDF-")
    last = project.journal.last()
    assert (last.action, last.actor) == (Action.REPORT_DOWNLOADED, auditor)
    # Others see the project, and not what somebody else printed.
    assert str(printout.pk) not in signed_in(technician).get(reverse("report", args=[project.slug])).text


def test_a_choice_that_is_none_is_refused(project, auditor, signed_in):
    asked = {"variant": "nonsense", "part": "phase-0", "language": "xx"}
    answer = signed_in(auditor).post(reverse("printouts", args=[project.slug]), asked)
    assert answer.status_code == 422
    assert not Printout.objects.exists()


def test_the_summary_has_two_pages_at_most(printed, project, technician, act):
    for each in project.items.filter(children=None).select_related("project"):
        each.block(act(technician), "The vendor sleeps " * 20)
    content = printed(variant="summary")
    assert len(PdfReader(io.BytesIO(content)).pages) <= 2
    text = words(content)
    assert "The vendor sleeps" in text and "Sign-off" in text
    assert "Journal" not in text


def test_the_summary_has_two_pages_at_most_however_much_was_late(manager, technician):
    lines = "".join(f"- [ ] Step {number}\n" for number in range(1500))
    boat = builders.project(manager, NOON, f"# Boat\n\n## Load (T-1 day)\n\n{lines}", name="Boat")
    late = list(boat.items.all())
    for each in late:
        each.state, each.settled_by = "done", technician
        each.settled_at = boat.go_live_at + timedelta(hours=each.number)
    boat.items.bulk_update(late, ["state", "settled_by", "settled_at"])
    report = report_of(boat, boat.go_live_at + timedelta(days=70))
    content = pdf.render(report, variant="summary")
    assert len(PdfReader(io.BytesIO(content)).pages) <= 2
    assert "1500 items later than planned: #1 (1 d 1 h)" in words(content)
    assert "…" in words(content)


def test_the_form_has_a_line_for_every_item(printed, project):
    text = words(printed(variant="form"))
    for each in project.items.all():
        assert each.text.replace("**", "").split(" (")[0] in text
    assert text.count("□") == project.items.count()
    assert "Go-Live Approved" in text


def test_one_phase_is_that_phase_and_nothing_else(printed, project):
    text = words(printed(phase=project.phases.first()))
    assert "Database ready" in text and "Lamps answer" not in text
    assert "Only Phase 1: Before" in text


def test_one_section_is_that_section(printed, project):
    section = Section.objects.get(phase__project=project, title="Servers")
    text = words(printed(section=section))
    assert "Certificates valid" in text and "Switch the name to the new server" not in text


def test_what_went_wrong_is_said(project, auditor, monkeypatch, signed_in):
    printout = Printout.objects.create(project=project, by=auditor, at=NOON, due_at=NOON)
    monkeypatch.setattr(pdf, "problem", lambda: "There is no Pango")
    print_due(NOON)
    printout.refresh_from_db()
    assert (printout.state, printout.problem) == (JobState.FAILED, "There is no Pango")
    state = reverse("printout_state", args=[project.slug, printout.pk])
    assert "There is no Pango" in signed_in(auditor).get(state).text


def test_it_is_gone_after_a_day(printed, project):
    printed()
    printout = Printout.objects.get()
    print_due(NOON + KEPT - timedelta(minutes=1))
    assert printout.path.exists()
    print_due(NOON + KEPT + timedelta(minutes=1))
    assert not printout.path.exists() and not Printout.objects.exists()


def test_it_is_tagged_and_marked_while_in_progress(printed, project, technician, act):
    item(project, "Lamps answer").complete(act(technician))
    reader = PdfReader(io.BytesIO(printed()))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert reader.trailer["/Root"]["/Lang"].startswith("en")
    assert "In progress" in words(printed())


def test_the_code_is_what_a_phone_reads():
    """Drawn as pixels again and compared with the matrix: dark where a run says so, a white border around."""
    code = code_of("https://golive.example.org/verify/")
    assert code.size == 33
    assert code.path.startswith("M2 2h7v1H2z")
