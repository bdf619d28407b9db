"""Passkeys in a real browser, with an authenticator that Chromium plays: one is made, signs in, and signs."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe

from signoffs.models import Method, Signature
from tests.browser.conftest import PHONE, WIDE
from tests.browser.test_axe import RULES
from tests.builders import ask_one_more, settle
from tests.conftest import PASSWORD
from tests.factors import app_of, code_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """What keeps passkeys for a page: it says yes to everything until its person is no longer recognised."""

    def __init__(self, page):
        self.wire = page.context.new_cdp_session(page)
        self.wire.send("WebAuthn.enable")
        self.id = self.wire.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def recognises(self, yes: bool) -> None:
        self.wire.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})


def test_a_passkey_is_made_signs_in_and_signs(project, technician, approver, act, enter):
    settle(project, act(technician))
    ask_one_more(project)
    # A browser takes passkeys for names only, not for the number of a machine.
    page = enter(approver, host="localhost", size=PHONE)
    device = Device(page)

    page.goto("/accounts/two-step/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/webauthn/add/")
    page.click("text=Make the passkey")
    page.wait_for_url("**/recovery-codes/")
    assert "The passkey is added." in page.inner_text("main")
    assert Authenticator.objects.get(user=approver, type="webauthn").wrap().is_passwordless

    page.context.clear_cookies()
    page.goto(f"/accounts/login/?next=/projects/{project.slug}/sign-off/1/")
    page.click("text=Use a passkey")
    page.wait_for_selector("text=Sign with a passkey")

    device.recognises(False)
    page.click("text=Sign with a passkey")
    page.wait_for_selector(".toast >> text=The passkey was not used")
    assert not Signature.objects.exists()

    device.recognises(True)
    page.check("input[name=decision][value=approve]")
    page.click("text=Sign with a passkey")
    page.wait_for_url("**/sign-off/")
    assert Signature.objects.get().method == Method.PASSKEY
    assert "Recorded: Before: Approved, by Anna Approver." in page.inner_text("main")


def test_without_passkeys_the_page_says_so_and_asks_for_the_password(project, technician, approver, act, enter):
    settle(project, act(technician))
    page = enter(approver, javascript=False)
    assert page.locator("button[data-passkey]").count() == 0
    page.goto(f"/projects/{project.slug}/sign-off/1/")
    assert page.get_attribute("input[name=password]", "required") is not None
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    assert not page.is_visible("button[data-passkey]")


def test_where_there_can_be_no_passkeys_the_page_says_so(approver, enter):
    page = enter(approver)
    page.goto("/accounts/two-step/webauthn/add/")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("text=localhost, not 127.0.0.1")
    assert not page.is_visible("button[data-passkey]")


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide light", "phone dark"])
def test_the_pages_behind_a_second_confirmation_pass_axe(project, technician, approver, act, enter, size, scheme):
    settle(project, act(technician))
    page, found = enter(approver, host="localhost", size=size), []
    page.emulate_media(color_scheme=scheme)
    Device(page)

    def look():
        found.append((page.url, [each["id"] for each in Axe().run(page, options=RULES).response["violations"]]))
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url

    page.goto("/accounts/two-step/webauthn/add/")
    look()
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("text=Make the passkey")
    look()
    page.click("text=Make the passkey")
    page.wait_for_url("**/recovery-codes/")
    look()
    page.goto("/accounts/two-step/totp/activate/")
    look()
    app = app_of(approver)
    passkey = Authenticator.objects.get(user=approver, type="webauthn").pk
    for path in (
        "",
        "totp/deactivate/",
        "recovery-codes/generate/",
        "webauthn/",
        "reauthenticate/",
        "webauthn/reauthenticate/",
    ):
        page.goto(f"/accounts/two-step/{path}")
        look()
    for act_on_it in ("edit", "remove"):
        page.goto(f"/accounts/two-step/webauthn/keys/{passkey}/{act_on_it}/")
        look()
    page.goto(f"/projects/{project.slug}/sign-off/1/")
    look()
    page.check("input[name=decision][value=approve]")
    page.fill("input[name=code]", code_of(app, ago=9))
    page.click("main form button.btn-primary")
    page.wait_for_selector("#code-error")
    look()
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    look()
    page.fill("input[name=login]", approver.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("text=One more step")
    look()
    assert [(url, problems) for url, problems in found if problems] == []
