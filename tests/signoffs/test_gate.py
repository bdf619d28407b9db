"""Signing: bound to what was seen, not before the scope is settled, stale when it changes."""

import json
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from checklists.act import TransitionRefused
from checklists.models import Action, Membership, Role
from signoffs import gate
from signoffs.models import GUESSES, LOCK, Decision, Guess, Signature
from signoffs.slot_forms import SlotForm
from signoffs.snapshot import digest_of
from tests import builders
from tests.builders import PLAN, ask_one_more, item, settle
from tests.conftest import NOON, PASSWORD


def standing(project, number=1):
    return next(each for each in gate.standings(project) if each.slot.number == number)


def sign(project, act, number=1, decision=Decision.APPROVE, comment=""):
    now = standing(project, number)
    return gate.sign(now.slot, act, decision, now.digest, comment)


def test_a_signature_says_who_when_and_what(project, technician, approver, act):
    settle(project, act(technician))
    signature = sign(project, act(approver))
    assert (signature.name, signature.title, signature.email) == ("Anna Approver", "IT Director", "anna@example.org")
    assert signature.signed_at == act(approver).at
    assert digest_of(signature.snapshot) == signature.digest
    assert [entry["state"] for entry in json.loads(signature.snapshot)["items"]] == ["done"] * len(
        standing(project).items
    )
    assert standing(project).state == "valid"
    told = project.journal.get(seq=signature.seq)
    assert (told.action, told.facts["record"]) == (Action.SLOT_SIGNED, signature.record)


def test_not_before_the_scope_is_done(project, technician, approver, act):
    with pytest.raises(TransitionRefused, match="Not yet: 5 open"):
        sign(project, act(approver), number=1)
    assert not Signature.objects.exists()


def test_a_scope_is_its_phase_only(project, technician, approver, act):
    for each in project.phases.first().items.select_related("project").order_by("-depth"):
        each.complete(act(technician))
    assert standing(project, 1).is_ready
    assert not standing(project, 2).is_ready


def test_what_changed_meanwhile_is_not_signed(project, technician, approver, act):
    settle(project, act(technician))
    seen = standing(project).digest
    item(project, "Certificates valid").reopen(act(technician), "One expired")
    item(project, "Certificates valid").complete(act(technician))
    item(project, "Rows counted").fields.get().read(act(technician), "7")
    with pytest.raises(TransitionRefused, match="changed while you read"):
        gate.sign(standing(project).slot, act(approver), Decision.APPROVE, seen)


def test_a_change_makes_it_stale_and_says_what(project, technician, approver, act):
    ask_one_more(project)
    settle(project, act(technician))
    sign(project, act(approver))
    item(project, "Certificates valid").reopen(act(technician), "One expired")
    assert standing(project).state == "stale"
    assert any("Certificates valid" in change and "reopened" in change for change in standing(project).changes)


def test_a_value_of_a_section_is_signed_too(manager, technician, approver, act):
    text = PLAN.replace("- [ ] Switch the name", "Tickets waiting: ____\n\n- [ ] Switch the name")
    project = builders.project(manager, NOON, text)
    Membership.objects.create(project=project, user=approver, role=Role.APPROVER)
    settle(project, act(manager))
    blank = project.fields.get(item=None)
    blank.read(act(manager), "8")
    ask_one_more(project, 2)
    sign(project, act(approver))
    sign(project, act(approver), number=2)
    assert (blank.label, "8") in standing(project, 2).values
    blank.read(act(manager), "999")
    assert standing(project, 2).state == "stale"
    assert standing(project, 2).changes == ["Tickets waiting was 8, is 999"]


def test_two_blanks_of_one_name_are_two(manager, approver, act):
    project = builders.project(manager, NOON, PLAN.replace("(count: ____ rows)", "count: ____ rows, count: ____ rows"))
    Membership.objects.create(project=project, user=approver, role=Role.APPROVER)
    settle(project, act(manager))
    first, second = item(project, "Rows counted").fields.all()
    first.read(act(manager), "1")
    second.read(act(manager), "2")
    ask_one_more(project)
    sign(project, act(approver))
    first.read(act(manager), "3")
    assert standing(project).state == "stale"


def test_a_vote_is_about_what_comes_before_t_zero(manager, technician, approver, act):
    project = builders.project(manager, NOON, PLAN + "\n## Votes\n\n- [ ] IT Lead: Ready for go-live? [ ] Yes [ ] No\n")
    Membership.objects.create(project=project, user=approver, role=Role.APPROVER)
    number = project.slots.get(kind="vote").number
    for each in project.phases.first().items.open().select_related("project").order_by("-depth"):
        if not each.children.exists():
            each.complete(act(manager))
    assert standing(project, number).is_ready
    sign(project, act(approver), number, Decision.GO)
    assert standing(project, number).state_label == "Go"


def test_a_manager_says_what_a_signature_is_about(project, manager, technician, approver, act, signed_in):
    ask_one_more(project, 2)
    settle(project, act(technician))
    sign(project, act(approver))
    sign(project, act(approver), number=2)
    phase = project.phases.last()
    target = reverse("slot_edit", args=[project.slug, 2])
    says = SlotForm.initial_of(project.slots.get(number=2)) | {"place": f"phase-{phase.pk}"}
    signed_in(manager).post(target, says)
    assert standing(project, 2).slot.scope_name == "Phase 2: Night"
    assert standing(project, 2).state == "stale"
    assert "from the whole plan" in project.journal.last().sentence
    assert signed_in(manager).post(target, says | {"place": "nonsense"}).status_code == 422
    assert standing(project, 2).slot.scope_name == "Phase 2: Night"


def test_an_item_that_asks_for_signatures_does_not_hold_them_up(manager, approver, act):
    text = PLAN.replace("- [ ] Lamps answer", "- [ ] **Stakeholder Sign-Off**\n  - [ ] Harbour Master: ____________")
    project = builders.project(manager, NOON, text)
    slot = project.slots.get(title="Harbour Master")
    assert slot.item.text == "Stakeholder Sign-Off"
    item(project, "Switch the name").complete(act(manager))
    assert standing(project, slot.number).is_ready


def test_nobody_overrules_anothers_no_go(project, technician, approver, manager, act):
    vote = project.slots.get(number=2)
    vote.kind, vote.stage = "vote", 1
    vote.save()
    sign(project, act(approver), 2, Decision.NO_GO, "The lamps are dark")
    settle(project, act(technician))
    assert standing(project, 2).state == "declined"
    assert any("Certificates valid" in change for change in standing(project, 2).changes)
    sign(project, act(approver), 2, Decision.NO_GO, "Still dark")
    with pytest.raises(TransitionRefused, match="Only they can change that vote"):
        sign(project, act(manager), 2, Decision.GO)
    sign(project, act(approver), 2, Decision.GO)
    assert standing(project, 2).state == "valid"


def test_notes_and_claims_do_not_make_it_stale(project, technician, approver, act):
    ask_one_more(project)
    settle(project, act(technician))
    sign(project, act(approver))
    item(project, "Certificates valid").note(act(technician), "Still fine")
    assert standing(project).state == "valid"


def test_signing_again_keeps_the_old_one(project, technician, approver, act):
    ask_one_more(project)
    settle(project, act(technician))
    first = sign(project, act(approver))
    item(project, "Certificates valid").reopen(act(technician), "One expired")
    item(project, "Certificates valid").set_aside(act(technician), "Replaced by hand")
    second = sign(project, act(approver))
    first.refresh_from_db()
    assert first.voided_at == second.signed_at
    assert standing(project).signature == second


def test_a_valid_signature_is_not_signed_over(project, technician, approver, manager, act):
    settle(project, act(technician))
    sign(project, act(approver))
    with pytest.raises(TransitionRefused, match="Anna Approver"):
        sign(project, act(manager))


def test_the_database_keeps_one_live_signature_per_slot(project, technician, approver, act):
    settle(project, act(technician))
    first = sign(project, act(approver))
    first.pk, first.uuid = None, uuid4()
    first._state.adding = True
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def post(browser, project, number=1, **data):
    target = reverse("slot", args=[project.slug, number])
    return browser.post(
        target, {"digest": standing(project, number).digest, "decision": Decision.APPROVE, "password": PASSWORD} | data
    )


def test_the_password_is_asked_for_every_signature(project, technician, approver, act, signed_in):
    settle(project, act(technician))
    browser = signed_in(approver)
    refused = post(browser, project, password="guess")
    assert refused.status_code == 422
    assert "That is not your password" in refused.text
    assert not Signature.objects.exists()
    assert post(browser, project).status_code == 302
    assert post(browser, project, number=2, password="").status_code == 422
    assert Signature.objects.count() == 1


def test_too_many_wrong_passwords_lock_signing(project, technician, approver, act, signed_in):
    settle(project, act(technician))
    browser = signed_in(approver)
    for _ in range(GUESSES):
        assert post(browser, project, password="guess").status_code == 422
    locked = post(browser, project)
    assert "Too many wrong passwords or codes" in locked.text
    assert not Signature.objects.exists()
    assert project.journal.filter(action=Action.SIGNING_REFUSED, actor=approver).count() == GUESSES
    Guess.objects.update(at=timezone.now() - LOCK)
    assert post(browser, project).status_code == 302


def test_a_stale_page_is_refused_with_409(project, technician, approver, act, signed_in):
    settle(project, act(technician))
    response = post(signed_in(approver), project, digest="0" * 64)
    assert response.status_code == 409
    assert "changed while you read" in response.text


def test_the_sign_off_page_shows_who_signed_and_the_digest(project, technician, approver, auditor, act, signed_in):
    settle(project, act(technician))
    signature = sign(project, act(approver))
    page = signed_in(auditor).get(reverse("slots", args=[project.slug])).text
    assert "Anna Approver" in page
    assert signature.digest[:16] in page
    assert "2027-02-05 12:00 UTC (5 Feb 2027, 14:00 EET)" in page
