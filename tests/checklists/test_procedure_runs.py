"""Runs of procedures: who did which step when, once at a time, and what stays of it."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.models import Action, ProcedureRun
from checklists.models.procedure_run import RunState, StepState
from signoffs import pdf
from signoffs.redaction import redact
from signoffs.report import report_of
from tests.builders import settle, sign_all
from tests.conftest import NOON

LATER = NOON + timedelta(minutes=7)


@pytest.fixture
def run(project, technician, act):
    """The rollback, running."""
    return ProcedureRun.objects.start(project.procedures.get(), act(technician), "Lamps stay dark")


def test_a_run_takes_the_steps_as_they_stand(run, technician):
    assert [step.text for step in run.steps.all()] == ["Switch the name back", "Restart the old lamps"]
    assert (run.number, run.started_by, run.started_at, run.reason) == (1, technician, NOON, "Lamps stay dark")
    entry = run.project.journal.last()
    assert (entry.action, entry.remark) == (Action.PROCEDURE_STARTED, "Lamps stay dark")


def test_it_runs_once_at_a_time(run, other_technician, act):
    with pytest.raises(TransitionRefused, match="Tom Technician started this"):
        ProcedureRun.objects.start(run.procedure, act(other_technician), "Me too")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProcedureRun.objects.create(
            project=run.project,
            procedure=run.procedure,
            number=2,
            title="Again",
            reason="Again",
            started_at=NOON,
            started_by=other_technician,
        )


def test_steps_end_with_who_and_when(run, other_technician, act):
    run.settle(act(other_technician, LATER), 1, StepState.DONE)
    run.settle(act(other_technician, LATER), 2, StepState.FAILED, "No power")
    assert [(step.state, step.settled_by, step.remark) for step in run.steps.all()] == [
        ("done", other_technician, ""),
        ("failed", other_technician, "No power"),
    ]
    run.end(act(other_technician, LATER))
    assert (run.state, run.took(LATER + timedelta(hours=1))) == (RunState.FINISHED, timedelta(minutes=7))
    assert run.project.journal.last().facts == {"run": 1, "outcome": "finished", "left": 0}


def test_the_first_word_about_a_step_counts(run, technician, other_technician, act):
    run.settle(act(technician), 1, StepState.DONE)
    before = run.project.journal.count()
    run.settle(act(technician), 1, StepState.DONE)
    with pytest.raises(TransitionRefused, match=r"Tom Technician said at 14:00 EET how step 1 went: Done\."):
        run.settle(act(other_technician), 1, StepState.FAILED, "It did not")
    assert run.project.journal.count() == before


@pytest.mark.parametrize("state", [StepState.FAILED, StepState.SKIPPED])
def test_a_step_that_is_not_done_needs_a_word(run, technician, act, state):
    with pytest.raises(TransitionRefused, match="Say why"):
        run.settle(act(technician), 1, state)
    assert run.steps.get(number=1).state == StepState.OPEN


def test_it_stops_before_its_end_with_a_word_only(run, technician, act):
    with pytest.raises(TransitionRefused, match="say why it stops here"):
        run.end(act(technician))
    run.end(act(technician), "Lamps are back")
    assert run.state == RunState.STOPPED
    for verb in (lambda: run.settle(act(technician), 1, StepState.DONE), lambda: run.end(act(technician), "Once more")):
        with pytest.raises(TransitionRefused, match="Tom Technician ended this"):
            verb()
    again = ProcedureRun.objects.start(run.procedure, act(technician), "Dark again")
    assert again.number == 2


def test_a_closed_plan_runs_nothing(project, technician, act):
    settle(project, act(technician))
    sign_all(project, NOON)
    with pytest.raises(TransitionRefused, match="A manager can reopen it"):
        ProcedureRun.objects.start(project.procedures.get(), act(technician), "Too late")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_start_it_one_does(project, technician, other_technician, act):
    """As races do: threads of their own, a connection each."""
    procedure, barrier, refused = project.procedures.get(), threading.Barrier(4), []

    def start(user):
        barrier.wait(10)
        try:
            ProcedureRun.objects.start(procedure, act(user), "Now")
        except TransitionRefused as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    crowd = [threading.Thread(target=start, args=[(technician, other_technician)[n % 2]]) for n in range(4)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join()
    assert len(refused) == 3
    assert project.procedure_runs.count() == 1


# -- On the screen -----------------------------------------------------------------------------------------------------


def test_start_tick_and_finish_in_the_browser(project, technician, auditor, signed_in):
    client, slug = signed_in(technician), project.slug
    procedure = project.procedures.get()
    started = client.post(reverse("procedure_runs", args=[slug, procedure.pk]), {"reason": "Lamps stay dark"})
    run = ProcedureRun.objects.get()
    assert started.url == run.get_absolute_url()
    assert "running</span>" in signed_in(auditor).get(project.get_absolute_url()).text
    done = client.post(reverse("procedure_run_step", args=[slug, 1, 1]), {"outcome": "done"})
    assert done.url.endswith("#step-2")
    why = client.post(reverse("procedure_run_step", args=[slug, 1, 2]), {"outcome": "failed"})
    assert (why.status_code, "Say why" in why.text) == (409, True)
    client.post(reverse("procedure_run_step", args=[slug, 1, 2]), {"outcome": "skipped", "remark": "Not <needed>"})
    page = client.get(run.get_absolute_url()).text
    assert "Not &lt;needed&gt;" in page
    assert "Finish the procedure" in page
    assert (
        "<form"
        not in signed_in(auditor).get(run.get_absolute_url()).text.partition('id="run"')[2].partition("</main>")[0]
    )
    client.post(reverse("procedure_run_end", args=[slug, 1]), {"remark": ""})
    assert "Finished" in client.get(reverse("procedures", args=[slug])).text
    assert "running</span>" not in client.get(project.get_absolute_url()).text


def test_a_wrong_form_changes_nothing(run, technician, signed_in):
    client, slug = signed_in(technician), run.project.slug
    assert client.post(reverse("procedure_run_step", args=[slug, 1, 1]), {"outcome": "maybe"}).status_code == 422
    assert client.post(reverse("procedure_run_step", args=[slug, 1, 9]), {"outcome": "done"}).status_code == 404
    assert client.post(reverse("procedure_run_end", args=[slug, 1]), {}).status_code == 409
    client.post(reverse("procedure_runs", args=[slug, run.procedure.pk]), {"reason": ""})
    assert ProcedureRun.objects.count() == 1
    run.refresh_from_db()
    assert run.is_running


def test_the_report_tells_what_was_run(run, technician, act):
    run.settle(act(technician, LATER), 1, StepState.SKIPPED, "The name was still there")
    run.end(act(technician, LATER), "Lamps are back")
    html = pdf.html_of(report_of(run.project, LATER))
    for words in ("Run 1: Stopped", "Lamps stay dark", "The name was still there", "Lamps are back"):
        assert words in html


def test_what_was_written_can_be_removed(run, technician, manager, act):
    run.settle(act(technician), 1, StepState.FAILED, "Call Nia at home")
    run.end(act(technician), "Nia said so")
    for action in (Action.PROCEDURE_STARTED, Action.PROCEDURE_STEP_SETTLED, Action.PROCEDURE_ENDED):
        redact(run.project.journal.get(action=action), act(manager), "Private")
    run.refresh_from_db()
    assert [run.reason, run.steps.get(number=1).remark, run.remark] == ["[…]"] * 3
