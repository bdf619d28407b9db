"""The worker, killed while it makes a record: another one follows within a minute, and the revision is sealed once."""

from __future__ import annotations

import os
import threading
import time
from datetime import timedelta

import pytest

from checklists.models import Action, Mail
from signoffs import pdf, seal, sealing
from signoffs.models import JobState, Record, job
from tests.builders import settle, sign_all
from tests.conftest import NOON
from tests.crowd import all_at_once
from tests.processes import begun

pytestmark = pytest.mark.django_db(transaction=True)

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)

SOON = NOON + timedelta(seconds=1)
WORK = f"""
from signoffs.sealing import seal_due
seal_due(datetime.fromisoformat("{SOON.isoformat()}"))
"""


@pytest.fixture
def ordered(project, technician, approver, act) -> Record:
    settle(project, act(technician))
    sign_all(project, NOON, approver)
    seal.current()
    return Record.objects.select_related("project").get()


def until(holds) -> None:
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < 60


def beats() -> bool:
    return any(thread.name.startswith("loan of") for thread in threading.enumerate())


@pytest.mark.parametrize("percent", [5, 15])
def test_killed_in_the_middle_it_is_sealed_once(ordered, settings, percent):
    with begun(WORK, settings) as process:
        start = time.monotonic()
        while ordered.progress < percent:
            assert process.poll() is None and time.monotonic() - start < 60
            ordered.refresh_from_db()
        process.kill()
    ordered.refresh_from_db()
    assert (ordered.state, ordered.attempts) == (JobState.RENDERING, 1)
    assert ordered.due_at - SOON <= job.LOAN + timedelta(seconds=time.monotonic() - start)
    assert Record.lent(ordered.due_at - timedelta(seconds=1)) is None
    # In a thread: the loop of the browser tests may be running in this one, and sealing wants its own.
    all_at_once(lambda: sealing.seal_due(ordered.due_at))
    ordered.refresh_from_db()
    assert (ordered.state, ordered.attempts) == (JobState.SEALED, 2)
    assert ordered.project.journal.filter(action=Action.RECORD_SEALED).count() == 1
    assert [path.name for path in ordered.path.parent.iterdir()] == [ordered.path.name]
    assert Mail.objects.filter(kind="record_sealed").count() == 2


def test_who_lives_keeps_the_loan_however_long_it_takes(ordered, monkeypatch):
    monkeypatch.setattr(job, "BEAT", timedelta(milliseconds=5))
    lent = Record.lent(SOON)
    with lent.renewed():
        until(lambda: Record.objects.get().due_at > SOON + job.LOAN)
        assert Record.lent(SOON + job.LOAN) is None
        # Somebody else's: it is not taken back.
        Record.objects.update(lease="0" * 32)
        until(lambda: not beats())
        due_at = Record.objects.get().due_at
    assert Record.objects.get().due_at == due_at


def test_who_never_comes_to_an_end_loses_it(ordered, monkeypatch):
    monkeypatch.setattr(job, "BEAT", timedelta(milliseconds=5))
    monkeypatch.setattr(job, "LONGEST", timedelta(milliseconds=50))
    with Record.lent(SOON).renewed():
        until(lambda: not beats())
        assert Record.lent(SOON + timedelta(seconds=60)) is not None
