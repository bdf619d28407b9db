"""A record is made once, off every request, survives a crash, and is the same bytes ever after."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from checklists.models import Action
from signoffs import pdf, seal, sealing, verify
from signoffs.closing import reopen
from signoffs.duties import DUTIES
from signoffs.gate import sign, standings
from signoffs.models import Decision, JobState, Record
from signoffs.models.job import LOAN
from tests.builders import item, sealed_record, settle, sign_all
from tests.conftest import NOON

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)

SOON = NOON + timedelta(seconds=5)


@pytest.fixture
def complete(project, technician, approver, act):
    """Everything settled and signed, nothing ordered yet."""
    settle(project, act(technician))
    sign_all(project, NOON, approver)
    return project


@pytest.fixture
def ordered(complete, approver, act) -> Record:
    with complete.locked():
        return Record.objects.order(complete, act(approver), 1)


def made(record: Record, at=SOON) -> Record:
    sealing.seal_due(at)
    record.refresh_from_db()
    return record


def test_it_is_sealed_once_and_verifies(ordered, complete):
    record = made(ordered)
    assert record.state == JobState.SEALED, record.problem
    content = record.path.read_bytes()
    assert hashlib.sha256(content).hexdigest() == record.sha256
    head = (record.head_seq, record.head_hash)
    assert verify.verify(content, [seal.current().authority.dump()], record.sha256, head).verdict == verify.GOOD
    entry = complete.journal.last()
    assert (entry.action, entry.subject, entry.actor) == (Action.RECORD_SEALED, "1", None)
    assert entry.facts["sha256"] == record.sha256
    sealing.seal_due(SOON + timedelta(days=1))
    assert Record.objects.get().sha256 == record.sha256
    assert complete.journal.filter(action=Action.RECORD_SEALED).count() == 1


def test_the_last_signature_orders_it_and_none_before(project, technician, approver, act):
    settle(project, act(technician))
    for number in range(2):
        assert not Record.objects.exists(), number
        standing = standings(project)[number]
        sign(standing.slot, act(approver), Decision.APPROVE, standing.digest)
    record = Record.objects.get()
    assert (record.revision, record.state, record.head_seq) == (1, JobState.DUE, project.journal.last().seq)


def test_what_is_signed_again_after_it_was_reopened_is_the_next_revision(
    ordered, complete, technician, manager, approver, act
):
    first = made(ordered)
    reopen(complete, act(manager, SOON), complete.closures.get(scope="plan"), "One lamp flickers")
    lamps = item(complete, "Lamps answer")
    lamps.reopen(act(technician, SOON), "One flickers")
    item(complete, "Lamps answer").complete(act(technician, SOON))
    sign_all(complete, SOON, approver)
    second = made(Record.objects.get(revision=2), SOON + timedelta(minutes=1))
    first.refresh_from_db()
    assert (second.state, second.superseded_at) == (JobState.SEALED, None)
    assert first.superseded_at is not None and first.path.exists()
    covers = ["".join(PdfReader(each.path).pages[0].extract_text().split()) for each in (first, second)]
    assert [f"SHA-256:{first.sha256}" in cover for cover in covers] == [False, True]


def test_ordering_it_again_changes_nothing(ordered, complete, approver, act):
    record = made(ordered)
    with complete.locked():
        again = Record.objects.order(complete, act(approver), 1)
    assert (again.pk, again.state) == (record.pk, JobState.SEALED)


def test_the_worker_makes_it_and_tells_those_who_signed(ordered, approver, manager, mailoutbox):
    for _ in range(2):
        for duty in DUTIES:
            duty(SOON)
    ordered.refresh_from_db()
    told = {mail.to[0]: mail.body for mail in mailoutbox if ordered.sha256 in mail.body}
    assert set(told) == {approver.email, manager.email}
    assert f"{ordered.head_seq}:{ordered.head_hash}" in told[approver.email]
    assert reverse("verify") in told[approver.email]


def test_every_download_is_the_same_bytes(ordered, auditor, manager, signed_in, complete):
    record = made(ordered)
    answers = [signed_in(user).get(record.get_absolute_url()) for user in (auditor, manager, auditor)]
    assert {hashlib.sha256(answer.content).hexdigest() for answer in answers} == {record.sha256}
    assert {answer["ETag"] for answer in answers} == {f'"{record.sha256}"'}
    assert complete.journal.filter(action=Action.RECORD_DOWNLOADED, actor=auditor).count() == 2


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_file_is_never_given_out(project, auditor, signed_in, damage):
    record = sealed_record(project)
    if damage == "gone":
        record.path.unlink()
    else:
        record.path.write_bytes(b"%PDF-1.7 other")
    answer = signed_in(auditor).get(record.get_absolute_url())
    assert answer.status_code == 503
    assert record.sha256 in answer.text


def test_a_worker_that_died_is_followed_by_another(ordered):
    assert Record.lent(SOON).pk == ordered.pk
    assert Record.lent(SOON + LOAN - timedelta(seconds=1)) is None
    record = made(ordered, SOON + LOAN)
    assert (record.state, record.attempts) == (JobState.SEALED, 2)


def test_a_worker_that_was_slow_throws_its_work_away(ordered, complete):
    slow = Record.lent(SOON)
    content = sealing.drawn(slow)
    record = made(ordered, SOON + LOAN)
    assert record.state == JobState.SEALED
    sealing.keep(slow, content, SOON + LOAN)
    assert Record.objects.get().sha256 == record.sha256 != slow.sha256
    assert record.path.exists() and not slow.path.exists()
    assert complete.journal.filter(action=Action.RECORD_SEALED).count() == 1


def test_what_went_wrong_is_said_and_it_is_tried_again(ordered, auditor, signed_in, settings, tmp_path):
    settings.SEAL_KEY, settings.SEAL_CERT = str(tmp_path / "none"), str(tmp_path / "none")
    record = made(ordered)
    assert record.state == JobState.FAILED
    assert "cannot be read" in record.problem
    page = signed_in(auditor).get(reverse("report", args=[ordered.project.slug])).text
    assert "cannot be read" in page and "tried again" in page
    settings.SEAL_KEY = settings.SEAL_CERT = ""
    assert made(ordered, SOON + timedelta(seconds=1)).state == JobState.FAILED
    assert made(ordered, SOON + timedelta(minutes=2)).state == JobState.SEALED


def test_what_is_not_complete_is_not_sealed(project, manager, act):
    with project.locked():
        record = Record.objects.order(project, act(manager), 1)
    assert "not complete" in made(record).problem


def test_reopening_supersedes_and_the_next_revision_is_another_file(ordered, complete, manager, act):
    first = made(ordered)
    with complete.locked():
        Record.objects.supersede(complete, act(manager, SOON))
    with complete.locked():
        second = Record.objects.order(complete, act(manager, SOON), 2)
    second = made(second, SOON + timedelta(minutes=1))
    first.refresh_from_db()
    assert first.superseded_at == SOON and first.path.exists()
    assert second.state == JobState.SEALED and second.superseded_at is None
    assert first.sha256 != second.sha256


def test_what_was_reopened_before_it_was_made_is_not_made(ordered, complete, manager, act):
    with complete.locked():
        Record.objects.supersede(complete, act(manager))
    record = made(ordered)
    assert record.state == JobState.DROPPED
    assert not complete.journal.filter(action=Action.RECORD_SEALED).exists()


def test_it_holds_the_journal_as_it_was_when_it_was_ordered(ordered, complete, technician, act):
    item(complete, "Lamps answer").note(act(technician), "Said later")
    record = made(ordered)
    assert record.state == JobState.SEALED, record.problem
    result = verify.verify(record.path.read_bytes(), [])
    assert result.about["entries"] == record.head_seq


def test_the_page_asks_again_until_it_is_sealed(ordered, auditor, signed_in):
    browser = signed_in(auditor)
    where = reverse("record_state", args=[ordered.project.slug, 1])
    Record.objects.update(state=JobState.RENDERING, lease=uuid4(), progress=40)
    waiting = browser.get(where).text
    assert re.search(r'<progress max="100"\s+value="40"', waiting)
    assert 'hx-trigger="every 2s"' in waiting
    Record.objects.update(state=JobState.DUE, lease=None)
    made(ordered)
    done = browser.get(where).text
    assert "hx-trigger" not in done
    assert ordered.sha256 in done


def test_progress_is_told_while_it_is_made(ordered, monkeypatch):
    record, told = Record.lent(SOON), []
    monkeypatch.setattr(Record, "tell", lambda self, percent: told.append(percent))
    sealing.drawn(record)
    assert told == sorted(told)
    assert told[0] == 5 and told[-1] == 95
