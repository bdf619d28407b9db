"""The page on which managers change the plan: forms, refusals that keep what was typed, and answers for htmx."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from checklists.models import Action, Item
from checklists.planning.baseline import baseline
from checklists.planning.blanks import add_blank, retire_blank
from checklists.planning.items import add_item, amend_item, retire_item, seen_of
from tests.builders import T_ZERO, item
from tests.builders import project as make

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def browser(manager, signed_in):
    return signed_in(manager)


def address(name, project, *more):
    return reverse(name, args=[project.slug, *more])


def form_of(each, **changes):
    """What the browser sends when nothing but these was changed."""
    sent = {"text": each.text, "window": each.window, "recurrence": each.recurrence, "expected": each.expected}
    sent |= {"details": [*each.details, "", ""], "commands": [*each.commands, ""], "seen": seen_of(each)}
    sent |= {"duration_minutes": each.duration_minutes or ""} | ({"optional": "on"} if each.optional else {})
    return sent | changes


def test_the_page_shows_the_whole_plan(project, browser):
    page = browser.get(address("plan_edit", project)).text
    for each in project.items.all():
        assert f'id="edit-{each.number}"' in page
    assert "changes need no reason" in page
    assert 'name="reason"' not in page


def test_a_large_plan_shows_one_phase_at_a_time(manager, browser):
    many = "# Many\n\n" + "".join(
        f"## Phase {n}: p\n\n" + "".join(f"- [ ] item {n} {i}\n" for i in range(160)) for n in (1, 2)
    )
    large = make(manager, T_ZERO, many, "Large")
    page = browser.get(address("plan_edit", large)).text
    assert ("item 1 0" in page, "item 2 0" in page) == (True, False)
    second = large.phases.last()
    page = browser.get(address("plan_edit", large), {"phase": second.pk}).text
    assert ("item 1 0" in page, "item 2 0" in page) == (False, True)
    assert browser.get(address("plan_edit", large), {"phase": "9" * 30}).status_code == 200
    answer = browser.post(address("item_move", large, 200), {"to": "up"}, **HTMX)
    assert "item 2 39" in answer.text


def test_the_number_of_queries_does_not_grow(manager, act, browser, django_assert_max_num_queries):
    many = "# Many\n\n## Phase 1: p\n\n### s\n\n" + "".join(f"- [ ] **g{n}**\n  - [ ] i{n}\n" for n in range(140))
    large = make(manager, T_ZERO, many, "Large")
    for each in large.items.filter(depth=1)[:20]:
        retire_item(each, act(manager))
    with django_assert_max_num_queries(16):
        browser.get(address("plan_edit", large))


def test_an_item_is_amended(project, browser):
    lamps = item(project, "Lamps answer")
    response = browser.post(
        address("item_edit", project, lamps.number),
        form_of(lamps, text="All  lamps\r\nanswer", details=["Red", "", "Green\r\ntwice"], optional="on"),
    )
    assert response.url == address("plan_edit", project) + f"?phase={lamps.phase_id}#edit-{lamps.number}"
    lamps.refresh_from_db()
    assert (lamps.text, lamps.details, lamps.optional) == ("All lamps answer", ["Red", "Green\ntwice"], True)


def test_who_was_overtaken_sees_both_texts_and_can_decide(project, manager, browser, act):
    lamps = item(project, "Lamps answer")
    sent = form_of(lamps, text="Lamps burn", expected="Light")
    amend_item(item(project, "Lamps answer"), act(manager), {"text": "Lamps shine"}, began=seen_of(lamps))
    refused = browser.post(address("item_edit", project, lamps.number), sent, **HTMX)
    assert refused.status_code == 409
    assert "Mara Manager changed this item at" in refused.text
    assert "Lamps burn</textarea>" in refused.text
    assert "It is now: Lamps shine" in refused.text
    assert item(project, "Lamps shine").expected == ""
    again = sent | {"seen": seen_of(item(project, "Lamps shine"))}
    assert again["seen"] in refused.text
    assert browser.post(address("item_edit", project, lamps.number), again).status_code == 302
    assert item(project, "Lamps burn").expected == "Light"


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(project, browser):
    lamps = item(project, "Lamps answer")
    for name, sent, words in (
        ("item_edit", form_of(lamps, text=" ", details=["Kept detail"]), "required"),
        ("item_edit", form_of(lamps, duration_minutes="-5", details=["Kept detail"]), "greater than or equal to 0"),
        ("item_edit", form_of(lamps, details=["Kept detail"] * 201), "Split it"),
        ("item_split", {"texts": "Kept detail", "below": "after"}, "at least two lines"),
        ("item_split", {"texts": "Kept detail\n" * 51, "below": "after"}, "too much at once"),
    ):
        response = browser.post(address(name, project, lamps.number), sent)
        assert response.status_code == 422
        assert words in response.text
        assert "Kept detail" in response.text
    response = browser.post(address("plan_item_new", project), {"text": "Kept detail", "place": "after-phase-1"})
    assert (response.status_code, "Choose where it goes" in response.text) == (422, True)
    response = browser.post(address("item_move", project, lamps.number), {"to": "sideways"})
    assert (response.status_code, "Choose where it goes" in response.text) == (422, True)


def test_an_item_is_added_below_another(project, browser):
    lamps = item(project, "Lamps answer")
    page = browser.get(address("plan_item_new", project), {"place": f"after-item-{lamps.number}"}).text
    assert f'value="after-item-{lamps.number}"' in page
    sent = {"text": "Count them: ____", "place": f"after-item-{lamps.number}", "window": "T+1h", "details": ["Twice"]}
    answer = browser.post(address("plan_item_new", project), sent, **HTMX)
    assert answer["HX-Retarget"] == "#plan-edit"
    assert json.loads(answer["HX-Trigger-After-Settle"])["plan-edited"] == {"row": "edit-8", "said": "Added #8."}
    added = project.items.get(number=8)
    assert (added.details, added.offset_start, added.fields.count()) == (["Twice"], 60, 1)
    gone = browser.post(address("plan_item_new", project), sent | {"place": "after-item-99"})
    assert (gone.status_code, "no longer there" in gone.text, "Count them" in gone.text) == (409, True, True)


def test_steps_say_where_the_item_is_now(project, browser):
    lamps = item(project, "Lamps answer")
    answer = browser.post(address("item_move", project, lamps.number), {"to": "up"}, **HTMX)
    told = json.loads(answer["HX-Trigger-After-Settle"])["plan-edited"]
    assert told == {"row": f"edit-{lamps.number}", "said": f"#{lamps.number} is 1 of 2 in “Phase 2: Night”."}
    answer = browser.post(address("item_move", project, lamps.number), {"to": "higher"}, **HTMX)
    assert "cannot go further" in answer["HX-Trigger-After-Settle"]
    refused = browser.post(address("item_move", project, lamps.number), {"to": f"last-item-{lamps.number}"}, **HTMX)
    assert (refused.status_code, "below itself" in refused.text) == (409, True)


def test_an_item_goes_to_another_section_at_once(project, manager, browser, act):
    lamps, servers = item(project, "Lamps answer"), project.phases.first().sections.get()
    baseline(project, act(manager))
    page = browser.get(address("item_edit", project, lamps.number)).text
    assert f'value="last-section-{servers.pk}"' in page
    browser.post(address("item_move", project, lamps.number), {"to": f"last-section-{servers.pk}", "reason": "Theirs"})
    lamps.refresh_from_db()
    assert lamps.section == servers


def test_an_item_is_split_taken_out_and_put_back(project, browser):
    lamps = item(project, "Lamps answer")
    assert "Lamps answer</textarea>" in browser.get(address("item_split", project, lamps.number)).text
    browser.post(address("item_split", project, lamps.number), {"texts": "Red\n\nGreen\n", "below": "after"})
    assert [each.text for each in project.items.filter(phase=lamps.phase)][1:] == ["Red", "Green"]
    assert "counts nowhere" in browser.get(address("item_retirement", project, lamps.number)).text
    answer = browser.post(address("item_retirement", project, lamps.number), {"reason": "Dark"}, **HTMX)
    assert "Out of the plan" in answer.text
    assert "Dark" in answer.text
    assert not project.items.filter(number=lamps.number).exists()
    browser.post(address("item_restoration", project, lamps.number))
    assert project.items.get(number=lamps.number).text == "Red"


def test_refusals_of_forms(project, manager, technician, browser, act):
    lamps = item(project, "Lamps answer")
    lamps.complete(act(technician))
    assert "reopen it before" in browser.get(address("item_edit", project, lamps.number)).text
    for name, sent in (("item_edit", form_of(lamps, text="New")), ("item_split", {"texts": "a\nb", "below": "after"})):
        response = browser.post(address(name, project, lamps.number), sent)
        assert (response.status_code, "is settled" in response.text) == (409, True)
    group = item(project, "Database ready")
    retire_item(group, act(manager))
    part = Item.with_retired.get(project=project, text__startswith="Backup")
    response = browser.post(address("item_restoration", project, part.number))
    assert (response.status_code, "Put that back first" in response.text) == (409, True)


def test_the_baseline_is_explained_and_then_reasons_are_asked_and_kept(project, browser):
    lamps = item(project, "Lamps answer")
    assert "cannot be taken back" in browser.get(address("plan_baseline", project)).text
    browser.post(address("plan_baseline", project))
    project.refresh_from_db()
    assert project.baselined_at
    refused = browser.post(address("item_move", project, lamps.number), {"to": "up"}, **HTMX)
    assert (refused.status_code, "say why it changes" in refused.text) == (422, True)
    assert browser.post(address("item_retirement", project, lamps.number)).status_code == 422
    assert browser.post(address("item_restoration", project, lamps.number)).status_code == 422
    assert browser.post(address("item_edit", project, lamps.number), form_of(lamps, text="New")).status_code == 422
    browser.post(address("plan_edit", project), {"reason": "The harbour asked"})
    assert 'value="The harbour asked"' in browser.get(address("plan_edit", project)).text
    assert "The harbour asked</textarea>" in browser.get(address("item_edit", project, lamps.number)).text
    browser.post(address("item_move", project, lamps.number), {"to": "up", "reason": "Another"})
    assert project.journal.get(action=Action.ITEM_MOVED).remark == "Another"
    assert 'value="Another"' in browser.get(address("plan_edit", project)).text


def test_baselined_while_somebody_wrote(project, manager, browser, act):
    """The form that they sent asked for no reason; the answer asks for one and keeps the text."""
    lamps = item(project, "Lamps answer")
    sent = form_of(lamps, text="New words")
    baseline(project, act(manager))
    response = browser.post(address("item_edit", project, lamps.number), sent)
    assert (response.status_code, "New words" in response.text) == (422, True)


def test_user_text_is_hostile(project, manager, browser, act):
    lamps = item(project, "Lamps answer")
    evil = '<script>alert(1)</script> "x" </textarea>'
    amend_item(lamps, act(manager), {"text": evil, "details": [evil]}, began=seen_of(lamps))
    for page in ("plan_edit", "item_edit", "item_split", "item_retirement"):
        more = [] if page == "plan_edit" else [lamps.number]
        assert "<script>alert" not in browser.get(address(page, project, *more)).text


# -- Phases, sections and blanks ---------------------------------------------------------------------------------------


def test_phases_and_sections_are_changed(project, browser):
    night, servers = project.phases.last(), project.phases.first().sections.get()
    browser.post(address("phase_new", project), {"title": "After  care", "window": "T+1 day"})
    browser.post(address("phase_section_new", project, night.pk), {"title": "Lamps"})
    lamps = night.sections.get()
    browser.post(address("section_section_new", project, lamps.pk), {"title": "Red ones"})
    assert [each.title for each in project.phases.all()][2:] == ["After care"]
    assert [each.depth for each in night.sections.all()] == [0, 1]
    page = browser.get(address("section_edit", project, servers.pk)).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    sent = {"title": "Machines", "window": "", "recurrence": "daily", "seen": seen}
    assert browser.post(address("section_edit", project, servers.pk), sent).status_code == 302
    refused = browser.post(address("section_edit", project, servers.pk), sent | {"title": "Servers again"})
    assert (refused.status_code, "It is now: Machines" in refused.text) == (409, True)
    assert 'value="Servers again"' in refused.text
    again = refused.text.split('name="seen" value="')[1].split('"')[0]
    browser.post(address("section_edit", project, servers.pk), sent | {"title": "Servers again", "seen": again})
    servers.refresh_from_db()
    assert (servers.title, servers.recurrence) == ("Servers again", "daily")
    told = browser.post(address("section_move", project, lamps.pk), {"to": "up"}, **HTMX)["HX-Trigger-After-Settle"]
    assert json.loads(told)["plan-edited"] == {"row": f"edit-section-{lamps.pk}", "said": "Moved “Lamps”."}
    assert (
        "cannot go further"
        in browser.post(address("phase_move", project, night.pk), {"to": "deeper"}, follow=True).text
    )
    assert browser.post(address("phase_move", project, night.pk), {"to": "first-phase-1"}).status_code == 422


def test_a_section_goes_and_comes_back(project, browser):
    servers = project.phases.first().sections.get()
    assert "4 items directly" not in browser.get(address("section_retirement", project, servers.pk)).text
    page = browser.post(address("section_retirement", project, servers.pk), {"reason": "Hosted"}, follow=True).text
    assert "“Servers” is out of the plan." in page
    assert page.count("Put back</button>") == 1  # its items went with it
    browser.post(address("section_restoration", project, servers.pk))
    assert project.items.count() == 7
    night = project.phases.last()
    project.slots.filter(number=1).update(phase=night, scope="phase")
    refused = browser.post(address("phase_retirement", project, night.pk))
    assert (refused.status_code, "is signed for" in refused.text) == (409, True)


def test_blanks_are_added_changed_and_taken_out(project, technician, browser, act):
    lamps = item(project, "Lamps answer")
    new = address("field_new", project)
    browser.post(f"{new}?place=last-item-{lamps.number}", {"label": "Lumen", "kind": "number", "unit": "lm"})
    browser.post(new, {"label": "Colour", "kind": "choice", "choices": "red\n\n green \n"})
    assert project.fields.get(label="Colour").choices == ["red", "green"]
    wrong = browser.post(new, {"label": "Colour", "kind": "choice", "choices": "red"})
    assert (wrong.status_code, "at least two choices" in wrong.text) == (422, True)
    assert browser.get(f"{new}?place=last-item-99").status_code == 404
    lumen = lamps.fields.get()
    assert "Lumen" in browser.get(address("item_edit", project, lamps.number)).text
    page = browser.get(address("field_edit", project, lumen.pk)).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    sent = {"label": "Lumen", "kind": "text", "unit": "lm", "seen": seen}
    lumen.read(act(technician), "200")
    refused = browser.post(address("field_edit", project, lumen.pk), sent)
    assert (refused.status_code, "entered here already" in refused.text) == (409, True)
    browser.post(address("field_edit", project, lumen.pk), sent | {"kind": "number", "label": "Light"})
    assert lamps.fields.get().label == "Light"
    browser.post(address("field_retirement", project, lumen.pk))
    assert not lamps.fields.exists()
    assert "<s>Light</s>" in browser.get(address("item_edit", project, lamps.number)).text
    browser.post(address("field_restoration", project, lumen.pk))
    assert lamps.fields.get().latest.value == "200"


# -- Elsewhere ---------------------------------------------------------------------------------------------------------


def test_the_way_to_the_page_is_shown_to_managers(project, browser, technician, signed_in):
    lamps = item(project, "Lamps answer")
    for path in (project.get_absolute_url(), lamps.get_absolute_url()):
        assert "/edit/" in browser.get(path).text
        assert "/edit/" not in signed_in(technician).get(path).text


def test_the_history_of_an_item_tells_what_changed(project, manager, browser, act):
    lamps = item(project, "Lamps answer")
    changes = {"text": "Lamps shine", "optional": True, "details": ["<b>Red</b>", "Green"]}
    amend_item(lamps, act(manager), changes, began=seen_of(lamps), reason="Brighter")
    page = browser.get(lamps.get_absolute_url()).text
    assert "Text: <del>Lamps answer</del> <ins>Lamps shine</ins>" in page
    assert "Optional: <del>no</del> <ins>yes</ins>" in page
    assert "Details: <del>empty</del> <ins>&lt;b&gt;Red&lt;/b&gt; / Green</ins>" in page
    assert "<q>Brighter</q>" in page


def test_an_added_item_names_no_line_of_the_source(project, manager, browser, act):
    added = add_item(project, act(manager), "Champagne")
    assert "added to the plan" in browser.get(added.get_absolute_url()).text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_acts_on_what_is_out_of_the_plan_are_refused_in_words(project, manager, technician, signed_in, act, headers):
    """A page that was open before, or a tick that waited for a connection."""
    rows, field = item(project, "Rows counted"), project.fields.get()
    rows.note(act(technician), "Twice")
    retire_item(rows, act(manager), reason="Counted by the bank")
    worker = signed_in(technician)
    for name, sent in (
        ("item_completion", {}),
        ("item_claim", {}),
        ("item_block", {"reason": "x"}),
        ("item_notes", {"text": "x"}),
    ):
        response = worker.post(address(name, project, rows.number), sent, **headers)
        assert response.status_code == 409
        assert "Mara Manager took this item out of the plan" in response.text
        assert "Counted by the bank" in response.text
    response = worker.post(address("values", project), {f"value-{field.pk}": "5"}, **headers)
    assert (response.status_code, field.readings.exists()) == (409, False)
    assert "5</pre>" in response.text or "You wrote: “5”" in response.text
    page = worker.get(rows.get_absolute_url()).text
    assert "Twice" in page
    assert "Put back" not in page


def test_a_value_for_a_blank_of_a_section_that_is_out_of_the_plan(project, manager, technician, signed_in, act):
    field = add_blank(project, act(manager), project, {"label": "Wind", "kind": "number", "unit": "kn"})
    retire_blank(field, act(manager))
    response = signed_in(technician).post(address("values", project), {f"value-{field.pk}": "12"})
    assert response.status_code == 409
    assert "took “Wind” out of the plan" in response.text
    assert "12" in response.text


def test_a_manager_puts_it_back_from_its_own_page(project, manager, browser, act):
    lamps = item(project, "Lamps answer")
    retire_item(lamps, act(manager))
    assert "Put back into the plan" in browser.get(lamps.get_absolute_url()).text
    baseline(project, act(manager))
    assert "Why it comes back" in browser.get(lamps.get_absolute_url()).text
