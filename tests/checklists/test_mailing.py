"""The outbox: a mail goes out if and only if what it tells of was committed, once, and never to who may not read it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from checklists.mailing import LEASE, SLOWEST, deliver_due, letter_of
from checklists.models import Mail, Membership, Role
from checklists.models.mail import MailState
from tests.conftest import NOON

HOSTILE = [
    "Lamp\r\nBcc: all@example.org",
    "Lamp\nBcc: all@example.org",
    "Lamp\rX: y",
    "Lamp\u2028Bcc: a@b.example",
    "L\x85x",
]


class Down(EmailBackend):
    """A mail server that is not there."""

    def send_messages(self, messages):
        raise ConnectionRefusedError("nobody listens")


@pytest.fixture
def invited(project, manager, act):
    """Somebody new, with their mail waiting."""
    return Membership.objects.admit(project, act(manager), "new@example.org", "Nora New", Role.TECHNICIAN).user


def test_who_is_added_is_told(project, invited, manager, mailoutbox):
    assert deliver_due(NOON) == 1
    (letter,) = mailoutbox
    assert letter.to == ["new@example.org"]
    assert project.name in letter.subject
    assert str(manager) in letter.body
    assert f"http://127.0.0.1:8000/projects/{project.slug}/" in letter.body
    mail = Mail.objects.get()
    assert (mail.state, mail.sent_at, mail.attempts) == (MailState.SENT, NOON, 1)


def test_another_role_is_no_news(project, technician, manager, act):
    Membership.objects.admit(project, act(manager), technician.email, "", Role.APPROVER)
    assert not Mail.objects.exists()


def test_what_is_rolled_back_is_not_told(project, invited, mailoutbox):
    with pytest.raises(RuntimeError), transaction.atomic():
        Mail.objects.post("member_added", invited, "k", NOON, project=project)
        raise RuntimeError
    assert deliver_due(NOON) == 1
    assert not Mail.objects.filter(key="k").exists()


def test_the_same_key_is_the_same_mail(project, invited, mailoutbox):
    for _ in range(3):
        Mail.objects.post("member_added", invited, "same", NOON, project=project, by="Mia", path="/x/")
    deliver_due(NOON)
    Mail.objects.post("member_added", invited, "same", NOON, project=project, by="Mia", path="/x/")
    assert deliver_due(NOON + SLOWEST) == 0
    assert len(mailoutbox) == 2  # the invitation and this one


def test_a_server_that_is_down_loses_nothing(project, invited, mailoutbox, settings):
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    now = NOON
    for tries in range(1, 15):
        assert deliver_due(now) == 0
        mail = Mail.objects.get()
        assert (mail.state, mail.attempts) == (MailState.WAITING, tries)
        assert "nobody listens" in mail.problem
        assert LEASE <= mail.due_at - now <= SLOWEST
        assert deliver_due(mail.due_at - timedelta(seconds=1)) == 0
        now = mail.due_at
    settings.EMAIL_BACKEND = working
    assert deliver_due(now) == 1
    assert len(mailoutbox) == 1
    assert Mail.objects.get().problem == ""


def test_one_that_cannot_be_written_keeps_no_other_back(project, invited, technician, mailoutbox):
    Mail.objects.filter(person=invited).update(kind="there_is_no_such_template")
    Mail.objects.post("member_added", technician, "other", NOON, project=project, by="Mia", path="/x/")
    assert deliver_due(NOON) == 1
    assert [letter.to for letter in mailoutbox] == [[technician.email]]


@pytest.mark.parametrize("away", ["deactivated", "removed"])
def test_who_may_not_read_it_any_more_is_not_written_to(project, invited, mailoutbox, away):
    if away == "removed":
        project.memberships.get(user=invited).delete()
    else:
        invited.is_active = False
        invited.save()
    assert deliver_due(NOON) == 0
    assert mailoutbox == []
    assert Mail.objects.get().state == MailState.DROPPED


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_makes_no_header(project, invited, name, mailoutbox):
    project.name = name
    project.save()
    assert deliver_due(NOON) == 1
    (letter,) = mailoutbox
    assert set(letter.message().keys()) <= {
        "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date",
        "Message-ID", "Auto-Submitted",
    }  # fmt: skip
    assert len(letter.subject.splitlines()) == 1


def test_text_is_text(project, invited):
    project.name = "Lamps & <b>Lights</b>"
    project.save()
    letter = letter_of(Mail.objects.select_related("person", "project").get())
    assert "Lamps & <b>Lights</b>" in letter.subject


def test_a_secret_is_forgotten_once_sent(project, invited, mailoutbox):
    Mail.objects.post(
        "member_added", "guest@example.org", "guest", NOON, project=project, secret="123", by="M", path="/"
    )
    assert Mail.objects.get(key="guest").secret == "123"
    deliver_due(NOON)
    assert Mail.objects.get(key="guest").secret == ""


def test_the_message_id_is_the_mail_s_own(project, invited):
    mail = Mail.objects.select_related("person", "project").get()
    assert letter_of(mail).extra_headers["Message-ID"] == letter_of(mail).extra_headers["Message-ID"]


@pytest.mark.django_db(transaction=True)
def test_many_workers_send_each_mail_once(project, technician):
    for number in range(20):
        Mail.objects.post("member_added", technician, f"mail-{number}", NOON, project=project, by="Mia", path="/x/")
    start = Barrier(4)

    def work(_):
        try:
            start.wait(timeout=20)
            return deliver_due(NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(work, range(4))) == 20
    assert set(Mail.objects.values_list("attempts", "state")) == {(1, MailState.SENT)}
