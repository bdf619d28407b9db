"""A form sent twice has one effect, and nothing that somebody else changed meanwhile is overwritten."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from checklists.act import KeyReused, Repeated, TransitionRefused
from checklists.models import Action, Draft, Field, Membership, Project, RequestKey, Role
from checklists.models.item import State
from checklists.models.request_key import forget_keys
from tests.builders import PLAN, item
from tests.conftest import NOON

pytestmark = pytest.mark.django_db
TEMPLATES = Path(__file__).resolve().parent.parent.parent / "templates"
KEY = "a-key-of-a-form"
# Forms that change nothing, or that only sign somebody in or out.
WITHOUT = {"_user_menu.html", "verify.html"}
HTMX = {"headers": {"HX-Request": "true"}}


def forms_in(path: Path) -> list[str]:
    return re.findall(r'<form[^>]*method="post".*?</form>', path.read_text(encoding="utf-8"), re.DOTALL)


def test_every_form_that_changes_something_carries_a_key():
    pages = [path for part in ("checklists", "signoffs") for path in (TEMPLATES / part).rglob("*.html")]
    keyed = re.compile(r"_once\.html|_plan_form_start\.html")
    without = [path.name for path in pages for form in forms_in(path) if not keyed.search(form)]
    assert sum(len(forms_in(path)) for path in pages) > 25
    assert set(without) <= WITHOUT
    assert "_once.html" in (TEMPLATES / "checklists/_plan_form_start.html").read_text(encoding="utf-8")


def keyed(act, key=KEY, fingerprint="the same"):
    return replace(act, key=key, fingerprint=fingerprint)


def test_an_act_with_a_key_is_done_once(project, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.note(keyed(act(technician)), "They answer")
    with pytest.raises(Repeated):
        lamps.note(keyed(act(technician)), "They answer")
    assert lamps.notes.count() == 1
    row = RequestKey.objects.get()
    assert (row.project, row.seq, row.at) == (project, project.journal.last().seq, NOON)


def test_a_key_stands_for_one_thing(project, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.note(keyed(act(technician)), "They answer")
    with pytest.raises(KeyReused):
        lamps.note(keyed(act(technician), fingerprint="another"), "They do not")
    assert lamps.notes.count() == 1


def test_everybody_has_keys_of_their_own(project, technician, other_technician, act):
    lamps = item(project, "Lamps answer")
    for who in (technician, other_technician):
        lamps.note(keyed(act(who)), "They answer")
    assert lamps.notes.count() == 2


def test_a_refusal_frees_the_key(project, technician, other_technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(other_technician))
    once = keyed(act(technician))
    with pytest.raises(TransitionRefused):
        lamps.claim(once)
    assert not RequestKey.objects.exists()
    lamps.release(act(other_technician))
    lamps.claim(once)
    assert lamps.owner == technician


def test_one_request_may_do_several_things_under_its_key(project, technician, act):
    once = keyed(act(technician))
    with project.locked(once):
        for each in project.items.filter(children=None).select_related("project"):
            each.claim(once)
    assert project.items.filter(state=State.CLAIMED).count() == project.items.filter(children=None).count()
    assert RequestKey.objects.get().seq == project.journal.last().seq


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_a_note_sent_twice_is_one_note_and_both_are_told_so(project, technician, signed_in, htmx):
    client, lamps = signed_in(technician), item(project, "Lamps answer")
    sent = {"text": "They answer", "key": KEY}
    answers = [client.post(f"{lamps.get_absolute_url()}notes/", sent, **(HTMX if htmx else {})) for _ in range(2)]
    assert [answer.status_code for answer in answers] == ([200, 200] if htmx else [302, 302])
    if htmx:
        assert all("They answer" in answer.content.decode() for answer in answers)
    else:
        assert answers[0]["Location"] == answers[1]["Location"]
    assert lamps.notes.count() == 1


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_another_text_under_the_same_key_is_refused(project, technician, signed_in, htmx):
    client, lamps = signed_in(technician), item(project, "Lamps answer")
    address, more = f"{lamps.get_absolute_url()}notes/", HTMX if htmx else {}
    client.post(address, {"text": "They answer", "key": KEY}, **more)
    answer = client.post(address, {"text": "They do not", "key": KEY}, **more)
    assert answer.status_code == 422
    assert "sent before" in answer.headers.get("HX-Trigger", "") + answer.content.decode()
    assert lamps.notes.count() == 1


def test_a_key_that_is_none_is_refused(project, technician, signed_in):
    lamps = item(project, "Lamps answer")
    answer = signed_in(technician).post(f"{lamps.get_absolute_url()}claim/", {"key": "no key!"})
    assert answer.status_code == 400


def test_the_key_may_come_in_a_header(project, technician, signed_in):
    client, lamps = signed_in(technician), item(project, "Lamps answer")
    for _ in range(2):
        client.post(f"{lamps.get_absolute_url()}notes/", {"text": "They answer"}, headers={"Idempotency-Key": KEY})
    assert lamps.notes.count() == 1


def test_a_draft_becomes_one_project_and_whoever_sends_it_twice_is_led_there(manager, signed_in):
    client = signed_in(manager)
    answer = client.post("/projects/new/", {"text": PLAN, "key": "upload-it"})
    assert client.post("/projects/new/", {"text": PLAN, "key": "upload-it"})["Location"] == answer["Location"]
    draft = Draft.objects.get()
    launch = {"name": "Twice", "go_live": "2027-02-07T06:00", "zone": "Europe/Athens", "key": KEY}
    answers = [client.post(draft.get_absolute_url(), launch) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {Project.objects.get().get_absolute_url()}


def test_people_and_templates_are_added_once(project, manager, signed_in):
    client = signed_in(manager)
    for _ in range(2):
        answer = client.post(
            f"/projects/{project.slug}/people/", {"email": "new@example.org", "role": "auditor", "key": KEY}
        )
        assert answer.status_code == 302
    assert project.journal.filter(action=Action.MEMBER_ADDED).count() == 1
    for _ in range(2):
        answer = client.post("/templates/new/", {"title": "Once", "text": PLAN, "key": "a-template"})
        assert answer["Location"] == "/templates/once/"


def test_keys_are_forgotten_when_nobody_sends_them_again(project, technician, act):
    item(project, "Lamps answer").note(keyed(act(technician)), "They answer")
    forget_keys(NOON + timedelta(days=89))
    assert RequestKey.objects.exists()
    forget_keys(NOON + timedelta(days=91))
    assert not RequestKey.objects.exists()


# -- Versions ----------------------------------------------------------------------------------------------------------


def seeing(act, row):
    return replace(act, seen={row.row_name: row.version})


def test_a_version_counts_the_changes_of_a_row(project, technician, manager, act):
    lamps = item(project, "Lamps answer")
    assert lamps.version == 0
    lamps.claim(act(technician))
    lamps.note(act(technician), "That is no change")
    lamps.complete(act(technician))
    lamps.complete(act(technician))
    lamps.reopen(act(technician), "One is dark")
    lamps.refresh_from_db()
    assert lamps.version == 3


def test_a_group_has_its_own_version(project, technician, act):
    for each in project.items.filter(parent__text="Database ready").select_related("project"):
        each.complete(act(technician))
    assert item(project, "Database ready").version == 1


def test_who_looked_at_an_older_state_overwrites_nothing_and_reads_who_was_faster(
    project, technician, other_technician, act
):
    lamps = item(project, "Lamps answer")
    looked_at = seeing(act(technician), lamps)
    lamps.fail(act(other_technician, NOON + timedelta(minutes=3)), "Two are dark")
    with pytest.raises(TransitionRefused, match="14:03 EET: Olga Technician marked failed"):
        item(project, "Lamps answer").complete(looked_at)
    assert item(project, "Lamps answer").reason == "Two are dark"


def test_what_is_so_already_and_what_is_no_change_annoys_nobody(project, technician, other_technician, act):
    lamps = item(project, "Lamps answer")
    looked_at = seeing(act(technician), lamps)
    lamps.note(act(other_technician), "Only a note")
    item(project, "Lamps answer").complete(looked_at)
    item(project, "Lamps answer").complete(seeing(act(other_technician), lamps))
    assert project.journal.filter(action=Action.ITEM_COMPLETED).count() == 1


def test_a_stale_form_is_answered_with_409_the_state_of_now_and_what_was_typed(
    project, technician, other_technician, act, signed_in
):
    lamps = item(project, "Lamps answer")
    sent = {"reason": "It rains", "version": lamps.mark}
    lamps.fail(act(other_technician), "Two are dark")
    answer = signed_in(technician).post(f"{lamps.get_absolute_url()}block/", sent, **HTMX)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Olga Technician marked failed" in page and "You wrote: “It rains”" in page and "Two are dark" in page
    assert item(project, "Lamps answer").state == State.FAILED


def test_several_at_once_leave_out_what_was_changed_meanwhile(project, technician, other_technician, act, signed_in):
    lamps, name = item(project, "Lamps answer"), item(project, "Switch the name")
    sent = {"act": "complete", "items": [lamps.number, name.number], "version": [lamps.mark, name.mark], "key": KEY}
    lamps.fail(act(other_technician), "Two are dark")
    answer = signed_in(technician).post(f"/projects/{project.slug}/several/", sent, follow=True)
    assert "1 item changed. 1 not" in answer.content.decode()
    assert item(project, "Lamps answer").state == State.FAILED
    assert item(project, "Switch the name").state == State.DONE


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
def test_a_value_is_not_overwritten_by_who_did_not_see_it(project, technician, other_technician, act, signed_in, htmx):
    field = Field.objects.get(project=project, label__startswith="count")
    sent = {f"value-{field.pk}": "1300", f"shown-{field.pk}": "", "version": field.mark}
    field.read(act(other_technician), "1250")
    address = f"/projects/{project.slug}/values/"
    client = signed_in(technician)
    answer = client.post(address, sent, **(HTMX if htmx else {}))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Olga Technician entered “1250 rows” here at 14:00 EET" in page and 'value="1300"' in page
    assert field.readings.count() == 1
    mark = re.search(rf'value="(field-{field.pk}:\d+)"', page)[1]
    assert client.post(address, sent | {"version": mark}).status_code == 302
    assert [each.value for each in field.readings.all()] == ["1250", "1300"]


def test_a_member_whose_role_changed_meanwhile_is_not_removed(project, manager, technician, act):
    member = project.memberships.get(user=technician)
    looked_at = seeing(act(manager), member)
    Membership.objects.admit(project, act(manager), technician.email, "", Role.MANAGER)
    with pytest.raises(TransitionRefused, match="Project manager now"):
        member.remove(looked_at)
    assert project.memberships.filter(user=technician).exists()


# -- Rights, read again under the lock ---------------------------------------------------------------------------------


def test_who_was_removed_demoted_or_deactivated_meanwhile_does_nothing(project, manager, technician, act):
    lamps = item(project, "Lamps answer")
    late = replace(act(technician), standing=(project.pk, Role.TECHNICIAN.value))
    Membership.objects.admit(project, act(manager), technician.email, "", Role.AUDITOR)
    with pytest.raises(PermissionDenied):
        lamps.claim(late)
    Membership.objects.admit(project, act(manager), technician.email, "", Role.TECHNICIAN)
    technician.is_active = False
    technician.save()
    with pytest.raises(Http404):
        lamps.claim(late)
    technician.is_active = True
    technician.save()
    project.memberships.get(user=technician).remove(act(manager))
    with pytest.raises(Http404):
        lamps.claim(late)
    assert item(project, "Lamps answer").owner is None
