"""Two-step login: setting up an app, signing in with its code or a recovery code, and taking it off again."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from checklists.mailing import deliver_due
from checklists.models import Action, JournalEntry
from golive_site.accounts.strongbox import lock_anew
from signoffs.factors import counter
from tests.conftest import PASSWORD
from tests.factors import app_of, code_of


def sign_in(client, user):
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def confirmed(client, address: str):
    """The page behind `address`, after saying anew that it is them."""
    asked = client.get(address)
    assert asked.url.startswith(reverse("account_reauthenticate"))
    return client.post(asked.url, {"password": PASSWORD}, follow=True)


def now_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, counter(timezone.now())))


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_by_its_code_and_gives_recovery_codes(client, technician):
    sign_in(client, technician)
    assert "Set up an app" in client.get(reverse("mfa_index")).text
    page = confirmed(client, reverse("mfa_activate_totp")).text
    assert '<svg class="qr"' in page
    secret = re.search(r'<code class="key">(\w+)</code>', page)[1]
    assert "That is wrong, too old" in client.post(reverse("mfa_activate_totp"), {"code": "000000x"}).text
    done = client.post(reverse("mfa_activate_totp"), {"code": now_of(secret)}, follow=True)
    codes = re.findall(r"<li>(\d{8})</li>", done.text)
    assert len(codes) == 10
    assert "The authenticator app is set up." in done.text
    assert client.get(reverse("mfa_download_recovery_codes")).text.split() == codes
    assert "10 codes are left" in client.get(reverse("mfa_index")).text
    told = JournalEntry.objects.filter(project=None, action=Action.FACTOR_ADDED)
    assert {entry.actor for entry in told} == {technician}
    assert deliver_due(timezone.now()) == 1
    assert mail.outbox[0].to == [technician.email]
    assert "An authenticator app was set up" in mail.outbox[0].body


def test_signing_in_takes_a_code_from_then_on(client, technician):
    app = app_of(technician)
    step = sign_in(client, technician)
    assert step.url == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    assert "One more step" in client.get(step.url).text
    wrong = client.post(step.url, {"code": code_of(app, ago=9)})
    assert "That is wrong, too old" in wrong.text
    assert any(client.post(step.url, {"code": code_of(app)}).status_code == 302 for _ in range(2))
    assert client.get(reverse("projects")).status_code == 200


def test_a_recovery_code_signs_in_once(client, technician):
    app_of(technician)
    code = RecoveryCodes.activate(technician).get_unused_codes()[0]
    for status in (302, 200):
        client.logout()
        sign_in(client, technician)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == status


def test_the_app_is_removed_only_by_who_proves_anew_who_they_are(client, technician):
    app = app_of(technician)
    sign_in(client, technician)
    assert any(client.post(reverse("mfa_authenticate"), {"code": code_of(app)}).status_code == 302 for _ in range(2))
    assert "Use a code" in client.get(reverse("account_reauthenticate")).text
    assert "Use the password" in client.get(reverse("mfa_reauthenticate")).text
    assert Authenticator.objects.filter(user=technician).exists()
    assert "Remove the authenticator app" in confirmed(client, reverse("mfa_deactivate_totp")).text
    assert client.post(reverse("mfa_deactivate_totp"), follow=True).status_code == 200
    assert not Authenticator.objects.filter(user=technician).exists()
    deliver_due(timezone.now())
    assert "The authenticator app of your account was removed." in mail.outbox[0].body


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_reauthenticate"])
def test_its_pages_are_for_who_is_signed_in(client, db, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_who_lost_everything_is_let_in_by_whoever_runs_the_server(client, technician, capsys):
    app_of(technician)
    call_command("remove_factors", "TOM@example.org")
    assert "Removed 1 of Tom Technician" in capsys.readouterr().out
    assert sign_in(client, technician).url == reverse("projects")
    told = JournalEntry.objects.filter(project=None, action=Action.FACTOR_REMOVED)
    assert [(entry.actor, entry.subject) for entry in told] == [(None, "all 1 of Tom Technician")]
    deliver_due(timezone.now())
    assert "removed by whoever runs this server" in mail.outbox[0].body
    with pytest.raises(CommandError, match="no account of nobody"):
        call_command("remove_factors", "nobody@example.org")


# -- What is kept of them --------------------------------------------------------------------------------------------------

OTHER_KEY = "another-secret-key-" + "0123456789" * 4


def kept() -> str:
    return str(list(Authenticator.objects.values_list("data", flat=True)))


def test_the_database_shows_neither_an_app_nor_a_recovery_code(client, technician):
    app, codes = app_of(technician), RecoveryCodes.activate(technician)
    secret, seed = decrypt(app.data["secret"]), decrypt(codes.instance.data["seed"])
    assert re.fullmatch("[A-Z2-7]{32}", secret)
    assert secret not in kept()
    assert seed not in kept()
    assert len(set(codes.get_unused_codes())) == 10


def test_an_app_survives_another_secret_key_that_names_the_one_before(technician, settings, capsys):
    app, before = app_of(technician), settings.SECRET_KEY
    secret = decrypt(app.data["secret"])
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OTHER_KEY, [before]
    assert decrypt(app.data["secret"]) == secret
    call_command("lock_factors")
    assert "Locked 1 secrets" in capsys.readouterr().out
    settings.SECRET_KEY_FALLBACKS = []
    app.refresh_from_db()
    assert decrypt(app.data["secret"]) == secret


def test_without_the_key_no_code_is_right_and_nothing_is_lost(technician, settings, caplog):
    app, before = app_of(technician), settings.SECRET_KEY
    code, was = code_of(app), kept()
    settings.SECRET_KEY = OTHER_KEY
    assert not app.wrap().validate_code(code)
    assert decrypt(app.data["secret"]) != decrypt(app.data["secret"]), "a constant could be guessed"
    assert "GOLIVE_SECRET_KEY was changed" in caplog.text
    call_command("lock_factors")
    assert kept() == was
    settings.SECRET_KEY = before
    assert app.wrap().validate_code(code_of(app)) or app.wrap().validate_code(code_of(app))


def test_what_an_earlier_version_kept_open_is_locked(technician):
    Authenticator.objects.create(user=technician, type=Authenticator.Type.TOTP, data={"secret": "A" * 32})
    Authenticator.objects.create(user=technician, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    assert lock_anew(Authenticator.objects.all()) == 1
    assert "A" * 32 not in kept()
    assert decrypt(Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]) == "A" * 32
