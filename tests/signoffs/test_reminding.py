"""Reminders: once a day to whoever was asked and can still sign, once before T-0 to everybody who can, never twice."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from checklists.mailing import deliver_due
from checklists.models import Mail, Membership, Role
from checklists.models.keeping import Keeping
from signoffs import closing, gate
from signoffs.asking import ask
from signoffs.models import Decision, Reminder, Round
from signoffs.noticing import notice_due
from signoffs.reminding import remind_due
from signoffs.standing import standings
from tests import builders
from tests.builders import T_ZERO, ask_one_more, item, settle, sign_all
from tests.conftest import NOON, person
from tests.crowd import SLOW, all_at_once

# Nine in the morning in Athens, where the project is, on the day after people were asked; T-0 is the day after that.
NINE = datetime(2027, 2, 6, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def project(project, technician, act):
    """Everything is done, two may sign the first phase, and T-0 is far away."""
    settle(project, act(technician))
    ask_one_more(project)
    move(project, T_ZERO + timedelta(days=90))
    return project


def move(project, moment) -> None:
    project.go_live_at = moment
    project.save()


def before(project):
    return project.slots.select_related("project", "phase").get(title="Before")


def sign(project, act, decision=Decision.APPROVE, why=""):
    standing = next(each for each in standings(project) if each.slot.title == "Before")
    return gate.sign(standing.slot, act, decision, standing.digest, why)


def reminded(since: datetime = NOON) -> list[str]:
    mails = Mail.objects.filter(kind="signing_reminder", created_at__gte=since).select_related("person")
    return sorted(str(mail.person) for mail in mails)


def test_who_was_asked_is_reminded_once_a_day_until_they_sign(project, approver, manager, act):
    ask(before(project), act(manager))
    remind_due(NINE - timedelta(minutes=1))
    assert reminded() == []
    for minutes in (0, 1, 600):
        remind_due(NINE + timedelta(minutes=minutes))
    assert reminded() == ["Anna Approver"]  # the manager could sign, too, but asked others to
    remind_due(NINE + DAY)
    assert reminded(NINE + DAY) == ["Anna Approver"]
    sign(project, act(approver))
    remind_due(NINE + 2 * DAY)
    assert reminded(NINE + 2 * DAY) == []


def test_one_mail_names_everything_and_leads_there(project, approver, manager, act, mailoutbox):
    for slot in project.slots.select_related("project", "phase").filter(title__in=["Before", "Second signer"]):
        ask(slot, act(manager))
    Mail.objects.all().delete()
    remind_due(NINE)
    deliver_due(NINE)
    (letter,) = [each for each in mailoutbox if each.to == [approver.email]]
    assert letter.subject == "Harbour Lights: 2 signatures wait for you"
    for title in ("Before", "Second signer"):
        assert project.slots.get(title=title).get_absolute_url() in letter.body


def test_not_on_the_day_on_which_they_were_asked(project, approver, manager, act):
    ask(before(project), act(manager, NINE - timedelta(hours=1)))
    remind_due(NINE)
    assert reminded() == []
    ask(project.slots.select_related("project").get(title="Second signer"), act(manager, NINE + timedelta(hours=9)))
    remind_due(NINE + DAY - timedelta(minutes=1))
    remind_due(NINE + DAY)
    assert reminded(NINE + DAY) == ["Anna Approver"]
    assert len(Mail.objects.get(kind="signing_reminder").facts["places"]) == 2


def test_nobody_is_reminded_of_what_was_not_asked_or_cannot_be_signed(project, technician, approver, manager, act):
    remind_due(NINE)
    assert reminded() == []
    ask(before(project), act(manager))
    item(project, "Certificates valid").reopen(act(technician), "One expired")
    remind_due(NINE + DAY)
    assert reminded() == []


def test_whoever_signed_what_changed_since_is_reminded_unasked(project, technician, approver, act):
    sign(project, act(approver))
    item(project, "Certificates valid").reopen(act(technician), "One expired")
    item(project, "Certificates valid").complete(act(technician, NOON + timedelta(minutes=1)))
    notice_due(NINE)  # that it became stale is mail enough for this day
    remind_due(NINE)
    assert reminded() == []
    remind_due(NINE + DAY)
    assert reminded() == ["Anna Approver"]


@pytest.mark.parametrize("how", ["declined", "reopened", "retired", "archived", "removed", "complete"])
def test_it_stops(project, approver, manager, act, how):
    ask(before(project), act(manager))
    if how == "declined":
        sign(project, act(approver), Decision.DECLINE, "The fog is thick")
    elif how == "reopened":
        sign(project, act(approver))
        closing.reopen(project, act(manager), before(project), "The replica fell behind")
    elif how == "retired":
        before(project).retire(act(manager), "Nobody needs it")
    elif how == "archived":
        Keeping.objects.create(project=project, archived_at=NOON, archived_by=manager)
    elif how == "removed":
        Membership.objects.get(project=project, user=approver).remove(act(manager))
    else:
        sign_all(project, NOON, approver)
    remind_due(NINE)
    assert "Anna Approver" not in reminded()


def test_before_t_zero_everybody_who_can_sign_is_reminded_once(project, technician, approver, manager, act):
    """At eight the day before; and at nine, when those who were asked are reminded, nobody gets a second mail."""
    move(project, T_ZERO)
    ask(before(project), act(manager))
    remind_due(T_ZERO - DAY - timedelta(minutes=1))
    assert reminded() == []
    for minutes in (0, 1, 60, 61, 120):
        remind_due(T_ZERO - DAY + timedelta(minutes=minutes))
    assert reminded() == ["Anna Approver", "Mara Manager"]
    assert sorted(Reminder.objects.values_list("round", flat=True)) == [Round.DAILY, Round.LAUNCH]
    remind_due(T_ZERO + timedelta(minutes=1))
    assert not Reminder.objects.filter(round=Round.LAUNCH, at__gte=T_ZERO).exists()


def test_another_t_zero_is_another_round(project, approver):
    move(project, T_ZERO)
    remind_due(T_ZERO - DAY)
    move(project, T_ZERO + 2 * DAY)
    remind_due(T_ZERO)
    remind_due(T_ZERO + DAY)
    assert [len(reminded(moment)) for moment in (T_ZERO - DAY, T_ZERO + DAY)] == [4, 2]


def test_never_where_it_is_switched_off(project, manager, act, settings):
    settings.REMIND_AT, settings.REMIND_BEFORE = None, timedelta(0)
    move(project, T_ZERO)
    ask(before(project), act(manager))
    for moment in (NINE, T_ZERO - DAY, T_ZERO - timedelta(minutes=1), T_ZERO + DAY):
        remind_due(moment)
    assert not Reminder.objects.exists()


def test_the_hour_is_that_of_each_project(project, manager, approver, act, settings):
    settings.REMIND_AT = time(15, 30)
    far = builders.project(manager, NOON, name="Far away")
    far.zone, far.go_live_at = "Asia/Tokyo", T_ZERO + 90 * DAY
    far.save()
    remind_due(datetime(2027, 2, 6, 6, 30, tzinfo=UTC))
    assert [each.project.name for each in Reminder.objects.all()] == ["Far away"]
    remind_due(datetime(2027, 2, 6, 13, 30, tzinfo=UTC))
    assert [each.project.name for each in Reminder.objects.all()] == ["Far away", "Harbour Lights"]


def test_the_database_refuses_a_second_round(project):
    Reminder.objects.create(project=project, round=Round.DAILY, day=NINE.date(), at=NINE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reminder.objects.create(project=project, round=Round.DAILY, day=NINE.date(), at=NINE)


def test_old_rounds_are_forgotten(project):
    for day in range(40):
        remind_due(NINE + day * DAY)
    assert Reminder.objects.count() == 31


def test_one_project_that_fails_keeps_no_other_back(project, manager, approver, act, caplog):
    broken = builders.project(manager, NOON, name="A broken one")
    broken.zone = "Nowhere/Land"
    move(broken, T_ZERO)
    ask(before(project), act(manager))
    remind_due(NINE)
    assert "Anna Approver" in reminded()
    assert f"Nobody of {broken.slug} was reminded" in caplog.text


def test_looking_costs_two_queries_and_the_worker_does_it(project, manager, approver, act, mailoutbox, settings):
    remind_due(NINE)
    for number in range(3):
        builders.project(manager, NOON, name=f"Plan {number}")
    remind_due(NINE)
    with CaptureQueriesContext(connection) as queries:
        remind_due(NINE + timedelta(minutes=1))
    assert len(queries) == 2
    settings.REMIND_AT = time(0, 0)
    ask(before(project), act(manager, timezone.now() - 2 * DAY))
    call_command("worker", once=True)
    assert approver.email in [each.to[0] for each in mailoutbox if "waits for you" in each.subject]


@pytest.mark.parametrize(("name", "value"), [("GOLIVE_REMIND_AT", "nine"), ("GOLIVE_REMIND_BEFORE", "a day")])
def test_a_setting_that_is_none_stops_the_start(name, value, tmp_path):
    env = {"PATH": "", "GOLIVE_DEBUG": "1", "GOLIVE_DATA_DIR": str(tmp_path), name: value}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "manage.py", "check"], cwd=root, env=env, capture_output=True, text=True)
    assert done.returncode
    assert "GOLIVE_REMIND_AT is a time such as 09:00" in done.stderr


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_reminds(project, manager, approver, act):
    Membership.objects.create(project=project, user=person("Nia Approver"), role=Role.APPROVER)
    ask(before(project), act(manager))
    runs = 100 if SLOW else 5
    for run in range(runs):
        at = NINE + run * DAY
        assert all_at_once(*(lambda at=at: remind_due(at) for _ in range(4))) == [None] * 4
        assert Reminder.objects.filter(at=at).count() == 1
        assert reminded(at) == ["Anna Approver", "Nia Approver"]


@pytest.mark.django_db(transaction=True)
def test_who_signs_at_the_very_moment_is_reminded_before_it_or_not_at_all(project, manager, approver, act):
    ask(before(project), act(manager))
    for run in range(100 if SLOW else 5):
        at = NINE + run * DAY
        signed, _none = all_at_once(lambda at=at: sign(project, act(approver, at)), lambda at=at: remind_due(at))
        mails = Mail.objects.filter(kind="signing_reminder", person=approver, created_at=at)
        told = mails.count()
        remind_due(at)
        assert mails.count() == told <= 1
        gate.withdraw(signed, act(approver, at), "To be signed anew")
