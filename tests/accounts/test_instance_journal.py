"""The instance's own journal: sign-ins, accounts, settings; and who may read it."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from checklists import configuration
from checklists.models import Action, JournalEntry, Membership, Role
from golive_site.accounts.models import User
from tests.conftest import NOON, PASSWORD


def told() -> list[tuple[str, str, str]]:
    entries = JournalEntry.objects.filter(project=None).exclude(action=Action.INSTANCE_STARTED).order_by("seq")
    return [(entry.actor_name, entry.action, entry.subject) for entry in entries]


def sign_in(client, email: str, password: str):
    return client.post(reverse("account_login"), {"login": email, "password": password})


def test_signing_in_and_out_is_recorded(technician, client):
    assert sign_in(client, technician.email, PASSWORD).status_code == 302
    client.post(reverse("account_logout"))
    assert told() == [("Tom Technician", Action.SIGNED_IN, ""), ("Tom Technician", Action.SIGNED_OUT, "")]
    assert JournalEntry.objects.first_broken(None) is None


def test_a_failed_sign_in_names_the_account_and_never_what_was_typed(technician, client):
    sign_in(client, technician.email, "wrong")
    sign_in(client, "my.passphrase@example.org", "wrong")
    assert told() == [("", Action.SIGN_IN_FAILED, "Tom Technician"), ("", Action.SIGN_IN_FAILED, "somebody unknown")]
    assert not JournalEntry.objects.filter(body__contains="passphrase").exists()


def test_new_passwords_are_recorded(technician, client):
    sign_in(client, technician.email, PASSWORD)
    new = {"oldpassword": PASSWORD, "password1": "staple battery horse", "password2": "staple battery horse"}
    assert client.post(reverse("account_change_password"), new).status_code == 302
    assert ("Tom Technician", Action.PASSWORD_CHANGED, "") in told()
    client.post(reverse("account_logout"))
    client.post(reverse("account_reset_password"), {"email": technician.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/password/reset/key/" in word)
    page = client.get(link.partition("//")[2].partition("/")[2].join(["/", ""]), follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": "battery staple horse", "password2": "battery staple horse"})
    assert ("Tom Technician", Action.PASSWORD_RESET, "") in told()


def test_new_accounts_are_recorded(project, manager, act):
    Membership.objects.admit(project, act(manager), "new@example.org", "Nina New", Role.AUDITOR)
    User.objects.create_superuser("root@example.org", PASSWORD, name="Rosa Root")
    assert told() == [
        ("Mara Manager", Action.ACCOUNT_CREATED, "Nina New"),
        ("", Action.ACCOUNT_CREATED, "Rosa Root, administrator"),
    ]


def test_other_settings_are_recorded_by_name_only(db, monkeypatch):
    monkeypatch.setattr(configuration, "_known", set())
    monkeypatch.setenv("GOLIVE_DEBUG", "1")
    monkeypatch.setenv("GOLIVE_MAIL_FROM", "hush@example.org")
    configuration.note_settings(NOON)
    before = told()
    configuration.note_settings(NOON)
    assert told() == before
    monkeypatch.setenv("GOLIVE_MAIL_FROM", "loud@example.org")
    configuration.note_settings(NOON)
    assert told()[len(before) :] == [("", Action.SETTINGS_CHANGED, "GOLIVE_MAIL_FROM")]
    assert not JournalEntry.objects.filter(body__contains="@example.org", project=None).exists()


@pytest.mark.parametrize(("address", "arguments"), [("instance_journal", []), ("instance_journal_file", ["csv"])])
def test_it_is_for_administrators(project, manager, outsider, signed_in, client, address, arguments):
    where = reverse(address, args=arguments)
    assert client.get(where).status_code == 302
    assert signed_in(manager).get(where).status_code == 403
    outsider.is_superuser = True
    outsider.save()
    answer = signed_in(outsider).get(where)
    assert answer.status_code == 200
    assert "Otto Outsider" in answer.text
    assert "Harbour Lights" not in answer.text


def test_the_demo_leaves_an_intact_journal(db, settings):
    settings.DEBUG = True
    call_command("demo", verbosity=0)
    call_command("verify_journal")
