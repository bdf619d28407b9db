"""SIG-05: whatever is shown wrongly, signs nothing: replayed, for another slot or snapshot, too old, another's, or made up.

Each case says what is sent to sign the first slot over what stands there now; all else about the request is as it should be.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.utils import decrypt
from django.core import signing
from django.urls import reverse
from django.utils import timezone

from checklists.models import Membership, Role
from signoffs import gate, passkeys
from signoffs.models import Signature
from tests.builders import ask_one_more, item, settle
from tests.conftest import NOON, PASSWORD, person
from tests.factors import Passkey, app_of, code_of
from tests.signoffs.test_proof import asked, post, standing

# The number of the other place about the same.
OTHER = 3
Case = Callable[["World"], dict[str, str]]


class World:
    """Anna has a password, an app and a passkey; so has Ben, who may sign the same. Both places are ready to be signed."""

    def __init__(self, project, anna, ben, act, signed_in):
        self.project, self.anna, self.ben, self.act = project, anna, ben, act
        self.client, self.client_of_ben = signed_in(anna), signed_in(ben)
        self.app, self.app_of_ben = app_of(anna), app_of(ben)
        self.passkey, self.passkey_of_ben = Passkey(anna), Passkey(ben)
        self.digest = standing(project).digest

    def sign(self, number: int = 1, **shown) -> None:
        """Sign rightly, and take it back: what was shown is used up."""
        assert post(self.client, self.project, number, **shown).status_code == 302
        gate.withdraw(Signature.objects.live().get(), self.act(self.anna, timezone.now()), "Too early")

    def change(self) -> None:
        """The plan as it was is no more."""
        certificates = item(self.project, "Certificates valid")
        certificates.reopen(self.act(self.anna), "One expired")
        item(self.project, "Certificates valid").complete(
            self.act(self.project.created_by, NOON + timedelta(minutes=1))
        )
        assert standing(self.project).digest != self.digest

    def answer(self, number: int = 1, *, by: Passkey | None = None, **wrong) -> dict[str, str]:
        challenge, signed = asked(self.client, self.project, number)
        return {"challenge": challenge, "credential": (by or self.passkey).answer(signed, **wrong)}

    def edited(self, edit: Callable[[dict], object]) -> dict[str, str]:
        """An answer of the right passkey to the right question, with something else in it."""
        answer = self.answer()
        said = json.loads(answer["credential"])
        edit(said)
        return answer | {"credential": json.dumps(said)}


@pytest.fixture
def world(project, technician, approver, act, signed_in):
    settle(project, act(technician))
    ask_one_more(project)
    ben = person("Ben Approver")
    ben.set_password("another night boat")
    ben.save()
    Membership.objects.create(project=project, user=ben, role=Role.APPROVER)
    return World(project, approver, ben, act, signed_in)


# -- Passwords -----------------------------------------------------------------------------------------------------------


def old_password(world: World) -> dict:
    world.anna.set_password("a new night boat")
    world.anna.save()
    world.client.force_login(world.anna, backend="allauth.account.auth_backends.AuthenticationBackend")
    return {"password": PASSWORD}


PASSWORDS: dict[str, Case] = {
    f"password {name}": lambda world, typed=typed: {"password": typed}
    for name, typed in {
        "empty": "",
        "guessed": "guess",
        "in capitals": PASSWORD.upper(),
        "with a space behind": PASSWORD + " ",
        "with a space before": " " + PASSWORD,
        "without its spaces": PASSWORD.replace(" ", ""),
        "twice": PASSWORD * 2,
        "cut": PASSWORD[:-1],
        "with another letter": PASSWORD.replace("e", "е"),
        "long": PASSWORD + "x" * 5000,
        "of somebody else": "another night boat",
        "of no account": "!",
    }.items()
} | {
    "password as it is stored": lambda world: {"password": world.anna.password},
    "password of before": old_password,
    "passkey's id as the password": lambda world: {"password": world.passkey.id.hex()},
}

# -- Codes ---------------------------------------------------------------------------------------------------------------


def spent_elsewhere(world: World) -> dict:
    code = code_of(world.app)
    world.sign(OTHER, code=code)
    return {"code": code}


def spent_here(world: World) -> dict:
    code = code_of(world.app)
    world.sign(code=code)
    return {"code": code}


def shown_for_another_snapshot(world: World) -> dict:
    code = code_of(world.app)
    wish = {"digest": world.digest, "decision": "decline", "comment": "Seen", "code": code}
    world.change()
    assert world.client.post(reverse("slot", args=[world.project.slug, 1]), wish).status_code == 409
    return {"code": code}


def of_a_removed_app(world: World) -> dict:
    code = code_of(world.app)
    world.app.delete()
    return {"code": code}


def of_a_replaced_app(world: World) -> dict:
    code = of_a_removed_app(world)
    app_of(world.anna)
    return code


def that_set_up_the_app(world: World) -> dict:
    Authenticator.objects.filter(pk=world.app.pk).update(created_at=timezone.now())
    return {"code": code_of(world.app)}


def that_signed_in(world: World) -> dict:
    Authenticator.objects.filter(pk=world.app.pk).update(last_used_at=timezone.now())
    return {"code": code_of(world.app)}


def recovery(world: World, number: int) -> dict:
    return {"code": RecoveryCodes.activate(world.anna).get_unused_codes()[number]}


CODES: dict[str, Case] = (
    {f"code of {ago} half minutes ago": lambda world, ago=ago: {"code": code_of(world.app, ago)} for ago in range(3, 9)}
    | {f"code in {to} half minutes": lambda world, to=to: {"code": code_of(world.app, -to)} for to in range(2, 5)}
    | {f"recovery code {number}": lambda world, number=number: recovery(world, number) for number in range(3)}
    | {
        "code of somebody else": lambda world: {"code": code_of(world.app_of_ben)},
        "code cut": lambda world: {"code": code_of(world.app)[:5]},
        "code with another digit": lambda world: {"code": code_of(world.app) + "0"},
        "code with a sign": lambda world: {"code": "-" + code_of(world.app)},
        "code in other digits": lambda world: {"code": "".join(chr(0x660 + int(each)) for each in code_of(world.app))},
        "code of letters": lambda world: {"code": "abcdef"},
        "code of spaces": lambda world: {"code": "      "},
        "code as the password": lambda world: {"password": code_of(world.app)},
        "key of the app": lambda world: {"code": decrypt(world.app.data["secret"])[:20]},
        "code with a wrong password": lambda world: {"code": code_of(world.app), "password": "guess"},
        "password with a wrong code": lambda world: {"code": code_of(world.app, 9), "password": PASSWORD},
        "code spent on another slot": spent_elsewhere,
        "code spent here": spent_here,
        "code for another snapshot": shown_for_another_snapshot,
        "code of a removed app": of_a_removed_app,
        "code of a replaced app": of_a_replaced_app,
        "code that set up the app": that_set_up_the_app,
        "code that signed in": that_signed_in,
    }
)

# -- Passkeys ------------------------------------------------------------------------------------------------------------


def replayed(world: World, number: int) -> dict:
    answer = world.answer(number)
    world.sign(number, **answer)
    return answer


def for_another_snapshot(world: World) -> dict:
    answer = world.answer()
    world.change()
    return answer


def too_old(world: World) -> dict:
    now = time.time
    with pytest.MonkeyPatch.context() as clock:
        clock.setattr(signing.time, "time", lambda: now() - passkeys.ANSWER_WITHIN.total_seconds() - 2)
        return world.answer()


def asked_of_somebody_else(world: World) -> dict:
    challenge, signed = asked(world.client_of_ben, world.project)
    return {"challenge": challenge, "credential": world.passkey.answer(signed)}


def of_another_question(world: World) -> dict:
    return world.answer() | {"challenge": asked(world.client, world.project)[0]}


def of_the_sign_in(world: World) -> dict:
    question = world.client.get(reverse("mfa_reauthenticate_webauthn"))
    signed = question.context["js_data"]["request_options"]["publicKey"]["challenge"]
    return {"challenge": asked(world.client, world.project)[0], "credential": world.passkey.answer(signed)}


def made_up_challenge(world: World) -> dict:
    challenge = signing.dumps([world.anna.pk, 1, world.digest, "0" * 32], salt="another")
    signed = passkeys.websafe_encode(passkeys.hashed(challenge))
    return {"challenge": challenge, "credential": world.passkey.answer(signed)}


def tampered_challenge(world: World) -> dict:
    answer = world.answer()
    return answer | {"challenge": answer["challenge"][:-1] + ("A" if answer["challenge"][-1] != "A" else "B")}


def removed_passkey(world: World) -> dict:
    answer = world.answer()
    world.passkey.authenticator.delete()
    Passkey(world.anna)
    return answer


def under_its_name(world: World) -> dict:
    other = Passkey(world.ben)
    other.id = world.passkey.id
    return world.answer(by=other)


def sent(text: str) -> Case:
    return lambda world: {"challenge": asked(world.client, world.project)[0], "credential": text}


def without(*path: str) -> Case:
    def cut(said: dict) -> None:
        *above, last = path
        for name in above:
            said = said[name]
        del said[last]

    return lambda world: world.edited(cut)


PASSKEYS: dict[str, Case] = {
    "passkey replayed here": lambda world: replayed(world, 1),
    "passkey replayed from another slot": lambda world: replayed(world, OTHER),
    "passkey asked for another slot": lambda world: world.answer(OTHER),
    "passkey asked for another snapshot": for_another_snapshot,
    "passkey that answers late": too_old,
    "passkey of somebody else": lambda world: world.answer(by=world.passkey_of_ben),
    "passkey that answers somebody else's question": asked_of_somebody_else,
    "passkey that answers another question": of_another_question,
    "passkey that answers the sign-in": of_the_sign_in,
    "passkey under the name of another": under_its_name,
    "passkey removed": removed_passkey,
    "passkey with a challenge of ours made elsewhere": made_up_challenge,
    "passkey with a challenge changed": tampered_challenge,
    "passkey without a challenge": lambda world: world.answer() | {"challenge": ""},
    "passkey at another address": lambda world: world.answer(origin="https://golive.example.net"),
    "passkey at an address that begins like ours": lambda world: world.answer(origin="https://testserver.example.net"),
    "passkey over plain HTTP": lambda world: world.answer(origin="http://testserver"),
    "passkey for another site": lambda world: world.answer(rp="example.net"),
    "passkey without finger, face or PIN": lambda world: world.answer(verified=False),
    "passkey whose signature is cut": lambda world: world.edited(
        lambda said: said["response"].update(signature=said["response"]["signature"][:-8])
    ),
    "passkey whose signature is none": lambda world: world.edited(
        lambda said: said["response"].update(signature="AAAA")
    ),
    "passkey whose data are cut": lambda world: world.edited(
        lambda said: said["response"].update(authenticatorData=said["response"]["authenticatorData"][:20])
    ),
    "passkey with two ids": lambda world: world.edited(lambda said: said.update(id="AAAA")),
    "passkey with numbers for text": lambda world: world.edited(lambda said: said.update(response=7)),
    "passkey without an id": without("rawId"),
    "passkey without an answer": without("response"),
    "passkey without a signature": without("response", "signature"),
    "passkey without data": without("response", "authenticatorData"),
    "passkey without what the browser saw": without("response", "clientDataJSON"),
    **{
        f"passkey as {name}": sent(text)
        for name, text in {
            "nothing": " ",
            "null": "null",
            "a list": "[]",
            "an empty object": "{}",
            "a number": "7",
            "no JSON": "{",
            "a deep list": "[" * 5_000,
            "a long text": "x" * 20_000,
        }.items()
    },
}

BAD: dict[str, Case] = PASSWORDS | CODES | PASSKEYS


def test_sig_05_the_table_is_long_enough():
    assert len(BAD) >= 60


@pytest.mark.parametrize("name", BAD)
def test_sig_05_a_bad_proof_signs_nothing(world, name):
    shown = BAD[name](world)
    refused = post(world.client, world.project, **shown)
    assert refused.status_code == (409 if name in ("code spent here", "passkey replayed here") else 422)
    assert not Signature.objects.live().exists()


TWO: dict[str, Case] = {
    "password alone": lambda world: {"password": PASSWORD},
    "code alone": lambda world: {"code": code_of(world.app)},
    "wrong password with a code": lambda world: {"password": "guess", "code": code_of(world.app)},
    "password with a wrong code": lambda world: {"password": PASSWORD, "code": code_of(world.app, 9)},
    "nothing": lambda world: {},
}


@pytest.mark.parametrize("name", TWO)
def test_sig_05_where_both_are_asked_for_one_is_not_enough(world, settings, name):
    settings.SIGN_WITH_TWO = True
    assert post(world.client, world.project, **TWO[name](world)).status_code == 422
    assert not Signature.objects.exists()
