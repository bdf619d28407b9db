"""The customer's documents from their import to their signatures, over HTTP, as five people."""

from __future__ import annotations

import pytest

from checklists.models import Membership, Project
from golive_site.accounts.models import User
from signoffs import gate
from signoffs.invariants import broken
from tests.browser.conftest import Server, asgi_server  # noqa: F401, a fixture
from tests.builders import PLAN, seed
from tests.conftest import PASSWORD
from tests.crowd import SLOW
from tests.seed_run import CAST, Run

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(asgi_server: Server, settings) -> str:  # noqa: F811
    settings.ACCOUNT_RATE_LIMITS = False
    for email in CAST:
        User.objects.create_user(email, PASSWORD, name=email.split("@")[0].title())
    return asgi_server.url


def check(run: Run) -> Project:
    print(run.figures())  # noqa: T201
    project = Project.objects.get(slug=run.slug)
    assert not project.items.open().exists()
    assert project.items.count() >= run.completed > 0
    assert {each.state for each in gate.standings(project)} == {"valid"}
    assert Membership.objects.filter(project=project).count() == 5
    assert broken(project) == []
    return project


def test_a_small_plan_by_five_people(server):
    project = check(Run(server, PASSWORD, "small").play(PLAN.encode()))
    assert {entry.actor.email for entry in project.journal.select_related("actor")} >= {
        "manager@example.org",
        "technician@example.org",
        "approver@example.org",
    }


@pytest.mark.skipif(not SLOW, reason="GOLIVE_SLOW=1 runs the customer's documents; it takes a minute each")
@pytest.mark.parametrize("number", ["001", "002"])
def test_a_seed_by_five_people(server, number):
    check(Run(server, PASSWORD, f"seed-{number}").play(seed(number).read_bytes()))
