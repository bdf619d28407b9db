"""The go/no-go meeting in a real browser: two people at it, a voter with a phone and the chair, and each sees the other act."""

from __future__ import annotations

import pytest

from checklists.models import Membership, Role, Slot
from signoffs.models import Condition, Signature
from tests import builders
from tests.browser.conftest import PHONE
from tests.builders import PLAN, settle
from tests.conftest import NOON, PASSWORD, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

VOTE = "\n## Votes\n\n- [ ] IT Lead: Ready for go-live? [ ] Yes [ ] No\n"


def decide(page, slot: Slot, decision: str, comment: str = "") -> None:
    page.goto(slot.get_absolute_url())
    page.check(f"input[name=decision][value={decision}]")
    page.fill("textarea[name=comment]", comment)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/meeting/")


def says(page, words: str) -> None:
    """Without loading it anew: what somebody else did comes by itself."""
    page.locator("#meeting").get_by_text(words).first.wait_for()


def fits(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_votes_and_the_decision_appear_on_the_other_persons_page(manager, technician, approver, act, enter):
    project = builders.project(manager, NOON, PLAN + VOTE)
    chair = person("Dora Chair")
    for who, role in ((technician, Role.TECHNICIAN), (approver, Role.APPROVER), (chair, Role.APPROVER)):
        Membership.objects.create(project=project, user=who, role=role)
    settle(project, act(technician))
    mara = enter(manager, javascript=False)
    mara.goto(f"/projects/{project.slug}/meeting/")
    mara.select_option("select[name=chair]", label="Dora Chair")
    mara.click("text=Let them chair it")
    says(mara, "Dora Chair")
    vote, decision = project.slots.get(kind="vote"), project.slots.get(kind="decision")

    dora, anna = enter(chair), enter(approver, size=PHONE)
    dora.goto(f"/projects/{project.slug}/meeting/")
    says(dora, "1 vote is missing")
    decide(anna, vote, "no_go", "The lamps are dark")
    says(dora, "The lamps are dark")
    says(dora, "1 no-go")
    fits(anna)

    anna.goto(vote.get_absolute_url())
    anna.click("text=Conditions, where you approve with some")
    anna.fill("[name=condition-0]", "Lamps cleaned")
    anna.select_option("[name=owner-0]", label="Tom Technician")
    anna.fill("[name=due-0]", "2027-02-09")
    anna.check("input[name=decision][value=go_if]")
    anna.fill("input[name=password]", PASSWORD)
    anna.click("main form button.btn-primary")
    anna.wait_for_url("**/meeting/")
    says(dora, "Go with conditions")
    says(dora, "Lamps cleaned")
    says(dora, "Before: no-go of Anna Approver")

    decide(dora, decision, "go", "The night is clear")
    says(anna, "With that the voting is over.")
    says(anna, "The night is clear")
    assert anna.get_by_role("link", name="Vote").count() == 0
    fits(anna)
    fits(dora)
    assert Signature.objects.live().filter(slot__project=project).count() == 2

    made = Condition.objects.get().item
    made.complete(act(technician))
    says(dora, "Met")
