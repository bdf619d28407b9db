"""Signing in a real browser, as one story: three approvers of whom one declines, a manager who reopens, the difference signed
again, and a customer without an account who signs last.
"""

from __future__ import annotations

import pytest

from checklists.models import Closure, Field, Membership, Project, Role
from signoffs.invariants import broken
from signoffs.models import Signature, VoidedBy
from tests.browser.conftest import PHONE
from tests.browser.test_external import CUSTOMER, mailed
from tests.builders import ask_one_more, item, settle
from tests.conftest import PASSWORD, person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def decide(page, project: Project, number: int, decision: str, comment: str = "") -> None:
    page.goto(f"/projects/{project.slug}/sign-off/{number}/")
    page.check(f"input[name=decision][value={decision}]")
    if comment:
        page.fill("textarea[name=comment]", comment)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button.btn-primary")
    page.wait_for_url("**/sign-off/")


def test_one_of_three_declines_it_is_reopened_and_the_difference_is_signed(
    project, technician, approver, manager, act, enter, arrive, mailoutbox
):
    second, third = person("Ben Approver"), person("Cora Approver")
    for who in (second, third):
        Membership.objects.create(project=project, user=who, role=Role.APPROVER)
    numbers = [1, ask_one_more(project, title="Second").number, ask_one_more(project, title="Third").number]
    customer = ask_one_more(project, title="Customer", filler="external")
    settle(project, act(technician))
    anna, ben, cora, mara = enter(approver, size=PHONE), enter(second), enter(third, javascript=False), enter(manager)

    decide(anna, project, numbers[0], "approve")
    decide(ben, project, numbers[1], "decline", "Nobody counted the rows")
    cora.goto(f"/projects/{project.slug}/sign-off/{numbers[2]}/")
    assert "Ben Approver declined to sign" in cora.inner_text("main")
    assert cora.is_disabled("input[name=decision][value=approve]")

    phase = item(project, "Rows counted").phase_id
    mara.goto(f"/projects/{project.slug}/sign-off/reopening/phase-{phase}/")
    assert "Anna Approver" in mara.inner_text("main")
    mara.fill("textarea[name=reason]", "The rows are counted once more")
    mara.click("text=Reopen and void 2 signatures")
    mara.wait_for_url("**/sign-off/")
    assert Signature.objects.filter(voided_how=VoidedBy.REOPENED).count() == 2

    decide(anna, project, numbers[0], "approve")
    Field.objects.get(project=project).read(act(technician), "17")
    anna.goto(f"/projects/{project.slug}/sign-off/")
    row = anna.locator(f"#slot-{numbers[0]}")
    assert "Stale" in row.inner_text()
    assert row.locator("ins").inner_text() == "17"
    row.get_by_role("link", name="Sign the difference").click()
    anna.wait_for_url(f"**/sign-off/{numbers[0]}/")
    # What differs is the first thing on the page, and the button says what one does.
    assert "1 thing differs from what you signed" in anna.inner_text("main")
    assert anna.locator("section").first.locator("ins").inner_text() == "17"
    anna.get_by_role("button", name="Sign the difference as").wait_for()
    for page, number in ((anna, numbers[0]), (ben, numbers[1]), (cora, numbers[2])):
        decide(page, project, number, "approve")
    assert not Closure.objects.exists()

    # The customer has no account: a link, a code, a name. With that everybody has signed, and the phase is closed.
    mara.goto(customer.get_absolute_url())
    mara.get_by_label("Name").fill("Nia Okafor")
    mara.get_by_label("E-mail").fill(CUSTOMER)
    mara.get_by_role("button", name="Send the link").click()
    mara.get_by_text("A link to sign goes to").wait_for()
    nia = arrive(size=PHONE)
    nia.goto(mailed(mailoutbox, r"https?://[^/]+(/external/\S+#\S+)"))
    nia.get_by_role("button", name="Send me the code").click()
    nia.get_by_label("Code from your mail").wait_for()
    nia.get_by_label("Code from your mail").fill(mailed(mailoutbox, r"\n(\d{8})\n"))
    nia.get_by_role("button", name="Read what is signed").click()
    nia.get_by_label("Your name").fill("Nia A. Okafor")
    nia.check("input[name=decision][value=approve]")
    nia.get_by_role("button", name="Sign as Customer").click()
    nia.get_by_role("heading", name="Recorded").wait_for()

    mara.goto(f"/projects/{project.slug}/sign-off/")
    assert "Anna Approver, Ben Approver, Cora Approver, Nia A. Okafor" in mara.inner_text("main")
    assert Closure.objects.live(project).get().phase_id == phase
    assert "3 void" in mara.inner_text("main")
    assert broken(project) == []
