"""Many proofs at once: five tries and no more, however many come together (SIG-06); and one signature for one code (SIG-05)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from checklists.models import Action, Mail
from signoffs.models import GUESSES, Guess, Signature, Token, VoidedBy
from tests.builders import ask_one_more, settle
from tests.conftest import NOON, PASSWORD
from tests.crowd import SLOW, all_at_once
from tests.factors import app_of, code_of
from tests.signoffs.test_proof import post, standing

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = range(100 if SLOW else 4)
CROWD = 12


@pytest.fixture
def project(project, technician, act):
    settle(project, act(technician))
    ask_one_more(project)
    return project


def send(client, project, number: int, **shown):
    """The form as it was read before all others, sent when all others are."""
    wish = {"digest": standing(project, number).digest, "decision": "approve"} | shown
    return lambda: client.post(reverse("slot", args=[project.slug, number]), wish).status_code


def test_sig_06_of_many_wrong_passwords_at_once_five_are_looked_at(project, approver, manager, signed_in):
    for run in RUNS:
        clients = [signed_in(approver) for _ in range(CROWD)]
        answers = all_at_once(*(send(each, project, 1, password=f"guess {n}") for n, each in enumerate(clients)))
        assert answers == [422] * CROWD
        assert project.journal.filter(action=Action.SIGNING_REFUSED).count() == GUESSES * (run + 1)
        assert Guess.objects.count() == GUESSES
        assert Mail.objects.filter(kind="signing_locked").count() == 2 * (run + 1)
        assert post(signed_in(approver), project, password=PASSWORD).status_code == 422
        assert not Signature.objects.exists()
        Guess.objects.all().delete()


def test_sig_05_of_one_code_sent_twice_at_once_comes_one_signature(project, approver, manager, signed_in):
    app = app_of(approver)
    for numbers in ((1, 3), (1, 1)) * len(RUNS):
        code = code_of(app)
        clients = [signed_in(approver), signed_in(approver)]
        answers = all_at_once(
            *(send(each, project, number, code=code) for each, number in zip(clients, numbers, strict=True))
        )
        assert answers.count(302) == 1
        assert Signature.objects.live().count() == 1
        Signature.objects.live().void(NOON, manager, VoidedBy.WITHDRAWN, "Once more")
        Token.objects.all().delete()
        Guess.objects.all().delete()
