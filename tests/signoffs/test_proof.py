"""How signers show that it is them: password, code of an app, or both; each once, for one slot and one snapshot (SIG-05)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from checklists.act import TransitionRefused
from checklists.models import Action, Mail
from signoffs import gate, pdf
from signoffs.models import GUESSES, Guess, Method, Signature, Token
from signoffs.models.token import forget_tokens
from signoffs.report import report_of
from signoffs.standing import standings
from tests.builders import ask_one_more, item, settle
from tests.conftest import NOON, PASSWORD
from tests.factors import Passkey, app_of, code_of


@pytest.fixture
def project(project, technician, act):
    """Everything is done, and the first phase is signed in two places, so that none closes it."""
    settle(project, act(technician))
    ask_one_more(project)
    return project


@pytest.fixture
def app(approver):
    return app_of(approver)


def standing(project, number=1):
    return next(each for each in standings(project) if each.slot.number == number)


def post(client, project, number=1, **typed):
    """Send the signing form as it was read now."""
    wish = {"digest": standing(project, number).digest, "decision": "approve"}
    return client.post(reverse("slot", args=[project.slug, number]), wish | typed)


def test_sig_05_the_code_of_the_app_signs_instead_of_the_password(project, approver, app, signed_in):
    client = signed_in(approver)
    assert 'name="code"' in client.get(reverse("slot", args=[project.slug, 1])).text
    assert post(client, project, code=code_of(app)).status_code == 302
    assert Signature.objects.get().method == Method.TOTP
    assert "code of the authenticator app" in pdf.html_of(report_of(project, NOON))


def test_sig_05_the_password_still_does_and_both_together_are_told_as_both(project, approver, app, act, signed_in):
    client = signed_in(approver)
    assert post(client, project, password=PASSWORD).status_code == 302
    assert Signature.objects.last().method == Method.PASSWORD
    gate.withdraw(Signature.objects.get(), act(approver, timezone.now()), "Once more")
    assert post(client, project, password=PASSWORD, code=code_of(app)).status_code == 302
    assert Signature.objects.last().method == Method.PASSWORD_TOTP


def test_sig_05_who_has_no_app_is_asked_for_no_code_and_signs_with_none(project, approver, signed_in):
    client = signed_in(approver)
    assert 'name="code"' not in client.get(reverse("slot", args=[project.slug, 1])).text
    assert post(client, project, code="123456").status_code == 422


def test_sig_05_who_has_no_password_signs_with_a_code(project, approver, app, signed_in):
    approver.set_unusable_password()
    approver.save()
    client = signed_in(approver)
    assert post(client, project, password="!").status_code == 422
    assert post(client, project, code=code_of(app)).status_code == 302


def test_sig_05_a_code_works_once_and_for_one_slot_and_snapshot(project, approver, app, technician, act, signed_in):
    client, code = signed_in(approver), code_of(app)
    seen = standing(project).digest
    address = reverse("slot", args=[project.slug, 1])
    item(project, "Certificates valid").reopen(act(technician), "One expired")
    refused = client.post(address, {"digest": seen, "decision": "approve", "code": code})
    assert refused.status_code == 409  # the plan changed; the code is good for what was read only
    assert code not in refused.text
    item(project, "Certificates valid").complete(act(technician, NOON + timedelta(minutes=1)))
    assert standing(project).digest != seen
    assert post(client, project, code=code).status_code == 422
    assert post(client, project, 2, code=code).status_code == 422
    assert not Signature.objects.exists()


def test_sig_05_a_code_that_signed_does_not_sign_again_after_a_withdrawal(project, approver, app, act, signed_in):
    client, code = signed_in(approver), code_of(app)
    assert post(client, project, code=code).status_code == 302
    gate.withdraw(Signature.objects.get(), act(approver, timezone.now()), "Too early")
    again = post(client, project, code=code)
    assert again.status_code == 409
    assert "used already" in again.text
    assert Signature.objects.live().count() == 0
    with pytest.raises(TransitionRefused):
        Token.objects.get().use(NOON)


def test_sig_05_a_refused_signature_does_not_cost_the_code(project, approver, app, signed_in):
    client, code = signed_in(approver), code_of(app)
    assert post(client, project, code=code, decision="decline").status_code == 422
    assert post(client, project, code=code).status_code == 302


def test_sig_05_the_code_that_signed_in_signs_nothing(project, approver, app, client):
    client.post(reverse("account_login"), {"login": approver.email, "password": PASSWORD})
    # allauth takes no code of the half minute before: where one ended just now, the next code does.
    code = next(
        each
        for _ in range(2)
        if client.post(reverse("mfa_authenticate"), {"code": (each := code_of(app))}).status_code == 302
    )
    assert post(client, project, code=code).status_code == 422
    assert not Signature.objects.exists()


def test_sig_05_the_code_that_signed_signs_nobody_in(project, approver, app, signed_in, client):
    code = code_of(app)
    assert post(signed_in(approver), project, code=code).status_code == 302
    client.post(reverse("account_login"), {"login": approver.email, "password": PASSWORD})
    assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_sig_05_recovery_codes_sign_nothing(project, approver, app, signed_in):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    for code in RecoveryCodes.activate(approver).get_unused_codes()[: GUESSES - 1]:
        assert post(signed_in(approver), project, code=code).status_code == 422
    assert not Signature.objects.exists()


def test_sig_05_an_instance_may_ask_for_both(project, approver, settings, signed_in):
    settings.SIGN_WITH_TWO = True
    client = signed_in(approver)
    alone = post(client, project, password=PASSWORD)
    assert alone.status_code == 422
    assert "set up two-step login" in alone.text
    app = app_of(approver)
    assert post(client, project, password=PASSWORD).status_code == 422
    assert post(client, project, code=code_of(app)).status_code == 422
    assert not Guess.objects.exists()
    assert post(client, project, password=PASSWORD, code=code_of(app)).status_code == 302
    assert Signature.objects.get().method == Method.PASSWORD_TOTP


def test_sig_06_wrong_codes_and_wrong_passwords_count_together(project, approver, app, signed_in):
    client = signed_in(approver)
    for number in range(GUESSES):
        assert not Mail.objects.filter(kind="signing_locked").exists()
        wrong = {"password": "guess"} if number % 2 else {"code": code_of(app, ago=5 + number)}
        assert post(client, project, **wrong).status_code == 422
    locked = post(client, project, code=code_of(app))
    assert "Too many wrong passwords or codes" in locked.text
    assert not Signature.objects.exists()
    assert Mail.objects.filter(kind="signing_locked").count() == 2
    assert project.journal.filter(action=Action.SIGNING_REFUSED).count() == GUESSES


def test_a_right_proof_leaves_no_guess_behind(project, approver, app, signed_in):
    assert post(signed_in(approver), project, code=f" {code_of(app)[:3]} {code_of(app)[3:]} ").status_code == 302
    assert not Guess.objects.exists()
    assert Authenticator.objects.filter(user=approver).count() == 1


def test_tokens_are_forgotten_long_after_they_could_be_shown_again(project, approver, app, signed_in):
    post(signed_in(approver), project, code=code_of(app))
    forget_tokens(timezone.now())
    assert Token.objects.exists()
    forget_tokens(timezone.now() + timedelta(days=3))
    assert not Token.objects.exists()


# -- Passkeys ------------------------------------------------------------------------------------------------------------


def asked(client, project, number=1) -> tuple[str, str]:
    """The challenge of the page as it is now, and what of it the passkey signs."""
    where = reverse("slot_challenge", args=[project.slug, number])
    question = client.get(where, {"digest": standing(project, number).digest}).json()
    return question["challenge"], question["request_options"]["publicKey"]["challenge"]


def test_sig_05_a_passkey_signs_alone(project, approver, settings, signed_in):
    settings.SIGN_WITH_TWO = True
    client = signed_in(approver)
    assert "data-passkey" not in client.get(reverse("slot", args=[project.slug, 1])).text
    passkey = Passkey(approver)
    assert "data-passkey" in client.get(reverse("slot", args=[project.slug, 1])).text
    challenge, signed = asked(client, project)
    assert post(client, project, challenge=challenge, credential=passkey.answer(signed)).status_code == 302
    assert Signature.objects.get().method == Method.PASSKEY
    passkey.authenticator.refresh_from_db()
    assert passkey.authenticator.last_used_at


def test_sig_05_an_answer_of_a_passkey_works_once(project, approver, act, signed_in):
    client, passkey = signed_in(approver), Passkey(approver)
    challenge, signed = asked(client, project)
    answer = {"challenge": challenge, "credential": passkey.answer(signed)}
    assert post(client, project, **answer).status_code == 302
    gate.withdraw(Signature.objects.get(), act(approver, timezone.now()), "Too early")
    assert post(client, project, **answer).status_code == 409
    assert not Signature.objects.live().exists()
