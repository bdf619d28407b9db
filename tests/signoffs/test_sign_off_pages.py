"""Signing in the browser: decisions, conditions, exceptions, standing in, withdrawing, reopening, and asking for signatures."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from checklists.models import Action, Membership, RequestKey, Role, Slot
from signoffs import gate, pdf
from signoffs.models import Decision, Delegation, Method, Override, Signature, VoidedBy, Waiver
from signoffs.report import report_of
from signoffs.standing import standings
from tests.builders import ask_one_more, item, settle, sign_all
from tests.conftest import NOON, PASSWORD, person

CONDITION = {"condition-0": "Lamp oil bought", "due-0": "2027-02-06"}


@pytest.fixture
def settled(project, technician, act):
    """The project with everything done, and another place for a signature on its first phase, so that none closes it."""
    settle(project, act(technician))
    ask_one_more(project)
    return project


def standing(project, number=1):
    return next(each for each in standings(project) if each.slot.number == number)


def post(client, project, number=1, **data):
    """Send the signing form as it was read now."""
    known = {"digest": standing(project, number).digest, "decision": Decision.APPROVE, "password": PASSWORD}
    return client.post(reverse("slot", args=[project.slug, number]), known | data)


def page(client, project, number=1) -> str:
    return client.get(reverse("slot", args=[project.slug, number])).text


# -- Deciding ----------------------------------------------------------------------------------------------------------


def test_a_signature_keeps_how_it_was_proved(settled, approver, signed_in):
    client = signed_in(approver)
    answer = client.post(
        reverse("slot", args=[settled.slug, 1]),
        {"digest": standing(settled).digest, "decision": Decision.APPROVE, "password": PASSWORD},
        headers={"user-agent": "Lynx"},
    )
    assert answer.status_code == 302
    signature = Signature.objects.get()
    assert (signature.method, signature.ip, signature.user_agent) == (Method.PASSWORD, "127.0.0.1", "Lynx")
    assert signature.proved_at == signature.signed_at


def test_a_password_is_not_even_part_of_a_hash_that_is_kept(settled, approver, signed_in):
    """Two forms that differ in the password alone have one fingerprint, so no guess can be tried on what is stored."""
    client = signed_in(approver)
    wish = {"key": "night-boat-1", "digest": standing(settled).digest, "decision": Decision.APPROVE}
    client.post(reverse("slot", args=[settled.slug, 1]), wish | {"password": PASSWORD})
    again = client.post(reverse("slot", args=[settled.slug, 1]), wish | {"password": "anything else"})
    assert RequestKey.objects.filter(key="night-boat-1").count() == 1
    assert again.status_code != 409
    assert Signature.objects.count() == 1


def test_declining_needs_a_reason_and_stops_the_rest(settled, approver, manager, signed_in):
    client = signed_in(approver)
    assert "Say why" in post(client, settled, decision=Decision.DECLINE).text
    assert post(client, settled, decision=Decision.DECLINE, comment="Oil is low").status_code == 302
    assert standing(settled).state == "declined"
    refused = post(signed_in(manager), settled, number=3)
    assert refused.status_code == 409
    assert "Anna Approver declined to sign" in refused.text


def test_what_went_wrong_stands_first_with_who_said_so(project, technician, approver, manager, act, signed_in):
    """However much is open before it in the plan: the list is cut at its end."""
    item(project, "Rows counted").fail(act(technician), "Two rows are missing", for_others=True)
    item(project, "Certificates valid").set_aside(act(manager), "No TLS here")
    client = signed_in(approver)
    told = page(client, project)
    assert "Failed · Tom Technician: Two rows are missing" in told
    assert "Not applicable · Mara Manager: No TLS here" in told
    order = [told.index(words) for words in ("Two rows are missing", "No TLS here", "Replica follows within")]
    assert order == sorted(order)
    assert "None of it is yours." in told
    assert "A manager can waive what is not done" in told
    assert "Comment; needed to decline" in told


def test_who_can_say_nothing_more_in_a_place_is_not_offered_to_sign_it(settled, approver, manager, signed_in):
    """Neither their own valid signature, nor another place of the same stage."""
    client = signed_in(approver)
    sign_off = reverse("slots", args=[settled.slug])

    def offered(number: int) -> bool:
        return "Sign…" in client.get(sign_off).text.split(f'id="slot-{number}"')[1].split("</li>")[0]

    assert "by Mara Manager" not in page(client, settled, 3)
    signed_in(manager).post(reverse("slot_requests", args=[settled.slug, 3]))
    assert "by Mara Manager" in page(client, settled, 3)
    assert (offered(1), offered(3)) == (True, True)
    assert post(client, settled).status_code == 302
    assert (offered(1), offered(3)) == (False, False)
    assert "You have signed this, and it holds." in page(client, settled)
    assert "nobody fills two places" in page(client, settled, 3)


def test_conditions_have_words_an_owner_and_a_day(settled, approver, technician, signed_in):
    client = signed_in(approver)
    wish = {"decision": Decision.CONDITIONS}
    assert "Say on which condition" in post(client, settled, **wish).text
    assert "A condition needs words, an owner and a day" in post(client, settled, **wish, **CONDITION).text
    assert not Signature.objects.exists()
    assert post(client, settled, **wish, **CONDITION, **{"owner-0": technician.pk}).status_code == 302
    condition = Signature.objects.get().conditions.get()
    assert (condition.text, condition.owner, str(condition.due)) == ("Lamp oil bought", technician, "2027-02-06")
    assert "Open condition" in client.get(reverse("slots", args=[settled.slug])).text
    signed_in(technician).post(reverse("condition_meeting", args=[settled.slug, condition.pk]))
    condition.refresh_from_db()
    assert (condition.is_met, condition.met[1], condition.item.state) == (True, technician, "done")
    assert "Met" in client.get(reverse("slots", args=[settled.slug])).text
    assert "Condition met: Lamp oil bought (Tom Technician" in pdf.html_of(report_of(settled, NOON))


def test_what_others_have_to_do_is_not_for_everybody_to_tick(
    settled, approver, technician, other_technician, signed_in
):
    post(signed_in(approver), settled, decision=Decision.CONDITIONS, **CONDITION, **{"owner-0": technician.pk})
    condition = Signature.objects.get().conditions.get()
    target = reverse("condition_meeting", args=[settled.slug, condition.pk])
    assert signed_in(other_technician).post(target).status_code == 403


def test_who_is_not_asked_reads_and_cannot_sign(settled, technician, signed_in):
    client = signed_in(technician)
    assert "It is for these to sign: approvers and managers" in page(client, settled)
    assert post(client, settled).status_code == 409
    assert not Signature.objects.exists()


def test_a_stale_page_is_refused_with_what_changed_and_keeps_what_was_typed(
    settled, approver, technician, act, signed_in
):
    client = signed_in(approver)
    seen = {"digest": standing(settled).digest, "seq": settled.journal.count(), "comment": "As agreed on the pier"}
    item(settled, "Certificates valid").reopen(act(technician), "One expired")
    item(settled, "Certificates valid").complete(act(technician, NOON + timedelta(minutes=9)))
    refused = post(client, settled, **seen)
    assert refused.status_code == 409
    assert "Changed while you read: 2" in refused.text
    assert "One expired" in refused.text
    assert "As agreed on the pier" in refused.text
    assert post(client, settled, comment="As agreed on the pier").status_code == 302


def test_it_says_what_changed_since_one_last_looked(settled, approver, technician, act, signed_in):
    client = signed_in(approver)
    assert "Changed since you last looked" not in page(client, settled)
    item(settled, "Certificates valid").reopen(act(technician), "One expired")
    settled.slots.get(number=1).looks.update(at=timezone.now() - timedelta(days=1))
    found = page(client, settled)
    assert "Changed since you last looked" in found
    assert "One expired" in found


# -- Exceptions --------------------------------------------------------------------------------------------------------


def test_who_did_the_work_approves_it_only_by_anothers_word(settled, manager, act, signed_in):
    other = person("Odo Manager")
    Membership.objects.create(project=settled, user=other, role=Role.MANAGER)
    item(settled, "Certificates valid").reopen(act(manager), "Look again")
    item(settled, "Certificates valid").complete(act(manager))
    client = signed_in(manager)
    assert "somebody else has to approve it" in page(client, settled)
    target = reverse("slot_override", args=[settled.slug, 1])
    told = client.post(target, {"person": manager.pk, "reason": "Nobody else is awake"}, follow=True)
    assert "Nobody lets themselves" in told.text
    signed_in(other).post(target, {"person": manager.pk, "reason": "Nobody else is awake"})
    assert Override.objects.get().by == other
    assert "Odo Manager lets you sign it once" in page(client, settled)
    assert post(client, settled).status_code == 302
    assert "Signed own work; Odo Manager let them" in page(client, settled)


def test_what_is_missing_is_waived_with_a_reason(project, technician, manager, approver, act, signed_in):
    settle(project, act(technician))
    ask_one_more(project)
    item(project, "Certificates valid").reopen(act(technician), "One expired")
    assert "Not yet" in page(signed_in(approver), project)
    number = item(project, "Certificates valid").number
    signed_in(manager).post(reverse("item_waiver", args=[project.slug, number]), {"reason": "Valid until Monday"})
    found = page(signed_in(approver), project)
    assert "waived by Mara Manager: Valid until Monday" in found
    assert post(signed_in(approver), project).status_code == 302
    signed_in(manager).post(reverse("item_waiver_end", args=[project.slug, number]))
    assert Waiver.objects.get().ended_at is not None
    assert standing(project).state == "stale"


def test_somebody_stands_in_and_it_shows(settled, approver, technician, signed_in):
    client = signed_in(approver)
    wish = {"delegate": technician.pk, "reason": "On the ferry"}
    today = settled.local(settled.created_at).date()
    refused = client.post(
        reverse("delegations", args=[settled.slug]), wish | {"first": "2027-02-09", "last": "2027-02-08"}
    )
    assert refused.status_code == 409
    days = {"first": str(today - timedelta(days=2000)), "last": str(today + timedelta(days=2000))}
    assert client.post(reverse("delegations", args=[settled.slug]), wish | days).status_code == 302
    delegation = Delegation.objects.get()
    assert "Tom Technician on behalf of Anna Approver" in client.get(reverse("delegations", args=[settled.slug])).text
    # They sign for her or not at all: nothing is offered that would be refused.
    offered = page(signed_in(technician), settled)
    assert f'<option value="{approver.pk}" selected>Anna Approver</option>' in offered
    assert "in my own name" not in offered
    # The technician did all the work, so another of the team has to stand in for approving it.
    refused = post(signed_in(technician), settled, behalf=approver.pk)
    assert "worked on this" in refused.text
    client.post(reverse("delegation_end", args=[settled.slug, delegation.pk]))
    delegation.refresh_from_db()
    assert delegation.ended_at


def test_a_signature_in_anothers_name(settled, approver, other_technician, signed_in, act):
    days = (NOON.date() - timedelta(days=2000), NOON.date() + timedelta(days=2000))
    Delegation.objects.make(settled, act(approver), other_technician, *days, "On the ferry")
    assert post(signed_in(other_technician), settled, behalf=approver.pk).status_code == 302
    assert "Olga Technician on behalf of Anna Approver" in page(signed_in(approver), settled)


def test_who_may_sign_and_stands_in_says_in_whose_name(settled, approver, manager, signed_in, act):
    days = (NOON.date() - timedelta(days=2000), NOON.date() + timedelta(days=2000))
    Delegation.objects.make(settled, act(approver), manager, *days, "Away")
    offered = page(signed_in(manager), settled)
    assert '<option value="" selected>in my own name</option>' in offered
    assert f'<option value="{approver.pk}">Anna Approver</option>' in offered


# -- Afterwards --------------------------------------------------------------------------------------------------------


def test_one_takes_back_ones_own_word_only(settled, approver, manager, signed_in):
    post(signed_in(approver), settled)
    target = reverse("signature_withdrawal", args=[settled.slug, Signature.objects.get().uuid])
    told = signed_in(manager).post(target, {"reason": "Not mine"}, follow=True)
    assert "Only who signed can withdraw it" in told.text
    signed_in(approver).post(target, {"reason": "I read the wrong phase"})
    assert Signature.objects.get().voided_how == VoidedBy.WITHDRAWN
    found = signed_in(approver).get(reverse("slots", args=[settled.slug])).text
    assert "I read the wrong phase" in found
    assert standing(settled).state == "pending"


def test_reopening_says_first_what_becomes_void(project, technician, approver, manager, act, signed_in):
    settle(project, act(technician))
    sign_all(project, NOON, approver)
    project.refresh_from_db()
    assert project.completed_at
    client = signed_in(manager)
    target = reverse("scope_reopening", args=[project.slug, "plan-0"])
    asked = client.get(target).text
    assert "Anna Approver" in asked
    assert "complete in revision 1" in asked
    assert "at least 10 characters" in client.post(target, {"reason": "Oops"}).text
    assert not Signature.objects.exclude(voided_at=None).exists()
    done = client.post(target, {"reason": "The lamps went dark again"}, follow=True)
    assert "void now" in done.text
    project.refresh_from_db()
    assert (project.completed_at, project.revision) == (None, 2)
    assert "The lamps went dark again" in signed_in(approver).get(reverse("slots", args=[project.slug])).text
    assert "nothing to reopen" in client.get(target).text
    assert client.post(target, {"reason": "The lamps went dark again"}).status_code == 409


@pytest.mark.parametrize("scope", ["phase-999999", "nonsense", "phase-x", "item-0"])
def test_a_scope_that_is_not_there(project, manager, signed_in, scope):
    assert signed_in(manager).get(reverse("scope_reopening", args=[project.slug, scope])).status_code == 404


def test_a_manager_completes_what_nothing_is_missing_from(project, technician, approver, manager, act, signed_in):
    settle(project, act(technician))
    item(project, "Certificates valid").reopen(act(technician), "One expired")
    client, target = signed_in(manager), reverse("completion", args=[project.slug])
    assert "Not yet" in client.post(target, follow=True).text
    item(project, "Certificates valid").complete(act(technician))
    ask_one_more(project, 2, required=True)
    for each in project.slots.all():
        each.amend(act(manager), {"required": False})
    assert "The project is complete" in client.post(target, follow=True).text
    project.refresh_from_db()
    assert project.completed_at


# -- Asking for signatures ---------------------------------------------------------------------------------------------


def slot_wish(**changes):
    return {
        "title": "Harbour master",
        "kind": "signature",
        "meaning": "reviewed",
        "place": "plan-0",
        "stage": 2,
        "filler": "role",
        "role": "",
        "needed": 1,
        "required": "on",
    } | changes


def test_a_manager_asks_for_another_signature(project, manager, approver, signed_in):
    client, target = signed_in(manager), reverse("slot_new", args=[project.slug])
    named = slot_wish(filler="people", people=[approver.pk], needed=0)
    assert client.post(target, named).status_code == 302
    slot = project.slots.last()
    assert (slot.title, slot.stage, slot.meaning, slot.needed) == ("Harbour master", 2, "reviewed", 0)
    assert [each.user for each in slot.named.all()] == [approver]
    assert project.journal.last().action == Action.SLOT_ADDED


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"filler": "people"}, "Name at least one person"),
        ({"filler": "team"}, "Say which team"),
        ({"filler": "team", "team": "Nobody’s"}, "valid choice"),
        ({"needed": 0}, "At least one person of the role must sign"),
        ({"stage": 0}, "greater than or equal to 1"),
        ({"title": ""}, "required"),
        ({"role": "auditor"}, "valid choice"),
    ],
)
def test_what_cannot_be_asked_for_is_said(project, manager, signed_in, changes, told):
    before = project.slots.count()
    answer = signed_in(manager).post(reverse("slot_new", args=[project.slug]), slot_wish(**changes))
    assert answer.status_code == 422
    assert told in answer.text
    assert project.slots.count() == before


def test_a_manager_asks_a_team(project, manager, technician, signed_in):
    project.memberships.filter(user=technician).update(teams=["Network"])
    client, target = signed_in(manager), reverse("slot_new", args=[project.slug])
    assert client.post(target, slot_wish(filler="team", team="Network", needed=0)).status_code == 422
    assert client.post(target, slot_wish(filler="team", team="Network", needed=2, role="manager")).status_code == 302
    slot = project.slots.last()
    assert (slot.filler, slot.team, slot.role, slot.needed) == ("team", "Network", "", 2)
    assert "the team Network" in client.get(reverse("slots", args=[project.slug])).text
    assert (
        client.post(reverse("slot_edit", args=[project.slug, slot.number]), slot_wish(role="approver")).status_code
        == 302
    )
    slot.refresh_from_db()
    assert (slot.filler, slot.team, slot.role) == ("role", "", "approver")


def test_a_slot_is_asked_for_no_more(project, manager, signed_in):
    client = signed_in(manager)
    client.post(reverse("slot_retirement", args=[project.slug, 1]), {"reason": ""})
    assert project.slots.filter(number=1).exists()
    client.post(reverse("slot_retirement", args=[project.slug, 1]), {"reason": "Nobody has this office any more"})
    assert not project.slots.filter(number=1).exists()


def test_the_number_of_queries_does_not_grow_with_slots(
    project, technician, approver, act, signed_in, django_assert_max_num_queries
):
    settle(project, act(technician))
    for _ in range(3):
        ask_one_more(project)
    gate.sign(standing(project).slot, act(approver), Decision.APPROVE, standing(project).digest)
    client = signed_in(approver)
    with django_assert_max_num_queries(32) as few:
        client.get(reverse("slots", args=[project.slug]))
    for _ in range(12):
        ask_one_more(project)
    with django_assert_max_num_queries(len(few)):
        client.get(reverse("slots", args=[project.slug]))


def test_each_stale_signature_shows_what_changed_since_itself(settled, approver, manager, technician, act, signed_in):
    """Two were signed at different moments: what changed between them differs for the first alone."""
    standing(settled).slot.amend(act(manager), {"needed": 3})
    post(signed_in(approver), settled)
    blank = settled.fields.get()
    blank.read(act(technician), "18")
    post(signed_in(manager), settled)
    item(settled, "Certificates valid").reopen(act(technician), "One expired")
    found = page(signed_in(approver), settled)
    assert found.count("Changed since it was signed") == 2
    assert found.count("<ins>18</ins>") == 1
    assert found.count("One expired”)</ins>") == 2


def test_readiness_tells_which_conditions_are_open_and_late(settled, approver, technician, signed_in):
    address, client = reverse("readiness", args=[settled.slug]), signed_in(approver)
    assert "Signed on conditions" not in client.get(address).text
    for number, day in enumerate(("2020-01-01", "2999-01-01")):
        wish = {"condition-0": f"Oil {number}", "owner-0": technician.pk, "due-0": day}
        assert post(client, settled, decision=Decision.CONDITIONS, **wish).status_code == (302 if number == 0 else 409)
    found = client.get(address).text
    assert "Signed on conditions that are still open" in found
    assert "Oil 0" in found
    assert "(late)" in found
    condition = Signature.objects.get().conditions.get()
    signed_in(technician).post(reverse("condition_meeting", args=[settled.slug, condition.pk]))
    assert "Signed on conditions" not in client.get(address).text


def test_conditions_are_asked_for_only_where_one_can_approve_with_some(settled, approver, manager, act, signed_in):
    client = signed_in(approver)
    assert "By when" in page(client, settled)
    standing(settled).slot.amend(act(manager), {"meaning": "verified"})
    assert "By when" not in page(client, settled)
    assert "Conditions, where" not in page(client, settled)


def test_a_wrong_password_keeps_what_was_decided(settled, approver, signed_in):
    found = post(signed_in(approver), settled, decision=Decision.ABSTAIN, password="guess").text
    chosen = found[found.index('value="abstain"') :]
    assert "checked" in chosen[: chosen.index(">")]


# -- The order of the sign-off page ----------------------------------------------------------------------------------------


def heads(text: str) -> list[tuple[str, str]]:
    """Every part of the page with what is said beside its name."""
    found = re.findall(r'<h2 id="stage-\d+">(.*?)</h2>\s*<span class="group-count">(.*?)</span>', text, re.DOTALL)
    plain = [[" ".join(re.sub("<[^>]*>", "", part).split()) for part in pair] for pair in found]
    return [(name.replace(" ,", ","), said) for name, said in plain]


def test_what_is_signed_side_by_side_stands_together_and_what_is_closed_comes_last(
    settled, approver, manager, act, signed_in
):
    later = Slot.objects.add(settled, act(manager), {"title": "Later", "stage": 3, "scope": "plan"})
    Slot.objects.add(settled, act(manager), {"title": "Reader", "scope": "criteria", "required": False})
    lamps = item(settled, "Lamps answer")
    says = {"title": "Keeper", "scope": "item", "subject": lamps, "required": False}
    Slot.objects.add(settled, act(manager), says)
    page = signed_in(approver).get(reverse("slots", args=[settled.slug])).text
    assert heads(page) == [
        ("Phase 1: Before", "all 2 must be signed, 2 missing"),
        (f"#{lamps.number} Lamps answer", ""),
        ("The whole plan, stage 2", "opens when the stage before is signed"),
        ("The whole plan, stage 3", "opens when the stage before is signed"),
        ("All success criteria", ""),
    ]
    assert page.index(">Second signer<") < page.index(f'id="slot-{later.number}"')
    gate.sign(standing(settled).slot, act(approver), Decision.APPROVE, standing(settled).digest)
    gate.sign(standing(settled, 3).slot, act(manager), Decision.APPROVE, standing(settled, 3).digest)
    parts = heads(signed_in(approver).get(reverse("slots", args=[settled.slug])).text)
    assert parts[1] == ("The whole plan, stage 2", "must be signed")
    assert parts[-1][0] == "Phase 1: Before"
    assert re.fullmatch("closed .* by Anna Approver, Mara Manager", parts[-1][1])
    assert "Reopen…" not in signed_in(approver).get(reverse("slots", args=[settled.slug])).text
    assert signed_in(manager).get(reverse("slots", args=[settled.slug])).text.count("Reopen…") == 1
