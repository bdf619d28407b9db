"""Many at once: of two last signers, and of several workers, comes one record, sealed once."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from checklists.models import Action, Mail
from signoffs import pdf, seal, sealing
from signoffs.gate import sign, standings
from signoffs.models import Decision, JobState, Record
from tests.builders import ask_one_more, settle, sign_all
from tests.checklists.test_races import all_at_once
from tests.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = 60 if os.environ.get("GOLIVE_SLOW") else 3

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)


@pytest.mark.parametrize("run", range(RUNS))
def test_two_last_signers_order_one_record(project, technician, approver, manager, act, run):
    settle(project, act(technician))
    ask_one_more(project, 2)
    before, *_ = standings(project)
    sign(before.slot, act(approver), Decision.APPROVE, before.digest)
    asked = [each for each in standings(project) if each.state == "pending"]
    all_at_once(
        *(
            lambda each=each, who=who: sign(each.slot, act(who), Decision.APPROVE, each.digest)
            for each, who in zip(asked, (approver, manager), strict=True)
        )
    )
    assert Record.objects.count() == 1
    record = Record.objects.get()
    assert record.head_seq == project.journal.get(action=Action.PROJECT_COMPLETED).seq


def test_several_workers_seal_it_once(project, technician, approver, act):
    settle(project, act(technician))
    sign_all(project, NOON, approver)
    seal.current()
    soon = NOON + timedelta(seconds=1)
    all_at_once(*(lambda: sealing.seal_due(soon) for _ in range(4)))
    record = Record.objects.select_related("project").get()
    assert (record.state, record.attempts) == (JobState.SEALED, 1)
    assert project.journal.filter(action=Action.RECORD_SEALED).count() == 1
    assert [path.name for path in record.path.parent.iterdir()] == [record.path.name]
    assert Mail.objects.filter(kind="record_sealed").count() == 2
