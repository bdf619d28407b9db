"""SIG-14 in a real browser, on a phone: from the manager's word over the mail to the signature of somebody without an account."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from checklists.mailing import deliver_due
from signoffs.models import Invitation, Method, Signature
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_axe import RULES
from tests.builders import ask_one_more, settle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

CUSTOMER = "nia@customer.example"


def mailed(mailoutbox, pattern: str) -> str:
    """What the newest mail says, after the post went out."""
    deliver_due(timezone.now())
    return re.search(pattern, mailoutbox[-1].body)[1]


def looks_right(page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    found = Axe().run(page, options=RULES).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []


@pytest.mark.parametrize(
    ("size", "javascript"), [(PHONE, True), (WIDE, True), (PHONE, False)], ids=["phone", "wide", "phone without script"]
)
def test_sig_14_somebody_outside_signs_by_link_and_code(
    project, technician, manager, act, enter, arrive, mailoutbox, size, javascript
):
    settle(project, act(technician))
    slot = ask_one_more(project, title="Customer", filler="external")
    mara = enter(manager, size=size)
    mara.goto(slot.get_absolute_url())
    mara.get_by_label("Name").fill("Nia Okafor")
    mara.get_by_label("E-mail").fill(CUSTOMER)
    mara.get_by_role("button", name="Send the link").click()
    mara.get_by_text("A link to sign goes to").wait_for()
    looks_right(mara)

    link = mailed(mailoutbox, r"https?://[^/]+(/external/\S+#\S+)")
    nia = arrive(size=size, javascript=javascript)
    nia.goto(link)
    field = nia.get_by_label("Key from your mail")
    if javascript:
        assert not field.is_visible()
    else:
        field.fill(link.partition("#")[2])
    if javascript:
        looks_right(nia)
    nia.get_by_role("button", name="Send me the code").click()
    nia.get_by_label("Code from your mail").wait_for()
    assert "#" not in nia.url
    if javascript:
        looks_right(nia)
    code = mailed(mailoutbox, r"\n(\d{8})\n")
    nia.get_by_label("Code from your mail").fill(f"{code[:4]} {code[4:]}")
    nia.get_by_role("button", name="Read what is signed").click()
    nia.get_by_role("heading", name="Customer").wait_for()
    if javascript:
        looks_right(nia)
    assert "Who did the work" in nia.inner_text("main")
    nia.check("input[name=decision][value=approve]")
    nia.get_by_label("Your name").fill("Nia A. Okafor")
    nia.get_by_role("button", name="Sign as Customer").click()
    nia.get_by_role("heading", name="Recorded").wait_for()
    if javascript:
        looks_right(nia)
    assert "e-mail verified" in nia.inner_text("main")

    signed = Signature.objects.get()
    assert (signed.name, signed.method, signed.slot) == ("Nia A. Okafor", Method.EMAIL, slot)
    mara.goto(f"/projects/{project.slug}/sign-off/")
    assert "Nia A. Okafor (e-mail verified)" in mara.inner_text("main")


def test_sig_14_sent_again_while_the_page_is_open(project, technician, manager, act, arrive, mailoutbox):
    """The new link, opened where the old page is, asks for its own code."""
    settle(project, act(technician))
    slot = ask_one_more(project, title="Customer", filler="external")
    now = timezone.now()
    invitation = Invitation.objects.invite(slot, act(manager, now), CUSTOMER, "Nia Okafor")
    nia = arrive(size=PHONE)
    nia.goto(mailed(mailoutbox, r"https?://[^/]+(/external/\S+#\S+)"))
    nia.get_by_role("button", name="Send me the code").click()
    nia.get_by_label("Code from your mail").wait_for()
    invitation.send_again(act(manager, timezone.now()))
    nia.goto(mailed(mailoutbox, r"https?://[^/]+(/external/\S+#\S+)"))
    # Only what a script has filled in is hidden.
    nia.locator("[data-token][hidden]").wait_for(state="attached")
    nia.get_by_role("button", name="Send me the code").click()
    nia.get_by_label("Code from your mail").wait_for()
    nia.get_by_label("Code from your mail").fill(mailed(mailoutbox, r"\n(\d{8})\n"))
    nia.get_by_role("button", name="Read what is signed").click()
    nia.get_by_role("button", name="Sign as Customer").wait_for()
