"""Variables of a template: what is asked for, what is left alone, and what becomes of the words."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklists.templating import fill, variables_of
from tests.builders import TEMPLATE as TEXT
from tests.builders import seed


def asked(text: str) -> dict[str, str]:
    return {variable.label: variable.answer for variable in variables_of(text)}


def test_t17_placeholders_are_found_and_literal_ones_left_alone():
    assert asked(TEXT) == {
        "System name": "system",
        "Customer name": "customer",
        "Target Go-Live": "date",
        "Backup Date": "",
        "Data centre": "",
        "Lead, Name": "",
        "Lead, Phone": "",
        "Night desk, Name": "",
    }


def test_a_name_is_asked_for_once_and_put_in_everywhere_even_into_a_command():
    filled = fill(TEXT, {"DATA CENTRE": "Ness", "CUSTOMER NAME": "Ort"})
    assert "stands in Ness" in filled
    assert "deploy --to Ness --release $VERSION --log run_YYYYMMDD_HHMMSS ${LIST[INDEX]}" in filled
    assert "[SYSTEM_NAME]" in filled


def test_a_date_is_written_in_the_authors_form():
    (variable,) = [each for each in variables_of(TEXT) if each.form]
    assert variable.worded(date(2027, 2, 7)) == "07.02.2027"
    (moment,) = variables_of("Start: [YYYY-MM-DD HH:MM]")
    assert moment.worded(datetime(2027, 2, 7, 8, 5)) == "2027-02-07 08:05"


@pytest.mark.parametrize(
    "text",
    [
        "- [ ] [OPTIONAL] Backup",
        "[API]: https://example.org",
        "![LOGO](x.png)",
        "[README][1]",
        "- [X] done",
        "[P1] and [PHASE 2] and [SEV 1]",
        "`[ -f FILE ]` and `grep [A-Z]` and `echo ${LIST[INDEX]}`",
        "~~~\n[INFO] [START] TBD [YYYY-MM-DD]\n~~~",
        "count: ____ rows, $VERSION, YYYYMMDD_HHMMSS",
        "Nothing is TBD here",
    ],
)
def test_what_is_no_placeholder(text):
    assert variables_of(text) == []


def test_brackets_that_another_tool_escaped_are_read():
    assert fill("**Kunde:** \\[CUSTOMER\\_NAME\\]", {"CUSTOMER NAME": "Ort"}) == "**Kunde:** Ort"


def test_the_customers_documents_are_asked_for_what_they_leave_open():
    """T17 in 000:3-6 and 243-246, 002:6-8 and 430-443."""
    first = asked(seed("000").read_text())
    assert first["Customer name"] == "customer"
    assert first["Target Go-Live"] == "date"
    assert {f"{who}, {what}" for who in ("Project Lead", "Customer PM") for what in ("Name", "Phone")} <= set(first)
    second = asked(seed("002").read_text())
    assert {"Go-Live Date", "Backup Date", "IT Director, Phone", "Senior Management"} <= set(second)
    assert not any(variables_of(seed(number).read_text()) for number in ("001", "004"))


@given(st.text(alphabet="[]ABC_TBD\\|`:# \n-xYMH$", max_size=200))
@settings(max_examples=300, deadline=None)
def test_without_values_nothing_changes_and_places_are_true(text):
    assert fill(text, {}) == text
    lines = text.split("\n")
    for variable in variables_of(text):
        for place in variable.places:
            assert lines[place.line - 1][place.start : place.end].strip("\\")
