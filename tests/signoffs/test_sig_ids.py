"""SIG-01 to SIG-19 of the requirements, a test each that names it. What needs more stands in a file of its own:

test_rules (07, 10, 11, 13), test_signing_races (04, 07, 12, 19), test_record and test_seal (19), test_verify (03, 18),
test_keeping and test_redaction (17).
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checklists import schedule
from checklists.act import TransitionRefused
from checklists.evidence_files import looked_at
from checklists.models import Action, Closure, Evidence, Field, Mail, Membership, Role, Slot
from checklists.models.slot import Meaning
from signoffs import closing, gate
from signoffs.awaited import asking
from signoffs.invariants import broken
from signoffs.models import (
    GUESSES,
    Condition,
    Decision,
    Delegation,
    Guess,
    Immutable,
    Method,
    Override,
    Record,
    Signature,
    VoidedBy,
    Waiver,
)
from signoffs.report import report_of
from signoffs.snapshot import content_of, digest_of, snapshot_of, spelled
from signoffs.standing import Standing, standings
from signoffs.statements import VERSION, approving, decisions_of, statement_of
from tests import builders
from tests.builders import ask_one_more, item, settle
from tests.conftest import NOON, PASSWORD, person
from tests.factors import Passkey, app_of, code_of

SOON = NOON + timedelta(minutes=5)
WHY = "It has to be looked at once more"


@pytest.fixture
def settled(project, technician, act):
    """Everything is done, and the first phase needs two signatures, so that one does not close it."""
    settle(project, act(technician))
    ask_one_more(project)
    return project


def standing(project, number: int = 1) -> Standing:
    return next(each for each in standings(project) if each.slot.number == number)


def sign(project, act, number: int = 1, decision=None, comment: str = "", **more) -> Signature:
    seen = standing(project, number)
    return gate.sign(seen.slot, act, decision or approving(seen.slot), seen.digest, comment, **more)


# -- The record of a signature ---------------------------------------------------------------------------------------------


def test_sig_01_a_signature_keeps_everything_as_it_was_then(settled, approver, act):
    proof = gate.Proof(Method.PASSWORD, SOON, "192.0.2.7", "Lynx")
    signed = sign(settled, act(approver, SOON), comment="Seen on the pier", proof=proof)
    before = Signature.objects.filter(pk=signed.pk).values().get()
    approver.name, approver.title, approver.email = "Anna Newname", "Retired", "new@example.org"
    approver.save()
    standing(settled).slot.amend(act(settled.created_by), {"title": "Another title", "meaning": Meaning.VERIFIED})
    assert Signature.objects.filter(pk=signed.pk).values().get() == before
    assert (signed.name, signed.title, signed.email) == ("Anna Approver", "IT Director", "anna@example.org")
    assert (signed.revision, signed.scope, signed.zone) == (1, "Phase 1: Before", "Europe/Athens")
    assert (signed.meaning, signed.decision) == ("approved", Decision.APPROVE)
    assert (signed.statement_version, signed.language) == (VERSION, "en")
    assert "approve Phase 1: Before of Harbour Lights" in signed.statement
    assert (signed.signed_at, signed.proved_at, signed.ip, signed.user_agent) == (SOON, SOON, "192.0.2.7", "Lynx")
    assert signed.digest == digest_of(signed.snapshot)
    assert settled.journal.get(seq=signed.seq).facts["record"] == signed.record


def test_sig_01_nothing_of_it_is_changed_or_deleted(settled, approver, manager, act):
    signed = sign(settled, act(approver))
    rows = Signature.objects.filter(pk=signed.pk)
    for attempt in (
        lambda: rows.update(name="Otto"),
        rows.delete,
        signed.save,
        signed.delete,
        lambda: rows.redact("statement", "gone"),
    ):
        with pytest.raises(Immutable):
            attempt()
    assert rows.void(NOON, manager, VoidedBy.REOPENED, WHY) == 1
    assert rows.void(SOON, manager, VoidedBy.AGAIN) == 0
    with pytest.raises(Immutable, match="stays as it is"):
        rows.update(void_reason="Another")
    assert rows.redact("comment", "[removed]") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"decision": "maybe"},
        {"method": "handshake"},
        {"decision": Decision.DECLINE, "comment": ""},
        {"signer": None},
        {"method": Method.PASSWORD, "proved_at": None},
        {"on_behalf_name": "Somebody"},
        {"override_reason": "Because"},
        {"void_reason": "Because"},
    ],
    ids=lambda wrong: "-".join(wrong),
)
def test_sig_01_the_database_refuses_half_a_record(settled, approver, act, wrong):
    signed = sign(settled, act(approver))
    columns = {c.attname: getattr(signed, c.attname) for c in Signature._meta.concrete_fields}
    columns |= {"id": None, "uuid": "7b1c6d0e-8a51-4a2f-9f0e-000000000001", "slot_id": standing(settled, 3).slot.pk}
    columns |= {"signer_id" if name == "signer" else name: value for name, value in wrong.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.bulk_create([Signature(**columns)])


def test_sig_02_every_meaning_stands_beside_the_button_and_on_paper(settled, approver, manager, act, signed_in):
    """Each meaning and decision has its own sentence; conditions and refusals need their words."""
    sentences = set()
    for meaning in Meaning:
        slot = Slot.objects.add(settled, act(manager), {"title": f"M {meaning}", "meaning": meaning, "required": False})
        for decision in decisions_of(slot):
            sentences.add(statement_of(slot, decision))
        page = signed_in(approver).get(slot.get_absolute_url()).text
        assert str(meaning.label).lower() in page.lower()
        assert statement_of(slot) in page
    assert len(sentences) == 8
    signed = sign(settled, act(approver), 4)
    (row,) = [row for row in report_of(settled, NOON).rows if row.signature == signed]
    assert (row.meaning, row.signature.name, row.signature.signed_at) == ("Approved", "Anna Approver", NOON)
    vote = Slot.objects.add(settled, act(manager), {"title": "Vote", "kind": "vote", "required": False})
    assert [str(each.label) for each in decisions_of(vote)] == ["Go", "Go with conditions", "No-go", "Abstained"]


# -- What is signed --------------------------------------------------------------------------------------------------------


def test_sig_03_the_snapshot_is_canonical(settled, approver, act):
    snapshot = sign(settled, act(approver)).snapshot
    facts = json.loads(snapshot)
    assert json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")) == snapshot
    assert list(facts) == sorted(facts)
    assert "." not in "".join(part for part in snapshot.split('"')[::2]), "no fractions outside of text"
    assert {"items", "values", "earlier", "statement", "slot", "scope", "project", "schema"} <= set(facts)


@settings(max_examples=1000, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text() | st.integers()))
def test_sig_03_one_text_has_one_spelling(parts):
    apart, joined = (
        [unicodedata.normalize(form, part) if isinstance(part, str) else part for part in parts]
        for form in ("NFD", "NFC")
    )
    assert spelled(apart) == spelled(joined)
    assert json.loads(spelled(joined)) == joined


MUTATIONS = {
    "text": lambda each: setattr(each, "text", each.text + "!"),
    "details": lambda each: each.details.append("one more"),
    "commands": lambda each: each.commands.append("reboot"),
    "expected": lambda each: setattr(each, "expected", "7"),
    "optional": lambda each: setattr(each, "optional", not each.optional),
    "state": lambda each: setattr(each, "state", "na"),
    "settled_by": lambda each: setattr(each, "settled_by_id", (each.settled_by_id or 0) + 1),
    "settled_at": lambda each: setattr(each, "settled_at", SOON),
    "number": lambda each: setattr(each, "number", 99),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_sig_03_each_single_change_of_an_item_changes_it(settled, name):
    before = content_of(settled)
    slot = before.slots[0]
    after = content_of(settled)
    MUTATIONS[name](after.items_of(slot)[0])
    assert snapshot_of(slot, before) == snapshot_of(slot, content_of(settled))
    assert snapshot_of(slot, before) != snapshot_of(slot, after)


def test_sig_03_order_values_reasons_statement_and_the_slot_itself_are_in_it(settled, manager, technician, act):
    slot = standing(settled).slot
    seen = {standing(settled).digest}

    def is_new() -> bool:
        digest = standing(settled).digest
        return digest not in seen and not seen.add(digest)

    Field.objects.get(project=settled).read(act(technician), "17")
    assert is_new()
    item(settled, "Certificates valid").reopen(act(technician), "One expired")
    assert is_new()
    Waiver.objects.give(item(settled, "Certificates valid"), act(manager), "Until Monday")
    assert is_new()
    for says in ({"title": "Else"}, {"needed": 2}, {"meaning": "verified"}, {"stage": 2}, {"role": "approver"}):
        slot.amend(act(manager), says)
        assert is_new(), says


def test_sig_04_over_something_else_nothing_is_recorded(settled, technician, approver, act, signed_in):
    seen = standing(settled).digest
    Field.objects.get(project=settled).read(act(technician), "17")
    answer = signed_in(approver).post(
        reverse("slot", args=[settled.slug, 1]),
        {"digest": seen, "decision": "approve", "password": PASSWORD, "seq": settled.journal.count() - 1},
    )
    assert answer.status_code == 409
    assert "17" in answer.text
    assert not Signature.objects.exists()


# -- Who signs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["", "guess", PASSWORD.upper(), PASSWORD + " ", "x" * 5000])
def test_sig_05_nobody_signs_without_their_password(settled, approver, signed_in, typed):
    wish = {"digest": standing(settled).digest, "decision": "approve", "password": typed}
    assert signed_in(approver).post(reverse("slot", args=[settled.slug, 1]), wish).status_code == 422
    assert not Signature.objects.exists()


def test_sig_05_who_signs_in_elsewhere_never_passes_unasked(settled, approver, signed_in):
    """There is no single sign-on here. Whoever has no password all the same is told to set up a factor, and signs by it."""
    approver.set_unusable_password()
    approver.save()
    client, address = signed_in(approver), reverse("slot", args=[settled.slug, 1])
    page = client.get(address).text
    assert 'name="password"' not in page
    assert "Nothing of your account signs yet" in page
    wish = {"digest": standing(settled).digest, "decision": "approve"}
    for typed in ({}, {"password": "!"}, {"password": ""}, {"code": "123456"}, {"credential": "{}"}):
        refused = client.post(address, wish | typed)
        assert refused.status_code == 422
        assert "Nothing of your account signs yet" in refused.text
    assert not Signature.objects.exists()
    assert client.get(reverse("mfa_activate_totp")).status_code == 200
    app = app_of(approver)
    assert 'name="password"' not in client.get(address).text
    assert "Enter a code of your app" in client.post(address, wish).text
    assert client.post(address, wish | {"password": "!", "code": ""}).status_code == 422
    assert client.post(address, wish | {"code": code_of(app)}).status_code == 302
    assert Signature.objects.get().method == Method.TOTP


def test_sig_05_who_has_a_passkey_only_signs_by_it(settled, approver, signed_in):
    approver.set_unusable_password()
    approver.save()
    Passkey(approver)
    client, address = signed_in(approver), reverse("slot", args=[settled.slug, 1])
    assert "data-passkey" in client.get(address).text
    refused = client.post(address, {"digest": standing(settled).digest, "decision": "approve"})
    assert "Use your passkey: nothing else of your account signs here." in refused.text


def test_sig_06_five_guesses_lock_signing_and_tell(settled, approver, manager, signed_in):
    client, address = signed_in(approver), reverse("slot", args=[settled.slug, 1])
    wish = {"digest": standing(settled).digest, "decision": "approve"}
    for _ in range(GUESSES):
        assert not Mail.objects.filter(kind="signing_locked").exists()
        client.post(address, wish | {"password": "guess"})
    assert client.post(address, wish | {"password": PASSWORD}).status_code == 422
    assert not Signature.objects.exists()
    mails = Mail.objects.filter(kind="signing_locked")
    assert {mail.person for mail in mails} == {approver, manager}
    assert mails.count() == 2
    assert settled.journal.filter(action=Action.SIGNING_REFUSED).count() == GUESSES


# -- What follows ----------------------------------------------------------------------------------------------------------


def test_sig_07_what_is_signed_by_all_changes_only_after_it_was_reopened(settled, technician, approver, manager, act):
    sign(settled, act(approver))
    sign(settled, act(manager), 3)
    certificates, blank = item(settled, "Certificates valid"), Field.objects.get(project=settled)
    for change in (
        lambda: certificates.reopen(act(technician), "One expired"),
        lambda: blank.read(act(technician), "17"),
        lambda: standing(settled).slot.amend(act(manager), {"title": "Else"}),
        lambda: standing(settled).slot.retire(act(manager), "Not needed"),
    ):
        with pytest.raises(TransitionRefused, match="Closed since"):
            change()
    closure = Closure.objects.live(settled).get()
    with pytest.raises(TransitionRefused, match="at least 10"):
        closing.reopen(settled, act(manager), closure, "Too short")
    voided = closing.reopen(settled, act(manager), closure, WHY)
    settled.refresh_from_db()
    assert (len(voided), settled.revision) == (2, 2)
    assert {mail.person for mail in Mail.objects.filter(kind="signing_reopened")} == {approver}
    certificates.reopen(act(technician), "One expired")


def test_sig_08_talk_and_claims_and_dates_void_nothing(settled, technician, approver, manager, act):
    before = standing(settled).digest
    sign(settled, act(approver))
    item(settled, "Certificates valid").note(act(technician), "Still fine")
    settled.move_go_live(act(manager), builders.T_ZERO + timedelta(days=1), settled.zone, "Fog", settled.go_live_at)
    assert (standing(settled).digest, standing(settled).state) == (before, "valid")


def test_sig_09_a_later_stage_waits(settled, approver, manager, act, signed_in):
    slot = Slot.objects.add(settled, act(manager), {"title": "Later", "stage": 2, "scope": "plan"})
    with pytest.raises(TransitionRefused, match="waits for an earlier stage"):
        sign(settled, act(approver), slot.number)
    wish = {"digest": standing(settled, slot.number).digest, "decision": "approve", "password": PASSWORD}
    assert signed_in(approver).post(slot.get_absolute_url(), wish).status_code == 409
    sign(settled, act(approver))
    sign(settled, act(manager), 3)
    assert [each.slot.title for each in standing(settled, slot.number).waits_for] == []
    sign(settled, act(approver), slot.number)


def test_sig_10_two_of_three_who_are_named(settled, technician, other_technician, approver, manager, act):
    people = [other_technician, approver, manager]
    says = {"title": "Two of three", "filler": "people", "needed": 2, "scope": "criteria"}
    number = Slot.objects.add(settled, act(manager), says, people).number
    with pytest.raises(TransitionRefused, match="not for you"):
        sign(settled, act(technician), number)
    sign(settled, act(other_technician), number)
    assert (standing(settled, number).state, standing(settled, number).still) == ("pending", 1)
    sign(settled, act(approver), number)
    assert (standing(settled, number).state, standing(settled, number).still) == ("valid", 0)
    with pytest.raises(TransitionRefused, match="already"):
        sign(settled, act(manager), number)


def test_sig_11_a_delegate_signs_in_time_and_no_further(settled, other_technician, technician, approver, manager, act):
    today = NOON.date()
    day = timedelta(days=1)
    give = Delegation.objects.make
    for days, told in (((today - day, today - day), "over before"), ((today, today - day), "over before")):
        with pytest.raises(TransitionRefused, match=told):
            give(settled, act(approver), other_technician, *days, "Away")
    with pytest.raises(TransitionRefused, match="for yourself"):
        give(settled, act(approver), approver, today, today, "Away")
    made = give(settled, act(approver), other_technician, today, today, "Away")
    with pytest.raises(TransitionRefused, match="cannot hand on"):
        give(settled, act(other_technician), manager, today, today, "Away")
    with pytest.raises(TransitionRefused, match="already"):
        give(settled, act(approver), manager, today, today, "Away")
    tomorrow = act(other_technician, NOON + day)
    with pytest.raises(TransitionRefused, match="do not stand in"):
        sign(settled, tomorrow, on_behalf_of=approver)
    signed = sign(settled, act(other_technician), on_behalf_of=approver)
    assert signed.who == "Olga Technician on behalf of Anna Approver"
    assert "on behalf of Anna Approver" in settled.journal.get(seq=signed.seq).facts["for"]
    made.end(act(approver))
    made.end(act(approver))
    assert settled.journal.filter(action=Action.DELEGATION_ENDED).count() == 1
    with pytest.raises(TransitionRefused, match="do not stand in"):
        sign(settled, act(other_technician), 3, on_behalf_of=approver)


def test_sig_12_who_declines_stops_it_and_everybody_who_signed_is_told(settled, approver, manager, technician, act):
    sign(settled, act(manager), 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        sign(settled, act(approver), 1, Decision.DECLINE)
    sign(settled, act(approver), 1, Decision.DECLINE, "The oil is low")
    assert {mail.person for mail in Mail.objects.filter(kind="signing_declined")} == {manager}
    assert not Closure.objects.exists()
    third = person("Cora Approver")
    Membership.objects.create(project=settled, user=third, role=Role.APPROVER)
    number = ask_one_more(settled, title="Third").number
    with pytest.raises(TransitionRefused, match="Anna Approver declined to sign"):
        sign(settled, act(third), number)
    sign(settled, act(approver), 1)
    sign(settled, act(third), number)
    assert standing(settled).state == "valid"


def test_sig_12_a_word_is_withdrawn_until_it_is_closed_and_never_overwritten(settled, approver, manager, act):
    signed = sign(settled, act(approver))
    with pytest.raises(TransitionRefused, match="Only who signed"):
        gate.withdraw(signed, act(manager), "Mine?")
    gate.withdraw(signed, act(approver, SOON), "I looked at the wrong night")
    gate.withdraw(signed, act(approver, SOON), "Again")
    signed.refresh_from_db()
    assert (signed.voided_how, signed.voided_by) == (VoidedBy.WITHDRAWN, approver)
    assert signed.void_reason == "I looked at the wrong night"
    assert settled.journal.filter(action=Action.SIGNATURE_WITHDRAWN).count() == 1
    again = sign(settled, act(approver))
    sign(settled, act(manager), 3)
    with pytest.raises(TransitionRefused, match="Closed since"):
        gate.withdraw(again, act(approver), "Too late")
    assert broken(settled) == []


def test_sig_13_an_exception_is_made_by_another_manager_once(settled, technician, manager, approver, act):
    Membership.objects.filter(user=technician).update(role=Role.APPROVER)
    with pytest.raises(TransitionRefused, match="You worked on this"):
        sign(settled, act(technician))
    slot = standing(settled).slot
    with pytest.raises(TransitionRefused, match="Only a manager"):
        Override.objects.give(slot, act(approver), technician, "Night")
    with pytest.raises(TransitionRefused, match="Nobody lets themselves"):
        Override.objects.give(slot, act(manager), manager, "Night")
    given = Override.objects.give(slot, act(manager), technician, "Nobody else is awake")
    assert Override.objects.give(slot, act(manager), technician, "Twice") == given
    signed = sign(settled, act(technician))
    assert (signed.overridden_by, signed.override_reason) == (manager, "Nobody else is awake")
    gate.withdraw(signed, act(technician), "Once more")
    with pytest.raises(TransitionRefused, match="You worked on this"):
        sign(settled, act(technician))


def test_sig_13_one_person_fills_one_place_of_a_stage(settled, approver, act):
    sign(settled, act(approver))
    with pytest.raises(TransitionRefused, match="nobody fills two places"):
        sign(settled, act(approver), 3)


def test_sig_14_a_place_for_somebody_outside_is_signed_by_nobody_with_an_account(settled, manager, approver, act):
    number = Slot.objects.add(settled, act(manager), {"title": "Customer", "filler": "external"}).number
    for who in (manager, approver):
        with pytest.raises(TransitionRefused, match="not for you"):
            sign(settled, act(who), number)


def test_sig_15_who_is_deactivated_neither_signs_nor_stands_in(settled, approver, other_technician, act):
    signed = sign(settled, act(approver))
    Delegation.objects.make(settled, act(approver), other_technician, NOON.date(), NOON.date(), "Away")
    late = replace(act(approver), standing=(settled.pk, Role.APPROVER.value))
    approver.is_active = False
    approver.save()
    for attempt, refusal in (
        (lambda: sign(settled, late, 3), Http404),
        (lambda: sign(settled, act(approver), 3), TransitionRefused),
        (lambda: sign(settled, act(other_technician), 3, on_behalf_of=approver), TransitionRefused),
    ):
        with pytest.raises(refusal):
            attempt()
    signed.refresh_from_db()
    assert signed.voided_at is None
    with pytest.raises((IntegrityError, models.ProtectedError)), transaction.atomic():
        approver.delete()


def test_sig_15_another_role_is_another_right(settled, approver, act):
    late = replace(act(approver), standing=(settled.pk, Role.APPROVER.value))
    Membership.objects.filter(user=approver).update(role=Role.AUDITOR)
    with pytest.raises(PermissionDenied):
        sign(settled, late)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "03:30 EEST"),  # the hour that comes twice
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "03:30 EET"),
        (datetime(2027, 3, 28, 0, 59, tzinfo=UTC), "02:59 EET"),  # the hour that does not exist
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), "04:00 EEST"),
    ],
)
def test_sig_16_moments_are_kept_in_utc_and_told_with_their_zone(settled, approver, act, moment, words):
    signed = sign(settled, act(approver, moment))
    signed.refresh_from_db()
    assert signed.signed_at == moment
    assert words in schedule.words(signed.signed_at, settled.tzinfo)


def test_sig_16_entries_are_ordered_by_number_where_a_clock_went_back(settled, approver, manager, act):
    first = sign(settled, act(approver, SOON))
    second = sign(settled, act(manager, NOON - timedelta(days=1)), 3)
    assert first.seq < second.seq
    assert second.signed_at < first.signed_at
    assert broken(settled) == []


@pytest.mark.parametrize("apart", [-3600, -6, 6, 3600])
def test_sig_16_nothing_is_signed_while_the_clocks_disagree(settled, approver, signed_in, monkeypatch, apart):
    """Ours is changed, the database's is not. What was typed is kept, and it can be sent again."""
    client, address = signed_in(approver), reverse("slot", args=[settled.slug, 1])
    wish = {
        "digest": standing(settled).digest,
        "decision": "approve",
        "password": PASSWORD,
        "comment": "Seen on the pier",
    }
    now = timezone.now
    with monkeypatch.context() as wrong:
        wrong.setattr(timezone, "now", lambda: now() + timedelta(seconds=apart))
        refused = client.post(address, wish)
    assert refused.status_code == 409
    assert re.search(r"are (5|6|7|3\d\d\d) seconds apart", refused.text)
    assert "Seen on the pier" in refused.text
    assert not Signature.objects.exists()
    assert not Guess.objects.exists()
    with monkeypatch.context() as almost:
        almost.setattr(timezone, "now", lambda: now() + timedelta(seconds=2 if apart > 0 else -2))
        assert client.post(address, wish).status_code == 302


def test_sig_17_what_is_redacted_leaves_the_signature_whole(settled, approver, act):
    signed = sign(settled, act(approver), 1, Decision.DECLINE, "Call me on +44 20 7946 0100")
    Signature.objects.filter(pk=signed.pk).redact("comment", "[removed]")
    signed.refresh_from_db()
    assert (signed.comment, digest_of(signed.snapshot)) == ("[removed]", signed.digest)
    assert settled.journal.get(seq=signed.seq).facts["record"] == signed.record


def test_sig_18_the_report_says_what_is_void_and_what_changed_since(settled, approver, manager, act):
    sign(settled, act(approver))
    closing.reopen(settled, act(manager), standing(settled).slot, WHY)
    sign(settled, act(approver))
    report = report_of(settled, NOON)
    assert [row.signature.voided_how for row in report.rows if row.signature and row.signature.voided_at] == [
        "reopened"
    ]
    assert report.since_signed == "Record unchanged since the last signature."
    assert report.chain_head.startswith(f"Chain head {settled.journal.count()}")
    item(settled, "Certificates valid").note(act(manager), "Look")
    assert "1 journal entry since" in report_of(settled, NOON).since_signed


def test_sig_19_the_last_signature_completes_it_in_the_same_transaction(settled, approver, manager, act):
    sign(settled, act(approver))
    sign(settled, act(manager), 3)
    with transaction.atomic():
        sign(settled, act(approver), 2)
        assert Record.objects.filter(project=settled).exists()
        transaction.set_rollback(True)
    assert not Record.objects.exists()
    assert not Mail.objects.filter(kind="project_completed").exists()
    settled.refresh_from_db()
    assert settled.completed_at is None
    sign(settled, act(approver), 2)
    settled.refresh_from_db()
    assert settled.completed_at == NOON
    assert Record.objects.get().revision == 1
    assert {mail.person for mail in Mail.objects.filter(kind="project_completed")} == {manager}


def test_conditions_bind_until_they_are_met(settled, approver, technician, manager, act):
    demand = gate.Demand("Oil bought", technician, NOON.date())
    signed = sign(settled, act(approver), 1, Decision.CONDITIONS, "Fine but", conditions=[demand])
    assert (standing(settled).state, standing(settled).sign) == ("valid", "conditions")
    condition = Condition.objects.get()
    assert "Oil bought" in signed.comment
    condition.meet(act(technician))
    condition.meet(act(manager))
    assert condition.met == (NOON, technician)
    assert settled.journal.filter(action=Action.ITEM_COMPLETED, item=condition.item).count() == 1
    sign(settled, act(manager), 3, Decision.CONDITIONS, "And", conditions=[demand])
    closing.reopen(settled, act(manager), standing(settled).slot, WHY)
    with pytest.raises(TransitionRefused, match="is void"):
        Condition.objects.get(signature__slot__number=3).meet(act(technician))


def test_sig_09_what_is_not_asked_or_not_offered_is_not_recorded(settled, approver, manager, act):
    seen = standing(settled)
    with pytest.raises(TransitionRefused, match="cannot be decided here"):
        sign(settled, act(approver), 1, Decision.GO)
    Slot.objects.get(pk=seen.slot.pk).retire(act(manager), "Asked twice")
    with pytest.raises(TransitionRefused, match="not asked for any more"):
        gate.sign(seen.slot, act(approver), Decision.APPROVE, seen.digest)
    assert not Signature.objects.exists()


def test_sig_10_who_abstains_has_voted_and_has_not_approved(settled, approver, manager, act):
    sign(settled, act(approver), 1, Decision.ABSTAIN)
    assert (standing(settled).state, standing(settled).still) == ("pending", 1)
    vote = Slot.objects.add(settled, act(manager), {"title": "Vote", "kind": "vote", "scope": "criteria"})
    sign(settled, act(approver), vote.number, Decision.ABSTAIN)
    assert (standing(settled, vote.number).state, standing(settled, vote.number).sign) == ("valid", "abstained")
    assert settled.journal.filter(action=Action.SLOT_ABSTAINED).count() == 2


def test_a_waiver_is_given_and_ended_once(project, manager, technician, other_technician, outsider, act):
    rows, lamps = item(project, "Rows counted"), item(project, "Lamps answer")
    given = Waiver.objects.give(rows, act(manager), "Until Monday")
    with pytest.raises(TransitionRefused, match="Mara Manager waived this already"):
        Waiver.objects.give(rows, act(manager), "Twice")
    lamps.complete(act(technician))
    with pytest.raises(TransitionRefused, match="nothing to waive"):
        Waiver.objects.give(lamps, act(manager), "Dark")
    given.end(act(manager))
    given.end(act(manager, SOON))
    given.refresh_from_db()
    assert given.ended_at == NOON
    assert project.journal.filter(item=rows, action__contains="waive").count() == 2
    with pytest.raises(TransitionRefused, match="does not work on this project"):
        Delegation.objects.make(project, act(technician), outsider, NOON.date(), NOON.date(), "Away")


def test_sig_03_a_place_about_one_item_names_it(settled):
    rows = item(settled, "Rows counted")
    number = ask_one_more(settled, scope="item", phase=None, subject=rows).number
    content = json.loads(standing(settled, number).snapshot)
    assert content["scope"] == ["item", f"#{rows.number}"]
    assert [each["number"] for each in content["items"]] == [rows.number]


def test_sig_13_who_was_handed_an_item_or_read_a_value_had_a_hand_in_it(
    project, technician, other_technician, approver, manager, act
):
    item(project, "Certificates valid").claim(act(technician))
    item(project, "Certificates valid").hand_over(act(technician), other_technician)
    item(project, "Certificates valid").release(act(manager), for_others=True)
    settle(project, act(manager))
    Membership.objects.filter(user=other_technician).update(role=Role.APPROVER)
    with pytest.raises(TransitionRefused, match="You worked on this"):
        sign(project, act(other_technician))
    sign(project, act(approver))


@pytest.mark.parametrize("around", [False, True])
def test_sig_13_whoever_put_evidence_there_had_a_hand_in_it(settled, approver, other_technician, manager, act, around):
    """At an item also when it was withdrawn; around the items as long as it is there."""
    rows = item(settled, "Rows counted")
    place = {"phase": rows.phase} if around else {"item": rows}
    shown = Evidence.objects.add(settled, act(approver), looked_at("rows.txt", b"17"), **place)
    Delegation.objects.make(settled, act(approver), other_technician, NOON.date(), NOON.date(), "Away")
    for who, principal in ((approver, None), (other_technician, approver)):
        with pytest.raises(TransitionRefused, match="worked on this"):
            sign(settled, act(who), on_behalf_of=principal)
    shown.withdraw(act(approver), "Of another night")
    if around:
        sign(settled, act(approver))
    else:
        with pytest.raises(TransitionRefused, match="You worked on this"):
            sign(settled, act(approver))
    sign(settled, act(manager), 3)


def test_sig_10_whoever_is_of_the_team_signs_whatever_their_role(
    settled, technician, other_technician, approver, manager, auditor, act
):
    """A group is a team of the project, read again under the lock; an auditor signs nothing all the same."""
    says = {"title": "Network", "filler": "team", "team": "Network", "scope": "criteria", "meaning": "acknowledged"}
    number = Slot.objects.add(settled, act(manager), says | {"needed": 2}).number
    assert standing(settled, number).asked_words == "the team Network"
    for who, teams in ((other_technician, ["network", "Pier"]), (manager, ["NETWORK"]), (auditor, ["Network"])):
        settled.memberships.filter(user=who).update(teams=teams)
    assert [each.pk for each in asking(other_technician, NOON)] == [settled.pk]
    assert asking(technician, NOON) == []
    for who in (technician, approver, auditor):
        with pytest.raises(TransitionRefused, match="not for you"):
            sign(settled, act(who), number)
    sign(settled, act(other_technician), number)
    assert standing(settled, number).still == 1
    settled.memberships.filter(user=manager).update(teams=[])
    with pytest.raises(TransitionRefused, match="not for you"):
        sign(settled, act(manager), number)
    assert broken(settled) == []


@pytest.mark.parametrize("says", [{"filler": "team"}, {"filler": "role", "team": "Network"}])
def test_sig_10_the_database_holds_that_a_team_is_named(settled, manager, act, says):
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.add(settled, act(manager), {"title": "Network"} | says)


def test_sig_03_a_team_is_part_of_what_is_signed_only_where_there_is_one(settled, manager, act):
    assert '"team"' not in standing(settled).snapshot
    number = Slot.objects.add(settled, act(manager), {"title": "N", "filler": "team", "team": "Network"}).number
    assert '"team":"Network"' in standing(settled, number).snapshot


def test_sig_01_a_slot_says_whom_it_asks(settled, manager, approver, technician, act):
    said = [
        ({"title": "People", "filler": "people", "needed": 0}, "Tom Technician, Anna Approver"),
        ({"title": "Outside", "filler": "external"}, "Somebody without an account"),
        ({"title": "Role", "role": "technician"}, "Technician"),
        ({"title": "Anybody"}, "approvers and managers"),
    ]
    for says, words in said:
        people = [technician, approver] if says["title"] == "People" else []
        number = Slot.objects.add(settled, act(manager), says, people).number
        assert standing(settled, number).asked_words == words


def test_sig_19_it_is_complete_when_nothing_is_missing_and_only_once(settled, technician, approver, manager, act):
    """Where the last that was missing is no signature, a manager says so."""
    late = item(settled, "Lamps answer")
    late.reopen(act(technician), "Dark again")
    for slot in settled.slots.all():
        slot.amend(act(manager), {"scope": "criteria", "phase": None, "stage": 1, "required": slot.number == 1})
    sign(settled, act(approver))
    assert not gate.is_complete(settled)
    with pytest.raises(TransitionRefused, match=r"not settled: #.* Lamps answer"):
        closing.complete(settled, act(manager))
    item(settled, "Lamps answer").complete(act(technician))
    assert gate.is_complete(settled)
    closing.complete(settled, act(manager))
    closing.complete(settled, act(manager))
    assert settled.journal.filter(action=Action.PROJECT_COMPLETED).count() == 1


def test_sig_18_the_report_tells_exceptions_quorum_and_who_ended_what(
    project, technician, other_technician, approver, manager, act
):
    certificates = item(project, "Certificates valid")
    for each in project.items.open().exclude(pk=certificates.pk).order_by("-depth"):
        each.complete(act(technician))
    Waiver.objects.give(certificates, act(manager), "Valid until Monday")
    standing(project).slot.amend(act(manager), {"needed": 2})
    Delegation.objects.make(project, act(approver), other_technician, NOON.date(), NOON.date(), "Away")
    signed = sign(project, act(other_technician), on_behalf_of=approver)
    sign(project, act(manager), 1, Decision.DECLINE, "The oil is low")
    sign(project, act(manager), 1, Decision.ABSTAIN)
    report = report_of(project, NOON)
    states = [(row.signature.who if row.signature else "", row.state) for row in report.rows if row.slot.number == 1]
    assert states[0] == ("Olga Technician on behalf of Anna Approver", "● Approved")
    assert ("", "○ 1 of 2 missing") in states
    assert any(state.startswith("○ signed again") for _, state in states)
    deviations = {each.name: each for each in report.deviations}
    assert deviations["Before"].state == "declined, superseded"
    assert deviations["Before"].happenings[0].why == "The oil is low"
    assert [(each.what, each.why) for each in deviations["Certificates valid"].happenings] == [
        ("Waived: signed without it", "Valid until Monday")
    ]
    gate.withdraw(signed, act(approver), "Not what I meant")
    text = render_to_string("signoffs/_pdf_cover.html", {"report": report_of(project, NOON), "project": project})
    assert "Not what I meant" in text
    assert "proof: not asked" in " ".join(text.split())
