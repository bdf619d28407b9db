"""Values against their limits, questions that depend on answers, and finding items."""

from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from checklists.models import Membership, Role
from checklists.rows import missed_items
from checklists.sheet import sheet_of
from checklists.verdicts import is_asked, number_of, verdict
from signoffs import pdf
from signoffs.gate import standings
from signoffs.report import report_of
from tests import builders
from tests.builders import item
from tests.conftest import NOON

PLAN = """# Load

## Phase 1: Test

- [ ] Response time < 500ms (measured: ____ ms)
- [ ] Free disk: ____ GB
- [ ] Any critical issues? [ ] Yes [ ] No
- [ ] If yes, describe and resolution: ________________
"""


def limit(operator, number, unit=""):
    return {"operator": operator, "number": number, "unit": unit, "words": f"{operator} {number}{unit}"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("640", 640),
        ("1 234,5", "1234.5"),
        ("−3.25", "-3.25"),
        ("+7", 7),
        ("1\u202f000", 1000),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1,234,567", 1234567),
        ("0,500", "0.5"),
        ("1500", 1500),
        ("1234.500", "1234.5"),
        ("1,500", None),
        ("-12.345", None),
        ("1,234,5", None),
        ("1.234 567", None),
        ("12 34", None),
        ("1.2.3", None),
        ("fast", None),
        ("", None),
        ("1e9", None),
        ("0x10", None),
    ],
)
def test_numbers_are_read_with_point_or_comma(text, number):
    assert number_of(text) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("value", "unit", "threshold", "found"),
    [
        ("499", "ms", limit("<", 500, "ms"), "kept"),
        ("500", "ms", limit("<", 500, "ms"), "missed"),
        ("500", "ms", limit("<=", 500, "ms"), "kept"),
        ("0,6", "s", limit("<", 500, "ms"), "missed"),
        ("2", "minutes", limit(">", 1, "h"), "missed"),
        ("99.95", "%", limit(">=", 99.9, "%"), "kept"),
        ("99.8", "", limit(">=", 99.9, "%"), "missed"),
        ("3", "", limit("=", 3), "kept"),
        ("3", "users", limit("<", 5, "ms"), ""),
        ("1,500", "ms", limit("<", 500, "ms"), ""),
        ("many", "ms", limit("<", 500, "ms"), ""),
        ("", "ms", limit("<", 500, "ms"), ""),
        (None, "ms", limit("<", 500, "ms"), ""),
        ("3", "ms", None, ""),
    ],
)
def test_a_value_against_its_limit(value, unit, threshold, found):
    assert verdict(value, unit, threshold) == found


@given(st.decimals(-(10**9), 10**9, places=4), st.decimals(-(10**6), 10**6, places=2))
def test_of_opposite_limits_one_is_kept(value, number):
    found = {verdict(str(value), "", limit(operator, str(number))) for operator in ("<", ">=")}
    assert found == {"kept", "missed"}


@pytest.mark.parametrize(
    ("answers", "asked"),
    [({}, True), ({"any issues": ""}, False), ({"any issues": "No"}, False), ({"any issues": "yes"}, True)],
)
def test_a_question_that_depends_on_an_answer(answers, asked):
    assert is_asked({"question": "Any issues?", "answer": "Yes", "line": 3}, answers) == asked
    assert is_asked(None, answers)


@pytest.fixture
def load(manager, technician, act):
    project = builders.project(manager, NOON, PLAN)
    Membership.objects.create(project=project, user=technician, role=Role.TECHNICIAN)
    return project


def test_a_value_beyond_its_limit_flags_itself(load, technician, act, signed_in):
    slow = item(load, "Response time")
    slow.fields.get().read(act(technician), "640")
    assert load.journal.last().facts == {"verdict": "missed", "limit": "< 500ms"}
    assert missed_items(load) == {slow.pk: slow.phase_id}
    client = signed_in(technician)
    assert "beyond limit:" in client.get(load.get_absolute_url()).text
    assert "beyond the limit" in client.get(slow.get_absolute_url()).text
    assert "1 beyond limit" in client.get(reverse("readiness", args=[load.slug])).text
    assert [row.number for row in rows(load, technician, "missed")] == [slow.number]
    assert "beyond the limit &lt; 500ms" in pdf.html_of(report_of(load, NOON))
    slow.fields.get().read(act(technician), "480")
    assert missed_items(load) == {}
    found = client.get(slow.get_absolute_url()).text
    assert "within the limit" in found
    assert "2 values so far" in found


def test_an_area_with_a_value_beyond_its_limit_is_not_counted_as_green(load, technician, act, signed_in):
    for each in load.items.all():
        each.complete(act(technician))
    for slot in load.slots.all():
        slot.delete()
    page = reverse("readiness", args=[load.slug])
    assert "1 of 1 phases are green" in signed_in(technician).get(page).text
    item(load, "Response time").fields.get().read(act(technician), "640")
    assert "0 of 1 phases are green" in signed_in(technician).get(page).text


def test_who_entered_a_value_and_when_stands_beside_it(load, technician, act, signed_in):
    slow = item(load, "Response time")
    slow.fields.get().read(act(technician), "480")
    page = signed_in(technician).get(slow.get_absolute_url()).text
    assert f'<p class="reading-more">{technician}, ' in page


def test_a_number_that_can_be_read_in_two_ways_is_asked_about_and_kept(load, technician, signed_in):
    blank = item(load, "Response time").fields.get()
    answer = signed_in(technician).post(reverse("values", args=[load.slug]), {f"value-{blank.pk}": "1,500"})
    assert answer.status_code == 422
    assert "Write 1500 without the mark, or 1,5000 with one more 0." in answer.text
    assert 'value="1,500"' in answer.text
    assert not blank.readings.exists()


def test_who_signs_sees_values_beyond_their_limits(project, technician, act):
    blank = item(project, "Rows counted").fields.get()
    blank.threshold = limit(">", 100, "rows")
    blank.save()
    blank.read(act(technician), "7")
    first = standings(project)[0]
    assert [(each.label, each.value) for each in first.missed] == [(blank.label, "7")]


def test_what_is_not_asked_is_no_blank(load, manager, technician, act):
    question, answer = item(load, "Any critical issues"), item(load, "If yes")
    before = counts(load, technician, answer)
    question.fields.get().read(act(technician), "No")
    assert "blank" not in counts(load, technician, answer)
    question.fields.get().read(act(technician), "Yes")
    assert "1 blank" in counts(load, technician, answer)
    assert "blank" not in before


def counts(project, viewer, wanted):
    return next(row.counts for row in rows(project, viewer) if row.number == wanted.number)


def rows(project, viewer, chosen="all", sought=""):
    sheet = sheet_of(project, viewer.pk, NOON, chosen, sought)
    return [row for phase in sheet.phases for block in phase.blocks for row in block.rows]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("disk", ["Free disk"]),
        ("#2", ["Free disk"]),
        ("RESPONSE time", ["Response time"]),
        ("tom", ["Free disk"]),
        ("x y", []),
    ],
)
def test_items_are_found_by_words_number_and_person(load, technician, act, sought, found):
    item(load, "Free disk").claim(act(technician))
    texts = [str(row.text) for row in rows(load, technician, sought=sought)]
    assert len(texts) == len(found)
    assert all(text.startswith(begin) for text, begin in zip(texts, found, strict=True))


def test_finding_nothing_says_so(load, technician, signed_in):
    page = signed_in(technician).get(load.get_absolute_url() + "?q=%3Cb%3Ewhale").text
    assert "No item has these words" in page
    assert "&lt;b&gt;whale" in page
