"""Signing in, and the accounts behind it."""

import pytest
from django.conf import settings
from django.core import mail
from django.db import IntegrityError
from django.urls import reverse

from golive_site.accounts.models import User
from tests.builders import item
from tests.conftest import PASSWORD


def test_email_and_password_lead_to_the_projects(client, technician):
    response = client.post(reverse("account_login"), {"login": "TOM@example.org", "password": PASSWORD})
    assert response.url == reverse("projects")


def test_a_wrong_password_says_no_more_than_needed(client, technician):
    for login in (technician.email, "nobody@example.org"):
        page = client.post(reverse("account_login"), {"login": login, "password": "guess"})
        assert "not correct" in page.text


def test_nobody_signs_themselves_up(client, db):
    data = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), data)
    assert not User.objects.exists()


def test_somebody_added_by_a_manager_sets_a_password_by_mail(client, signed_in, project, manager):
    signed_in(manager).post(
        reverse("members", args=[project.slug]), {"email": "Nia@Example.org", "name": "Nia Okafor", "role": "approver"}
    )
    nia = User.objects.get(email="nia@example.org")
    assert not nia.has_usable_password()
    client.post(reverse("account_reset_password"), {"email": "nia@example.org"}, headers={"host": "localhost"})
    assert [message.to for message in mail.outbox] == [["nia@example.org"]]
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in mail.outbox[0].body
    assert mail.outbox[0].subject == "Set your password for Golive"
    link = mail.outbox[0].body.split(settings.BASE_URL)[1].split()[0]
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": PASSWORD, "password2": PASSWORD})
    assert client.login(email="nia@example.org", password=PASSWORD)


def test_addresses_differ_by_more_than_case(db):
    User.objects.create_user("nia@example.org", name="Nia")
    with pytest.raises(IntegrityError):
        User.objects.create(email="NIA@example.org", name="Another")


def test_what_removing_somebody_means_is_said_before(project, manager, technician, act, signed_in):
    for words in ("Lamps answer", "Certificates valid"):
        item(project, words).claim(act(technician))
    page = " ".join(signed_in(manager).get(reverse("members", args=[project.slug])).text.split())
    assert "Tom Technician will not see this project any more. What they did and signed stays. 2 items stay" in page
    assert page.count("in their hands") == 1
    assert "in their hands" not in signed_in(technician).get(reverse("members", args=[project.slug])).text


def test_the_last_manager_stays(project, manager, signed_in):
    member = project.memberships.get(user=manager)
    response = signed_in(manager).post(reverse("member_removal", args=[project.slug, member.pk]), follow=True)
    assert "needs a manager" in response.text
    assert project.memberships.filter(pk=member.pk).exists()
