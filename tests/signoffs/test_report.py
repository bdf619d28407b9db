"""The facts of the report: complete or not, what deviated, and how many queries it takes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from checklists import append_only
from checklists.models import Field, Note, Project
from signoffs import pdf
from signoffs.gate import sign, standings
from signoffs.models import Decision
from signoffs.report import report_of
from tests import builders
from tests.conftest import NOON


@pytest.fixture
def finished(project, technician, approver, act) -> Project:
    """Everything settled and every slot signed."""
    builders.settle(project, act(technician))
    builders.sign_all(project, NOON, approver)
    return project


def test_a_plan_with_open_items_is_in_progress(project):
    report = report_of(project, NOON)
    assert not report.is_complete
    assert report.outcome.startswith("In progress, as of 5 Feb 2027, 14:00 EET (2027-02-05 12:00 UTC): ")
    assert "not signed" in report.outcome
    assert report.since_signed == ""


def test_settled_and_signed_is_complete(finished):
    report = report_of(finished, NOON)
    assert report.is_complete
    assert report.outcome.startswith("Complete: ")
    assert report.since_signed == "Record unchanged since the last signature."
    assert report.deviations == []
    assert report.chain_state.endswith("from its first entry to its last.")
    assert report.chain_head.startswith(f"Chain head {len(report.journal)}: ")


@pytest.fixture
def half_signed(project, technician, approver, act) -> Project:
    """Everything settled, and one of two signatures given for the second phase."""
    builders.settle(project, act(technician))
    project.slots.filter(number=1).update(phase=project.phases.last())
    builders.ask_one_more(project)
    (first, *_others) = standings(project)
    sign(first.slot, act(approver), Decision.APPROVE, first.digest)
    return project


def test_a_change_after_signing_makes_it_stale_and_says_what_differs(half_signed, technician, act):
    later = NOON + timedelta(hours=1)
    builders.item(half_signed, "Lamps").reopen(act(technician, later), "One lamp is dark")
    report = report_of(half_signed, later)
    assert not report.is_complete
    assert report.stale and "Lamps answer" in report.stale[0].changes[0]
    assert report.since_signed == "1 journal entry since the last signature."
    assert "signed but stale" in report.outcome
    assert any("Stale" in row.state for row in report.rows)


def test_a_superseded_signature_stays_readable_below_the_others(half_signed, technician, approver, act):
    item = builders.item(half_signed, "Lamps")
    item.reopen(act(technician), "One lamp is dark")
    item.complete(act(technician, NOON + timedelta(hours=1)))
    stale = next(standing for standing in standings(half_signed) if standing.state == "stale")
    sign(stale.slot, act(approver), Decision.APPROVE, stale.digest)
    rows = report_of(half_signed, NOON).rows
    assert "signed again" in rows[-1].state
    assert rows[-1].signature.pk != stale.slot.signatures.get(voided_at=None).pk


def test_deviations_keep_what_happened_even_when_it_went_well_in_the_end(project, technician, act):
    blocked, aside = builders.item(project, "Certificates"), builders.item(project, "Rows counted")
    blocked.block(act(technician), "The vendor sleeps")
    blocked.resume(act(technician))
    blocked.complete(act(technician))
    aside.set_aside(act(technician), "Nothing to count")
    first, second = report_of(project, NOON).deviations
    assert (first.number, first.state) == (blocked.number, "done")
    assert [(each.what, each.why, each.who) for each in first.happenings] == [
        ("Blocked", "The vendor sleeps", "Tom Technician"),
        ("Taken up again", "", "Tom Technician"),
    ]
    assert (second.number, second.state) == (aside.number, "not applicable")


def test_a_no_go_is_a_deviation_with_its_reason(project, approver, act):
    project.slots.filter(number=1).update(kind="vote")
    standing = standings(project)[0]
    sign(standing.slot, act(approver), Decision.NO_GO, standing.digest, "The replica lags")
    report = report_of(project, NOON)
    assert not report.is_complete
    assert report.deviations[0].happenings[0].why == "The replica lags"


def test_a_changed_journal_is_called_broken(finished):
    append_only.unprotect()
    finished.journal.filter(seq=2).update(body="{}")
    # What cannot be read as an entry any more must not be hidden, so the report is made from the database as it is.
    finished.journal.filter(seq=2).update(body='{"facts":{},"item":null}')
    assert "BROKEN at entry 2" in report_of(finished, NOON).chain_state


@pytest.mark.parametrize("size", [10, 300])
def test_the_number_of_queries_does_not_grow_with_the_plan(size, manager, act, django_assert_num_queries):
    text = "# Plan\n\n## Phase 1\n\n### Area\n\n" + "".join(f"- [ ] Step {n} (count: ____)\n" for n in range(size))
    project = builders.project(manager, NOON, text, f"Plan of {size}")
    for item in project.items.all():
        item.project = project
        item.note(act(manager), "Seen")
    for field in project.fields.all():
        field.read(act(manager), "7")
    assert Note.objects.filter(item__project=project).count() == size
    with django_assert_num_queries(QUERIES):
        report = report_of(project, NOON)
        assert len(report.entries) == size
        assert all(entry.who is not None and entry.blanks[0].latest.by for entry in report.entries)
        assert report.figures and report.outcome and report.rows == [] and report.deviations == []


QUERIES = 29


def test_command_refuses_an_unknown_project_in_one_line(db, tmp_path):
    with pytest.raises(CommandError, match="There is no project “nope”") as refused:
        call_command("report", "nope", output=tmp_path / "a.pdf")
    assert refused.value.returncode == 2


def test_command_says_what_is_missing(project, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "problem", lambda: f"PDFs need Pango: {pdf.PANGO}")
    with pytest.raises(CommandError, match="apt-get install libpango") as refused:
        call_command("report", project.slug, output=tmp_path / "a.pdf")
    assert refused.value.returncode == 2


def test_command_names_the_file_that_cannot_be_written(project, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "problem", lambda: "")
    monkeypatch.setattr(pdf, "render", lambda report: b"%PDF")
    with pytest.raises(CommandError, match=r"Cannot write .*a\.pdf: No such file or directory") as refused:
        call_command("report", project.slug, output=tmp_path / "missing" / "a.pdf")
    assert refused.value.returncode == 2


def test_blanks_of_the_plan_itself_are_kept_with_their_earlier_values(project, technician, manager, act):
    field = Field.objects.create(project=project, position=99, label="Deployment date", kind="text")
    field.read(act(technician), "6 February")
    field.read(act(manager, NOON + timedelta(minutes=1)), "7 February")
    (blank,) = report_of(project, NOON).blanks
    assert blank.latest.value == "7 February"
    assert [reading.value for reading in blank.earlier] == ["6 February"]
