"""SIG-14 and SIG-15 for people without an account: a test for each clause, named by it."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from datetime import timedelta

import pytest
from django.core import mail as post
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from checklists import removal
from checklists.act import Act, TransitionRefused
from checklists.evidence_files import looked_at
from checklists.mailing import deliver_due
from checklists.models import Action, Closure, Evidence, Field, JournalEntry, Keeping, Mail, Membership, Role, Slot
from checklists.models.mail import MailState
from golive_site.accounts.models import User
from signoffs import closing, gate, outside
from signoffs.evidence import evidence_of
from signoffs.invariants import broken
from signoffs.models import Code, Decision, Ending, Invitation, Method, Signature, VoidedBy
from signoffs.models.code import CODES, GOOD_FOR, OPEN_FOR, TRIES
from signoffs.models.invitation import DAYS, MAILS
from signoffs.report import report_of
from signoffs.standing import standings
from tests.builders import ask_one_more, item, settle
from tests.conftest import NOON, PASSWORD

CUSTOMER = "nia@customer.example"


@pytest.fixture
def settled(project, technician, act):
    """Everything is done, and the first phase is signed by two, one of them outside."""
    settle(project, act(technician))
    ask_one_more(project, title="Customer", filler="external")
    return project


@pytest.fixture
def slot(settled) -> Slot:
    return settled.slots.select_related("project", "phase", "section", "subject").get(title="Customer")


@pytest.fixture
def invitation(slot, manager) -> Invitation:
    """Sent just now, for the pages ask the clock."""
    return Invitation.objects.invite(slot, Act(manager, timezone.now()), CUSTOMER, "Nia Okafor")


def secret(kind: str) -> str:
    """What the newest mail of this kind says and nothing else keeps."""
    return Mail.objects.filter(kind=kind).order_by("-pk").first().secret


def token() -> str:
    return secret("signing_asked")


def ask(browser: Client, invitation: Invitation, **data):
    return browser.post(reverse("external_code", args=[invitation.uuid]), {"token": token(), **data})


def prove(browser: Client, invitation: Invitation, code: str = ""):
    return browser.post(reverse("external_proof", args=[invitation.uuid]), {"code": code or secret("signing_code")})


def opened(invitation: Invitation) -> Client:
    """A browser in which the page is open."""
    browser = Client()
    ask(browser, invitation)
    prove(browser, invitation)
    return browser


def page(browser: Client, invitation: Invitation):
    return browser.get(invitation.get_absolute_url())


def hidden(text: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]*)"', text)[1]


def sign(browser: Client, invitation: Invitation, read: str = "", **data):
    """Sign what was read."""
    read = read or page(browser, invitation).text
    seen = {name: hidden(read, name) for name in ("digest", "seq")}
    return browser.post(
        invitation.get_absolute_url(), seen | {"decision": "approve", "name": "Nia A. Okafor", "comment": ""} | data
    )


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_sig_16_nothing_is_signed_from_outside_while_the_clocks_disagree(invitation, monkeypatch):
    browser, now = opened(invitation), timezone.now
    read = page(browser, invitation).text
    with monkeypatch.context() as wrong_clock:
        wrong_clock.setattr(timezone, "now", lambda: now() + timedelta(seconds=20))
        refused = sign(browser, invitation, read)
    assert refused.status_code == 409
    assert "20 seconds apart" in refused.text
    assert sign(browser, invitation, read).status_code == 302


# -- The link ------------------------------------------------------------------------------------------------------------


def test_sig_14_the_token_has_256_bits_and_only_its_hash_is_stored(invitation):
    sent = token()
    assert len(sent) == 43  # 32 bytes, six bits a letter
    assert invitation.token_sha256 == hashlib.sha256(sent.encode()).hexdigest()
    assert deliver_due(timezone.now()) == 1
    letter = post.outbox[0]
    assert letter.to == [CUSTOMER]
    assert f"/external/{invitation.uuid}/#{sent}" in letter.body
    rows = [*Mail.objects.values(), *Invitation.objects.values(), *JournalEntry.objects.values()]
    assert sent not in str(rows)


def test_sig_14_a_hundred_looks_leave_the_link_usable(invitation):
    """As mail scanners look: each with a browser of its own, some with HEAD."""
    before = Invitation.objects.values().get(), Mail.objects.count(), JournalEntry.objects.count()
    for turn in range(100):
        answer = (Client().head if turn % 3 else Client().get)(invitation.get_absolute_url())
        assert answer.status_code == 200
        assert "sessionid" not in answer.cookies
    assert (Invitation.objects.values().get(), Mail.objects.count(), JournalEntry.objects.count()) == before
    sign(opened(invitation), invitation)
    assert Signature.objects.get(invitation=invitation).decision == Decision.APPROVE


@pytest.mark.parametrize("name", ["external_code", "external_proof"])
def test_sig_14_what_does_something_is_never_got(invitation, name):
    assert Client().get(reverse(name, args=[invitation.uuid])).status_code == 405


def test_sig_14_the_page_tells_a_stranger_nothing(invitation, settled):
    text = page(Client(), invitation).text
    for word in (settled.name, "Nia", CUSTOMER, "Customer", "Mara"):
        assert word not in text


def test_sig_14_it_is_good_for_seven_days_at_most(slot, manager, act):
    sent = Invitation.objects.invite(slot, act(manager), CUSTOMER, "Nia", days=2)
    assert sent.is_open(NOON + timedelta(days=2, seconds=-1))
    assert not sent.is_open(NOON + timedelta(days=2))
    with pytest.raises(TransitionRefused, match="good until"):
        Code.objects.ask(sent, Act(sent.person, NOON + timedelta(days=3)))
    with pytest.raises(IntegrityError, match="invitation_seven_days_at_most"), transaction.atomic():
        sent.send_again(act(manager), days=DAYS + 1)


def test_sig_14_it_is_for_a_single_slot(settled, invitation, manager, act):
    other = ask_one_more(settled, title="Auditor outside", filler="external")
    browser = opened(invitation)
    assert "Auditor outside" not in page(browser, invitation).text
    seen = next(each for each in standings(settled) if each.slot.pk == other.pk)
    with pytest.raises(TransitionRefused, match="not for you"):
        gate.sign(seen.slot, Act(invitation.person, timezone.now()), Decision.APPROVE, seen.digest)


def test_sig_14_a_manager_takes_it_back(settled, invitation, manager, act, signed_in):
    browser = opened(invitation)
    signed_in(manager).post(reverse("invitation_revocation", args=[settled.slug, invitation.uuid]))
    assert "taken back" in page(browser, invitation).text
    read = browser.post(invitation.get_absolute_url(), {"decision": "approve", "name": "Nia"})
    assert "taken back" in read.text
    answer = ask(Client(), invitation, token=hash_free_token(invitation))
    assert answer.status_code == 403
    assert not Signature.objects.exists()


def hash_free_token(invitation) -> str:
    """What was the token is forgotten by the outbox, so that only a guess is left."""
    assert Mail.objects.exclude(secret="").count() == 0
    return "a" * 43


def test_sig_14_taken_back_in_the_same_moment_nothing_is_signed(settled, invitation, manager):
    """The lock decides: what was open when the page was read is looked at again under it."""
    browser = opened(invitation)
    read = page(browser, invitation).text
    code = Code.objects.get()
    code.invitation = Invitation.objects.get()
    invitation.revoke(Act(manager, timezone.now()))
    proof = gate.Proof(Method.EMAIL, code.entered_at, invitation=code.invitation, name="Nia")
    act = Act(invitation.person, timezone.now())
    with pytest.raises(TransitionRefused, match="taken back"):
        outside.sign(code, act, Decision.APPROVE, hidden(read, "digest"), "", proof=proof)
    assert not Signature.objects.exists()


def test_sig_14_a_new_link_kills_the_old(settled, invitation, manager, signed_in):
    old, browser = token(), opened(invitation)
    signed_in(manager).post(reverse("invitation_resending", args=[settled.slug, invitation.uuid]))
    assert token() != old
    assert ask(Client(), invitation, token=old).status_code == 403
    assert "Sign as" not in page(browser, invitation).text
    sign(opened(invitation), invitation)
    assert Signature.objects.count() == 1


def test_sig_14_asked_twice_is_a_new_link_and_no_second_invitation(slot, invitation, manager):
    again = Invitation.objects.invite(slot, Act(manager, timezone.now()), CUSTOMER.upper(), "Nia Okafor")
    assert (again.pk, again.sent_times) == (invitation.pk, 2)
    assert User.objects.filter(is_external=True).count() == 1


def test_sig_14_so_many_mails_a_day_and_no_more(invitation, manager):
    for _ in range(MAILS - 1):
        invitation.send_again(Act(manager, timezone.now()))
    with pytest.raises(TransitionRefused, match="10 links were sent"):
        invitation.send_again(Act(manager, timezone.now()))
    assert Mail.objects.filter(kind="signing_asked", state=MailState.WAITING).count() == 1


def test_sig_14_the_instance_can_forbid_it(settings, slot, manager, act, signed_in, invitation):
    browser = opened(invitation)
    settings.EXTERNAL_SIGNERS = False
    with pytest.raises(TransitionRefused, match="Nobody without an account"):
        Invitation.objects.invite(slot, act(manager), "other@customer.example", "Other")
    assert "Nobody without an account may sign" in page(browser, invitation).text
    assert ask(Client(), invitation).status_code == 409
    assert 'value="external"' not in signed_in(manager).get(reverse("slot_new", args=[slot.project.slug])).text
    assert "Send the link" not in signed_in(manager).get(slot.get_absolute_url()).text


# -- The code ------------------------------------------------------------------------------------------------------------


def test_sig_14_a_code_of_eight_digits_is_mailed_on_demand_and_kept_as_a_hash(invitation):
    browser = Client()
    assert not Mail.objects.filter(kind="signing_code").exists()
    ask(browser, invitation)
    digits = secret("signing_code")
    assert re.fullmatch(r"\d{8}", digits)
    kept = str(list(Code.objects.values()))
    assert digits not in kept
    assert hashlib.sha256(digits.encode()).hexdigest() not in kept  # a bare hash of eight digits is soon undone
    deliver_due(timezone.now())
    assert digits in post.outbox[-1].body
    rows = [*Mail.objects.values("facts", "secret", "key"), *JournalEntry.objects.values()]
    assert digits not in str(rows)
    assert "Sign as" not in page(browser, invitation).text


def test_sig_14_a_code_is_good_for_ten_minutes(invitation, act):
    now = timezone.now()
    Code.objects.ask(invitation, Act(invitation.person, now))
    code = Code.objects.get()
    assert timedelta(minutes=10) >= GOOD_FOR
    with pytest.raises(TransitionRefused, match="good no more"):
        code.enter(Act(invitation.person, now + GOOD_FOR), secret("signing_code"))
    assert code.enter(Act(invitation.person, now + GOOD_FOR - timedelta(seconds=1)), secret("signing_code"))
    assert code.opens(now + GOOD_FOR)
    assert not code.opens(now + GOOD_FOR + OPEN_FOR)


def test_sig_14_a_code_has_five_tries_and_the_managers_hear_of_it(invitation, manager):
    browser = Client()
    ask(browser, invitation)
    digits = secret("signing_code")
    for _ in range(TRIES):
        assert prove(browser, invitation, wrong(digits)).status_code == 422
    prove(browser, invitation, digits)
    assert "Sign as" not in page(browser, invitation).text
    assert Code.objects.get().tries == TRIES
    assert invitation.project.journal.filter(action=Action.CODE_REFUSED, actor=invitation.person).count() == TRIES
    assert list(Mail.objects.filter(kind="signing_guessed").values_list("person", flat=True)) == [manager.pk]


def test_sig_14_guesses_are_limited_by_the_codes_of_an_hour(invitation):
    browser = Client()
    for _ in range(CODES):
        assert ask(browser, invitation).status_code == 302
    assert ask(browser, invitation).status_code == 409
    assert Code.objects.count() == CODES
    assert Mail.objects.exclude(secret="").filter(kind="signing_code").count() == 1


def test_sig_14_a_code_is_bound_to_the_browser_that_asked_for_it(invitation):
    ask(Client(), invitation)
    stranger = Client()
    assert prove(stranger, invitation).status_code == 403
    assert "Sign as" not in page(stranger, invitation).text
    assert Code.objects.get().entered_at is None


def test_sig_14_only_the_last_code_counts(invitation):
    first, second = opened(invitation), Client()
    ask(second, invitation)
    assert "Sign as" not in page(first, invitation).text
    prove(second, invitation)
    assert "Sign as" in page(second, invitation).text


def test_sig_14_a_code_is_entered_once(invitation):
    browser = opened(invitation)
    code = Code.objects.get()
    with pytest.raises(TransitionRefused, match="good no more"):
        code.enter(Act(invitation.person, timezone.now()), "00000000")
    assert "Sign as" in page(browser, invitation).text


@pytest.mark.parametrize("typed", ["", "1234567", "abcdefgh", "١٢٣٤٥٦٧٨"])
def test_sig_14_what_is_no_code_costs_no_try(invitation, typed):
    browser = Client()
    ask(browser, invitation)
    answer = browser.post(reverse("external_proof", args=[invitation.uuid]), {"code": typed})
    assert answer.status_code == 422
    assert Code.objects.get().tries == 0


# -- Signing -------------------------------------------------------------------------------------------------------------


def test_sig_14_they_sign_by_name_and_are_marked_everywhere(settled, invitation, manager, signed_in):
    answer = sign(opened(invitation), invitation, comment="Seen", follow=True)
    assert answer.status_code == 302
    signed = Signature.objects.get(slot=invitation.slot)
    assert (signed.name, signed.email, signed.method) == ("Nia A. Okafor", CUSTOMER, Method.EMAIL)
    assert signed.proved_at == Code.objects.get().entered_at
    assert signed.signer == invitation.person
    assert str(signed.get_method_display()) == "e-mail verified"
    entry = settled.journal.get(seq=signed.seq)
    assert "e-mail verified" in entry.sentence
    browser = signed_in(manager)
    for name, extra in (("slots", []), ("slot", [invitation.slot.number])):
        assert "e-mail verified" in browser.get(reverse(name, args=[settled.slug, *extra])).text
    report = report_of(settled, timezone.now())
    row = next(each for each in json.loads(evidence_of(report, 1))["signatures"] if each["email"] == CUSTOMER)
    assert (row["method"], row["name"]) == ("email_verified", "Nia A. Okafor")
    assert broken(settled) == []


def test_sig_14_the_page_shows_what_members_see_of_that_scope_and_nothing_else(
    settled, invitation, approver, signed_in
):
    theirs = page(opened(invitation), invitation).text
    members = signed_in(approver).get(invitation.slot.get_absolute_url()).text
    for words in ("Not as planned, or still open", "Who did the work", "Certificates valid", "All 5 items"):
        assert words in theirs
        assert words in members
    assert "Lamps answer" not in theirs
    assert f"/projects/{settled.slug}" not in theirs


def test_sig_04_14_a_stale_page_is_refused_and_shows_what_is_new(settled, invitation, technician, act):
    browser = opened(invitation)
    read = page(browser, invitation).text
    Field.objects.get(project=settled).read(act(technician), "17")
    answer = sign(browser, invitation, read, comment="All well")
    assert answer.status_code == 409
    assert "The plan changed while you read" in answer.text
    assert "All well" in answer.text
    assert not Signature.objects.exists()
    sign(browser, invitation, answer.text)
    assert Signature.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "told"),
    [({"name": ""}, "Type your name"), ({"decision": "decline"}, "Say why"), ({"decision": ""}, "Choose")],
)
def test_sig_14_half_a_word_is_not_recorded(invitation, data, told):
    answer = sign(opened(invitation), invitation, **data)
    assert answer.status_code == 422
    assert told in answer.text
    assert not Signature.objects.exists()


def test_sig_14_the_link_is_good_for_one_signature(settled, invitation, technician, manager, act):
    browser = opened(invitation)
    read = page(browser, invitation).text
    sign(browser, invitation, read)
    again = sign(browser, invitation, read)
    assert "Recorded" in again.text
    assert Signature.objects.count() == 1
    assert Invitation.objects.get().ended_how == Ending.SIGNED
    assert ask(Client(), invitation, token="x" * 43).status_code == 403
    with pytest.raises(TransitionRefused, match="has ended"):
        invitation.send_again(act(manager))


def test_sig_07_14_what_changed_since_is_signed_by_another_link(settled, invitation, technician, manager, act):
    sign(opened(invitation), invitation)
    Field.objects.get(project=settled).read(act(technician), "17")
    other = Invitation.objects.invite(invitation.slot, Act(manager, timezone.now()), CUSTOMER, "Nia Okafor")
    browser = opened(other)
    assert "Changed since it was signed" in page(browser, other).text
    sign(browser, other)
    first, second = Signature.objects.order_by("pk")
    assert (first.voided_how, second.voided_at) == (VoidedBy.AGAIN, None)


def test_sig_12_14_they_decline_with_a_reason(settled, invitation, approver, act):
    sign(opened(invitation), invitation, decision="decline", comment="The count is missing")
    seen = standings(settled)[0]
    with pytest.raises(TransitionRefused, match="declined to sign"):
        gate.sign(seen.slot, act(approver), Decision.APPROVE, seen.digest)


def test_sig_14_conditions_are_for_managers_to_meet(settled, invitation, manager, technician):
    browser = opened(invitation)
    assert "Mara Manager" in page(browser, invitation).text
    given = {"decision": "conditions", "condition-0": "Count once more", "due-0": "2027-03-01"}
    assert sign(browser, invitation, **given, **{"owner-0": technician.pk}).status_code == 422
    sign(browser, invitation, **given, **{"owner-0": manager.pk})
    assert Signature.objects.get().conditions.get().owner == manager


def test_sig_14_evidence_of_the_scope_is_read_and_no_other(settled, invitation, technician):
    act = Act(technician, timezone.now())
    here = Evidence.objects.add(settled, act, looked_at("rows.txt", b"17"), item=item(settled, "Rows counted"))
    there = Evidence.objects.add(settled, act, looked_at("lamps.txt", b"lit"), item=item(settled, "Lamps answer"))
    browser = opened(invitation)
    assert "rows.txt" in page(browser, invitation).text
    assert browser.get(reverse("external_evidence", args=[invitation.uuid, here.uuid])).content == b"17"
    assert browser.get(reverse("external_evidence", args=[invitation.uuid, there.uuid])).status_code == 404
    assert Client().get(reverse("external_evidence", args=[invitation.uuid, here.uuid])).status_code == 302


def test_sig_14_a_signature_sent_twice_is_one(invitation):
    browser = opened(invitation)
    read = page(browser, invitation).text
    for _ in range(2):
        assert sign(browser, invitation, read, key="the-same-wish").status_code in (200, 302)
    assert Signature.objects.count() == 1


# -- Who they are ----------------------------------------------------------------------------------------------------------


def test_sig_14_an_address_of_an_account_is_refused(slot, approver, outsider, manager, act):
    for owner in (approver, outsider):
        with pytest.raises(TransitionRefused, match="has an account here"):
            Invitation.objects.invite(slot, act(manager), owner.email.upper(), "Somebody")


def test_sig_15_an_address_of_an_ended_account_is_never_somebody_elses(slot, approver, manager, act):
    User.objects.filter(pk=approver.pk).update(is_active=False)
    with pytest.raises(TransitionRefused, match="never somebody else"):
        Invitation.objects.invite(slot, act(manager), approver.email, "Somebody")


def test_sig_15_who_is_outside_can_never_sign_in(invitation, client):
    person = invitation.person
    assert not person.has_usable_password()
    for columns in ({"is_active": True}, {"is_superuser": True}, {"password": "md5$x$y"}):
        with pytest.raises(IntegrityError, match="user_external_cannot_sign_in"), transaction.atomic():
            User.objects.filter(pk=person.pk).update(**columns)
    client.post(reverse("account_reset_password"), {"email": CUSTOMER})
    assert all("reset/key" not in letter.body for letter in post.outbox)
    assert not client.login(email=CUSTOMER, password=PASSWORD)


def test_sig_13_15_who_gets_an_account_is_the_same_person(settled, invitation, manager, act):
    """Their link ends with it, and what they signed from outside is theirs: they fill no second place of the stage."""
    sign(opened(invitation), invitation)
    other = ask_one_more(settled, title="Customer's deputy")
    member = Membership.objects.admit(settled, act(manager), CUSTOMER, "Nia Okafor", Role.APPROVER)
    assert (member.user.pk, member.user.is_external, member.user.is_active) == (invitation.person.pk, False, True)
    seen = next(each for each in standings(settled) if each.slot.pk == other.pk)
    with pytest.raises(TransitionRefused, match="nobody fills two places"):
        gate.sign(other, act(member.user), Decision.APPROVE, seen.digest)


def test_sig_15_the_first_account_ends_the_link(settled, invitation, manager, act):
    browser = opened(invitation)
    Membership.objects.admit(settled, act(manager), CUSTOMER, "Nia Okafor", Role.APPROVER)
    assert "taken back" in page(browser, invitation).text


def test_sig_15_deactivation_of_who_sent_it_ends_the_link_at_once(settled, invitation, manager):
    browser = opened(invitation)
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert "taken back" in page(browser, invitation).text


@pytest.mark.parametrize("says", [{"filler": "role"}, None])
def test_sig_14_a_place_that_asks_no_more_opens_nothing(slot, invitation, manager, act, says):
    browser = opened(invitation)
    slot.amend(act(manager), says) if says else slot.retire(act(manager), "Not needed")
    assert "taken back" in page(browser, invitation).text


def test_sig_14_only_a_place_for_people_outside_has_a_link(settled, manager, act):
    with pytest.raises(TransitionRefused, match="not for somebody without an account"):
        Invitation.objects.invite(settled.slots.get(number=1), act(manager), CUSTOMER, "Nia")


def test_sig_01_14_the_database_binds_method_and_invitation(settled, invitation):
    sign(opened(invitation), invitation)
    columns = Signature.objects.values().get() | {"id": None, "voided_at": NOON, "voided_how": "again"}
    for more in ({"invitation_id": None}, {"method": Method.PASSWORD}):
        with pytest.raises(IntegrityError, match="signature_by_email_was_invited"), transaction.atomic():
            Signature.objects.bulk_create([Signature(**columns | more | {"uuid": "0" * 32})])


# -- What is told, and what is not -------------------------------------------------------------------------------------------


def test_sig_14_the_journal_tells_every_step(settled, slot, manager):
    asked = Invitation.objects.invite(slot, Act(manager, timezone.now()), CUSTOMER, "Nia Okafor")
    asked.send_again(Act(manager, timezone.now()))
    sign(opened(asked), asked)
    other = Invitation.objects.invite(slot, Act(manager, timezone.now()), "o@customer.example", "Otto")
    other.revoke(Act(manager, timezone.now()))
    told = [(entry.action, entry.actor_name) for entry in settled.journal.order_by("-seq")[:6]]
    assert told[::-1] == [
        (Action.EXTERNAL_INVITED, "Mara Manager"),
        (Action.EXTERNAL_RESENT, "Mara Manager"),
        (Action.CODE_ASKED, "Nia Okafor"),
        (Action.SLOT_SIGNED, "Nia Okafor"),
        (Action.EXTERNAL_INVITED, "Mara Manager"),
        (Action.EXTERNAL_REVOKED, "Mara Manager"),
    ]


def test_sig_14_neither_token_nor_code_is_in_logs_journal_or_referrer(settled, invitation, caplog):
    caplog.set_level(logging.DEBUG)
    browser, words = Client(), [token()]
    first = page(browser, invitation)
    ask(browser, invitation)
    words.append(secret("signing_code"))
    prove(browser, invitation, wrong(words[1]))
    prove(browser, invitation)
    sign(browser, invitation, key="one-wish-of-many")
    deliver_due(timezone.now())
    assert first["Referrer-Policy"] == "same-origin"
    assert "no-store" in first["Cache-Control"]
    told = caplog.text + str(list(JournalEntry.objects.values())) + str(dict(browser.session))
    for word in words:
        assert word not in told
        assert word not in invitation.get_absolute_url()


def test_sig_14_who_signed_gets_a_receipt_at_the_address(settled, invitation):
    sign(opened(invitation), invitation)
    deliver_due(timezone.now())
    receipt = post.outbox[-1]
    signed = Signature.objects.get()
    assert receipt.to == [CUSTOMER]
    assert signed.digest in receipt.body
    assert signed.statement in receipt.body


def test_sig_14_what_they_close_says_it_too(project, technician, manager, act):
    settle(project, act(technician))
    slot = project.slots.get(number=1)
    slot.amend(act(manager), {"filler": "external"})
    asked = Invitation.objects.invite(slot, Act(manager, timezone.now()), CUSTOMER, "Nia Okafor")
    browser = opened(asked)
    browser.cookies["golive-language"] = "de"
    sign(browser, asked)
    assert Closure.objects.live(project).get().signed_by == "Nia A. Okafor (e-mail verified)"


def test_sig_07_14_a_reopening_tells_them_why(settled, invitation, manager):
    sign(opened(invitation), invitation)
    closing.reopen(settled, Act(manager, timezone.now()), invitation.slot, "The count was wrong after all")
    deliver_due(timezone.now())
    told = next(letter for letter in post.outbox if "is void" in letter.subject)
    assert told.to == [CUSTOMER]
    assert "The count was wrong after all" in told.body
    assert settled.slug not in told.body


def test_sig_14_the_pdf_says_it(settled, invitation, manager):
    sign(opened(invitation), invitation)
    report = report_of(settled, timezone.now())
    paper = render_to_string("signoffs/_pdf_cover.html", {"report": report, "project": settled})
    for words in ("Nia A. Okafor (e-mail verified)", CUSTOMER, "proof: e-mail verified"):
        assert words in " ".join(paper.split())


def test_they_go_with_a_project_whose_time_is_over(settled, invitation, manager):
    sign(opened(invitation), invitation)
    Keeping.objects.of(settled).archive(Act(manager, timezone.now()))
    told = removal.remove(settled, timezone.now() + timedelta(days=366 * 20))
    assert (told["signoffs.Invitation"], told["signoffs.Code"]) == (1, 1)
    assert User.objects.filter(email=CUSTOMER, is_external=True).exists()


def test_another_link_under_a_signature_is_told(settled, invitation, manager, act):
    sign(opened(invitation), invitation)
    Invitation.objects.update(ended_how=Ending.REVOKED)
    assert any("has the link of somebody else" in sentence for sentence in broken(settled))


# -- For managers ------------------------------------------------------------------------------------------------------------


def test_a_manager_asks_on_the_page_of_the_slot(settled, slot, manager, signed_in):
    browser = signed_in(manager)
    data = {"name": "Nia Okafor", "email": CUSTOMER, "days": 3}
    answer = browser.post(reverse("invitations", args=[settled.slug, slot.number]), data, follow=True)
    assert f"A link to sign goes to Nia Okafor &lt;{CUSTOMER}&gt;" in answer.text
    assert "sent by Mara Manager" in answer.text
    assert Invitation.objects.get().days == 3
    refused = browser.post(reverse("invitations", args=[settled.slug, slot.number]), data | {"days": 8}, follow=True)
    assert "Nothing was changed." in refused.text
    assert Invitation.objects.get().sent_times == 1


def test_who_is_asked_is_for_managers_to_see(settled, slot, invitation, approver, signed_in):
    assert CUSTOMER not in signed_in(approver).get(slot.get_absolute_url()).text


def test_somebody_elses_link_and_project(settled, invitation, manager, signed_in):
    other = reverse("invitation_revocation", args=["nowhere", invitation.uuid])
    assert signed_in(manager).post(other).status_code == 404
    nobody = reverse("external", args=["00000000-0000-4000-8000-000000000000"])
    assert Client().get(nobody).status_code == 404
