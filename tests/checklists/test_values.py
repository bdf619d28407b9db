"""Values that stand in one form: saved together, none where one is refused; what is asked on a condition; colours."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from checklists.access import Rights
from checklists.changes import changes_after
from checklists.importing.colours import are_colours, colour_of
from checklists.models import Action, Field, Membership, Role
from checklists.planning.blanks import PLANNED as ASKED
from checklists.planning.blanks import amend_blank
from checklists.planning.seen import seen_of
from tests import builders
from tests.builders import item
from tests.conftest import NOON

HTMX = {"headers": {"HX-Request": "true"}}
PLAN = """# Load

## Phase 1: Test

- [ ] Load test
  - Users: ____ users
  - Measured on date: ____
  - Status: [ ] Green [ ] Yellow [ ] Red
- [ ] Any critical issues? [ ] Yes [ ] No
- [ ] If yes, describe and resolution: ________________

## Phase 2: Frage

- [ ] Fehler gefunden? [ ] Ja [ ] Nein
- [ ] Wenn ja, Beschreibung: ________________
"""


@pytest.fixture
def load(manager, technician, other_technician):
    project = builders.project(manager, NOON, PLAN)
    for user in (technician, other_technician):
        Membership.objects.create(project=project, user=user, role=Role.TECHNICIAN)
    return project


def sent_of(page, **typed):
    """The form of values on a page, with what is typed into it by the words of each label."""
    page = page.partition('class="reading')[2].partition("</form>")[0]
    names = dict(re.findall(r'name="(shown-\d+)"\s+value="([^"]*)"', page))
    marks = re.findall(r'name="version"\s+value="(field-\d+:\d+)"', page)
    fields = {str(field): field.pk for field in Field.objects.all()}
    values = {name.replace("shown", "value"): value for name, value in names.items()}
    return {**names, **values, **{f"value-{fields[label]}": value for label, value in typed.items()}, "version": marks}


def values_of(project):
    return {str(field): field.latest.value for field in project.fields.all() if field.latest}


@pytest.mark.parametrize("more", [{}, HTMX], ids=["plain", "htmx"])
def test_all_values_of_an_item_are_saved_at_once(load, technician, signed_in, more):
    test = item(load, "Load test")
    client = signed_in(technician)
    sent = sent_of(client.get(test.get_absolute_url()).text, Users="320", Status="Yellow")
    answer = client.post(reverse("values", args=[load.slug]), sent, **more)
    assert answer.status_code == (200 if more else 302)
    assert values_of(load) == {"Users": "320", "Status": "Yellow"}
    assert load.journal.filter(action=Action.READING_GIVEN).count() == 2


def test_one_refused_value_keeps_all_from_being_saved_and_all_that_was_typed(load, technician, signed_in):
    client = signed_in(technician)
    sent = sent_of(
        client.get(item(load, "Load test").get_absolute_url()).text, Users="320", **{"Measured on date": "soon"}
    )
    answer = client.post(reverse("values", args=[load.slug]), sent, **HTMX)
    assert answer.status_code == 422
    assert "“soon” was not saved." in answer.text and "Enter a date as 2026-02-07." in answer.text
    assert 'value="320"' in answer.text
    assert "Nothing was saved. What you typed is kept." in answer.text
    assert re.findall(r'id="(value-\d+)"[^>]*autofocus', answer.text) == [
        f"value-{load.fields.get(label='Measured on date').pk}"
    ]
    assert values_of(load) == {}


def test_what_somebody_else_entered_meanwhile_is_not_touched_by_an_empty_box(
    load, technician, other_technician, act, signed_in
):
    client = signed_in(technician)
    sent = sent_of(client.get(item(load, "Load test").get_absolute_url()).text, Status="Red")
    load.fields.get(label="Users").read(act(other_technician), "99")
    assert client.post(reverse("values", args=[load.slug]), sent).status_code == 302
    assert values_of(load) == {"Users": "99", "Status": "Red"}


def test_of_two_who_type_into_the_same_box_the_second_is_told_and_keeps_theirs(
    load, technician, other_technician, act, signed_in
):
    client = signed_in(technician)
    sent = sent_of(client.get(item(load, "Load test").get_absolute_url()).text, Users="320", Status="Red")
    load.fields.get(label="Users").read(act(other_technician), "99")
    answer = client.post(reverse("values", args=[load.slug]), sent)
    assert answer.status_code == 409
    assert "Olga Technician entered “99 users”" in answer.text and 'value="320"' in answer.text
    assert values_of(load) == {"Users": "99"}
    assert re.search(r'value="Red"\s+checked', answer.text)


def test_a_refusal_shows_what_others_entered_meanwhile_where_nothing_was_typed(
    load, technician, other_technician, act, signed_in
):
    """Else it would be saved over theirs the next time, although nobody looked at it."""
    users = load.fields.get(label="Users")
    users.read(act(technician), "10")
    client = signed_in(technician)
    sent = sent_of(client.get(item(load, "Load test").get_absolute_url()).text, **{"Measured on date": "soon"})
    users.read(act(other_technician), "99")
    page = client.post(reverse("values", args=[load.slug]), sent, **HTMX).text
    again = sent_of(page, **{"Measured on date": "2027-02-01"})
    shown = re.search(rf'id="value-{users.pk}"\s+name="value-{users.pk}"\s+value="([^"]*)"', page)[1]
    assert shown == "99"
    again[f"value-{users.pk}"] = shown
    assert client.post(reverse("values", args=[load.slug]), again, **HTMX).status_code == 200
    assert values_of(load) == {"Users": "99", "Measured on date": "2027-02-01"}


def test_what_stood_in_the_way_once_does_not_twice(load, technician, other_technician, act, signed_in):
    """The answer to a refusal carries the versions as they are, not as they would have been."""
    users, status = load.fields.get(label="Users"), load.fields.get(label="Status")
    users.read(act(technician), "10")
    client = signed_in(technician)
    sent = sent_of(client.get(item(load, "Load test").get_absolute_url()).text, Users="320", Status="Red")
    status.read(act(other_technician), "Green")
    page = client.post(reverse("values", args=[load.slug]), sent, **HTMX)
    assert page.status_code == 409
    again = sent_of(page.text, Users="320", Status="Red")
    assert client.post(reverse("values", args=[load.slug]), again, **HTMX).status_code == 200
    assert values_of(load) == {"Users": "320", "Status": "Red"}


def test_a_value_that_is_no_choice_any_more_is_no_wish(load, manager, technician, act, signed_in):
    """A list of choices cannot show it: it stays as it is, until somebody chooses another."""
    status, many = load.fields.get(label="Status"), ["One", "Two", "Three", "Four", "Five", "Six"]
    status.read(act(technician), "Green")
    amend_blank(status, act(manager), {"choices": many}, began=seen_of(status, ASKED))
    client = signed_in(technician)
    page = client.get(item(load, "Load test").get_absolute_url()).text
    assert re.search(r'<option value="Green"\s+selected', page)
    sent = sent_of(page, Users="320")
    assert client.post(reverse("values", args=[load.slug]), sent).status_code == 302
    assert values_of(load) == {"Users": "320", "Status": "Green"}


def test_a_value_that_was_emptied_is_not_called_saved(load, technician, act, signed_in):
    load.fields.get(label="Users").read(act(technician), "10")
    client = signed_in(technician)
    sent = sent_of(client.get(item(load, "Load test").get_absolute_url()).text, Users="")
    answer = client.post(reverse("values", args=[load.slug]), sent, **HTMX)
    assert answer.status_code == 422
    assert "“” was not saved" not in answer.text
    assert "A value can be replaced, not emptied." in answer.text


def test_a_form_in_which_nothing_was_changed_says_so(load, technician, act, signed_in):
    load.fields.get(label="Users").read(act(technician), "10")
    client = signed_in(technician)
    sent = sent_of(client.get(item(load, "Load test").get_absolute_url()).text)
    answer = client.post(reverse("values", args=[load.slug]), sent, follow=True)
    assert "Saved:" not in answer.text and "Nothing was changed." in answer.text


@pytest.mark.parametrize(("typed", "kept"), [("2027-2-7", "2027-02-07"), ("2027-02-07", "2027-02-07")])
def test_a_date_is_kept_as_boxes_for_dates_show_it(load, technician, signed_in, typed, kept):
    client = signed_in(technician)
    sent = sent_of(client.get(item(load, "Load test").get_absolute_url()).text, **{"Measured on date": typed})
    client.post(reverse("values", args=[load.slug]), sent)
    assert values_of(load) == {"Measured on date": kept}


def test_the_history_of_an_item_names_the_blank_and_not_the_item_again(load, technician, act, signed_in):
    test = item(load, "Load test")
    test.claim(act(technician))
    load.fields.get(label="Users").read(act(technician), "320")
    page = signed_in(technician).get(test.get_absolute_url()).text
    assert re.search(r"Tom Technician entered a value for Users\s+<q>320 users</q>", page)
    assert f"Tom Technician claimed #{test.number}\n" in page


def test_nothing_typed_is_said(load, technician, signed_in):
    client = signed_in(technician)
    page = client.get(item(load, "Any critical").get_absolute_url()).text
    answer = client.post(reverse("values", args=[load.slug]), sent_of(page), **HTMX)
    assert (answer.status_code, "Enter a value." in answer.text) == (422, True)


def test_fields_of_two_places_or_of_nobody_are_no_form(load, technician, signed_in):
    client = signed_in(technician)
    keys = list(load.fields.values_list("pk", flat=True))
    for names in ([keys[0], keys[-1]], [keys[-1] + 1]):
        sent = {f"value-{pk}": "1" for pk in names}
        assert client.post(reverse("values", args=[load.slug]), sent).status_code == 404
    assert values_of(load) == {}


# -- Colours -----------------------------------------------------------------------------------------------------------


def test_a_choice_of_colours_is_a_colour_and_shows_it_beside_the_word(load, technician, act, signed_in):
    status = load.fields.get(label="Status")
    assert (status.kind, status.options) == ("colour", ["Green", "Yellow", "Red"])
    page = signed_in(technician).get(item(load, "Load test").get_absolute_url()).text
    assert re.search(r'swatch is-yellow" aria-hidden="true"></span>\s*Yellow', page)


@pytest.mark.parametrize(
    ("word", "colour"),
    [
        ("Green", "green"),
        ("🟡", "yellow"),
        ("🔴 Red", "red"),
        ("Rot", "red"),
        ("πράσινο", "green"),
        ("Green Red", ""),
        ("", ""),
    ],
)
def test_words_for_colours(word, colour):
    assert colour_of(word) == colour


@pytest.mark.parametrize(
    ("kind", "choices", "shown"), [("yesno", [], "Ja"), ("yesno", ["Yes", "No"], "Yes"), ("text", [], "Yes")]
)
def test_only_our_own_words_are_translated(kind, choices, shown):
    with translation.override("de"):
        assert Field(kind=kind, choices=choices).in_words("Yes") == shown


def test_one_colour_is_no_choice():
    assert are_colours(["Green", "Red"])
    assert not are_colours(["Green"])
    assert not are_colours(["Green", "Done"])


# -- Conditions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "follows", "yes", "no"),
    [("Any critical", "If yes", "Yes", "No"), ("Fehler", "Wenn ja", "Ja", "Nein")],
)
def test_what_is_not_asked_is_folded_away_until_it_is(load, technician, act, signed_in, question, follows, yes, no):
    client, then = signed_in(technician), item(load, follows)
    asks = item(load, question).fields.get()
    asks.read(act(technician), no)
    page = client.get(then.get_absolute_url()).text
    assert "reading is-unasked" in page and ">not asked</span>" in page
    before = load.journal.last().seq
    asks.read(act(technician), yes)
    page = client.get(then.get_absolute_url()).text
    assert "reading is-unasked" not in page and ">not asked</span>" not in page
    load.rights = Rights(Role.TECHNICIAN, [])
    changes = changes_after(load, before, technician.pk, NOON)
    assert then.number in [each.row.number for each in changes.rows]


def test_a_manager_makes_a_blank_depend_on_an_answer(load, manager, technician, act, signed_in):
    users, question = load.fields.get(label="Users"), load.fields.get(label__startswith="Any critical")
    client = signed_in(manager)
    address = reverse("field_edit", args=[load.slug, users.pk])
    page = client.get(address).text
    wanted = re.search(r'value="([^"]+)"[^>]*>Only if “Any critical issues” is “No”', page)[1]
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    sent = {"label": "Users", "kind": "number", "unit": "users", "choices": "", "seen": seen, "condition": wanted}
    assert client.post(address, sent).status_code == 302
    users.refresh_from_db()
    assert (users.condition["question"], users.condition["answer"]) == (question.label, "No")
    question.read(act(technician), "Yes")
    assert "reading is-unasked" in signed_in(technician).get(item(load, "Load test").get_absolute_url()).text
    amend_blank(users, act(manager), {"condition": None}, began=seen_of(users, ASKED))
    assert "reading is-unasked" not in signed_in(technician).get(item(load, "Load test").get_absolute_url()).text


def test_an_answer_that_no_question_has_is_refused(load, manager, signed_in):
    users = load.fields.get(label="Users")
    sent = {
        "label": "Users",
        "kind": "number",
        "seen": seen_of(users, ASKED),
        "condition": "any critical issues=perhaps",
    }
    answer = signed_in(manager).post(reverse("field_edit", args=[load.slug, users.pk]), sent)
    assert answer.status_code == 422
    users.refresh_from_db()
    assert users.condition is None
