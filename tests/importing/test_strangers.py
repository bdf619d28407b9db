"""What strangers' checklists have that the customer's do not, and what is guessed and remarked on the way."""

from __future__ import annotations

import pytest

from checklists.importing.offsets import offset_of
from checklists.importing.outline import Outline
from checklists.importing.rounds import round_of
from checklists.importing.thresholds import duration_in, thresholds_in
from tests.importing.cases import all_items, item, phase, places, read

DAY = 24 * 60


def guesses(outline: Outline) -> list[tuple[int, str]]:
    return [(guess.line, guess.kind) for guess in outline.guesses]


def test_rows_with_a_status_are_items_ticked_where_they_are_done() -> None:
    outline = read(
        "# P\n\n## W\n\n| ID | Task | Proof | Status |\n|-|-|-|-|\n| A-1 | Freeze | note | open |\n| A-2 | Test | log | done |\n"
    )
    assert [(found.number, found.text, found.checked) for found in all_items(outline)] == [
        ("A-1", "Freeze", False),
        ("A-2", "Test", True),
    ]
    assert item(outline, 7).details == ["Proof: note", "Status: open"]
    assert guesses(outline) == [(7, "row-as-item"), (8, "row-as-item")]


def test_a_row_without_its_box_stays_an_item() -> None:
    outline = read("# P\n\n| # | Item | Done |\n|-|-|-|\n| 1 | Key | ☐ |\n| 2 | Queue | N/A |\n")
    assert [(found.number, found.text, found.details) for found in all_items(outline)] == [
        ("1", "Key", []),
        ("2", "Queue", ["Done: N/A"]),
    ]


def test_headings_with_a_few_words_are_items_where_nothing_has_a_box() -> None:
    outline = read("# P\n\n## Tier 1\n\n### 1. Price\nDecide it.\n\n### 2. Terms\nRead.\n\n### 3. Demo\nRecord.\n")
    assert [(found.text, found.details) for found in phase(outline, "Tier 1").items] == [
        ("1. Price", ["Decide it."]),
        ("2. Terms", ["Read."]),
        ("3. Demo", ["Record."]),
    ]
    assert guesses(outline) == [(5, "heading-as-item"), (8, "heading-as-item"), (11, "heading-as-item")]


def test_a_heading_above_a_table_of_tasks_is_a_phase() -> None:
    part = "## Area {}\n\nWhy.\n\n| Check name | Level A |\n|-|-|\n| Test {} | yes |\n\n"
    outline = read("# P\n\n" + "".join(part.format(n, n) for n in range(4)))
    assert [place.title for place in places(outline)] == ["Area 0", "Area 1", "Area 2", "Area 3"]
    assert outline.counts["items"] == 4


def test_top_headings_can_be_items_too() -> None:
    outline = read("# Go\n\n## Links\n\nCheck\n\n## Errors\n\nCheck\n\n## Certificate\n\nCheck\n")
    assert [found.text for found in phase(outline, "Go").items] == ["Links", "Errors", "Certificate"]


def test_a_table_of_two_columns_before_the_phases_is_about_the_document() -> None:
    outline = read("# P\n\n## About\n\n| Field | Details |\n|-|-|\n| **Name** | [NAME] |\n\n## W\n\n- [ ] a\n")
    assert (outline.metadata, outline.labels) == ({"Name": "[NAME]"}, {"Field": "Details"})
    assert [(each.text, each.style, each.name) for each in outline.placeholders] == [("[NAME]", "bracket", "Name")]


def test_plain_bullets_are_guessed_to_be_items() -> None:
    assert guesses(read("# P\n\n## W\n\n- back up\n- tell them\n")) == [(5, "bullet-as-item"), (6, "bullet-as-item")]


def test_a_tick_without_a_box_is_a_guess() -> None:
    assert guesses(read("# P\n\n- ✅ done\n- ☑ done too\n")) == [(3, "tick")]


@pytest.mark.parametrize(
    ("source", "slots"),
    [
        ("## Sign-off\n\n- [ ] **Lead**: Approved for launch\n", [("Lead", "signature", "Approved for launch")]),
        ("## Sign-off\n\n- [ ] **Lead:** GO / NO-GO - [Date]\n", [("Lead", "vote", "GO / NO-GO - [Date]")]),
        ("## Meeting\n\n**Decision:** ☐ GO ☐ NO-GO\n", [("Decision", "vote", "☐ GO ☐ NO-GO")]),
        ("## Meeting\n\n- ✅ GO now\n- ❌ NO-GO today\n", [("Meeting", "vote", "- ✅ GO now\n- ❌ NO-GO today")]),
        ("## W\n\n- [ ] b\n\n**Sign-off:** ________\n", [("Sign-off", "signature", "")]),
        ("## W\n\n- [ ] b\n\nVerified by: ____\n", [("Verified by", "signature", "")]),
    ],
)
def test_votes_decisions_and_lines_that_close_a_section(source: str, slots: list[tuple[str, str, str]]) -> None:
    outline = read(f"# P\n\n## Start\n\n- [ ] a\n\n{source}")
    assert [(slot.title, slot.kind, slot.notes) for slot in outline.slots] == slots


def test_alternatives_in_brackets_are_a_choice_and_others_a_placeholder() -> None:
    outline = read("# P\n\n## W\n\n- [ ] a\n\nState: [GO / NO-GO]\nOwner: [TEAM/PERSON]\n")
    assert [(found.label, found.choices) for found in phase(outline, "W").fields] == [("State", ["GO", "NO-GO"])]
    assert [each.text for each in outline.placeholders] == ["[TEAM/PERSON]"]


def test_who_is_on_call_is_a_contact_named_by_the_heading() -> None:
    outline = read(
        "# P\n\n- [ ] a\n\n## On-Call Rotation\n\n### Primary\n\n- **Name**: Ann\n- **Phone**: +49 30 123456\n"
    )
    assert [(each.role, each.name, each.phone) for each in outline.contacts] == [("Primary", "Ann", "+49 30 123456")]


def test_triggers_and_criteria_that_decide() -> None:
    outline = read(
        "# P\n\n- [ ] a\n\n## Rollback Triggers\n\n### Immediate Rollback\n\n- [ ] Data lost\n\n"
        "## Exit Criteria\n\n### Success\n\n- [ ] Stable\n\n### Failure\n\n- [ ] Cause found\n\n**No-Go Triggers:**\n\n- Down\n"
    )
    assert [(each.text, each.kind) for each in outline.criteria] == [
        ("Data lost", "rollback"),
        ("Stable", "success"),
        ("Down", "rollback"),
    ]
    assert "Cause found" in {found.text for found in all_items(outline)}


def test_several_first_level_headings_and_deep_ones() -> None:
    outline = read("# A\n\n- [ ] a\n\n# B\n\n## C\n\n### D\n\n- [ ] d\n")
    assert [place.title for place in places(outline)] == ["A", "B", "C", "D"]


def test_remarks_name_the_line_and_the_reason() -> None:
    outline = read(
        "# P\n\n**Date:** TBD (Target: May)\n\n## Phase 1: Cache (Day -2)\n\n- [ ] Same\n- [ ] Same\n\n"
        "## Contacts\n\n- **Lead**: [NAME]\n\n## Timeline\n\n- **T-3 days**: Cache\n"
    )
    assert [(remark.line, remark.code) for remark in outline.lint] == [
        (0, "no-rollback-procedure"),
        (0, "no-rollback-criteria"),
        (0, "no-approver"),
        (3, "placeholder-left"),
        (8, "duplicate-text"),
        (12, "empty-contact"),
        (16, "contradicting-offset"),
    ]


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("T-3", (-3 * DAY, -3 * DAY)), ("D-1", (-DAY, -DAY)), ("J-1", (-DAY, -DAY)), ("Day -7", (-7 * DAY, -7 * DAY)),
        ("H-2", (-120, -120)), ("T+48", (2 * DAY, 2 * DAY)), ("T–2 hours", (-120, -120)), ("T-24 to T-2 hours", (-DAY, -120)),
        ("T+24 to T+7 days", (DAY, 7 * DAY)), ("T-7 to T-3 days", (-7 * DAY, -3 * DAY)), ("D-Day", (0, 0)),
        ("two weeks before", (-14 * DAY, -14 * DAY)), ("4-6 Wochen vor Go-Live", (-42 * DAY, -28 * DAY)),
        ("Erste 24 Stunden", (0, DAY)), ("Month 2+", (30 * DAY, None)), ("Go-Live minus 3 days", (-3 * DAY, -3 * DAY)),
        ("T+4h, T+8h", (240, 480)), ("Day 1-7", (DAY, 7 * DAY)), ("après 2 heures", (120, 120)),
    ],
)  # fmt: skip
def test_words_for_when_in_minutes(words: str, minutes: tuple[int, int | None]) -> None:
    offset = offset_of(words)
    assert offset is not None
    assert (offset.start, offset.end) == minutes


@pytest.mark.parametrize("words", ["1.24+", "morning", "port 8080", "", "Day 99999999", "30+"])
def test_words_that_are_no_moment(words: str) -> None:
    assert offset_of(words) is None


@pytest.mark.parametrize(
    ("words", "clock"),
    [
        ("8:00 AM", ("08:00", "")),
        ("9:00 - 10:30", ("09:00", "10:30")),
        ("02:00 UTC", ("02:00", "")),
        ("12 AM", ("00:00", "")),
    ],
)
def test_times_of_day(words: str, clock: tuple[str, str]) -> None:
    offset = offset_of(words)
    assert offset is not None
    assert (offset.start, offset.clock, offset.clock_end) == (None, *clock)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("every two hours", (2, "hour")), ("alle 5 Minuten", (5, "minute")), ("Quarterly", (3, "month")),
        ("每天", (1, "day")), ("bi-weekly", (2, "week")), ("Each morning at 8 AM", (1, "day")),
    ],
)  # fmt: skip
def test_words_for_how_often(words: str, found: tuple[int, str]) -> None:
    often = round_of(words)
    assert often is not None
    assert (often.every, often.unit) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("at least 95%", ["at least 95%"]), ("≥80%", ["≥80%"]), ("within 1 hour", ["within 1 hour"]),
        ("version (1.24+)", []), ("PostgreSQL 15+", []), ("a->3", []), ("`x > 3`", []), ("1,000 < 2,5 s", ["< 2,5 s"]),
    ],
)  # fmt: skip
def test_thresholds(text: str, words: list[str]) -> None:
    assert [each.words for each in thresholds_in(text)] == words


@pytest.mark.parametrize(("text", "minutes"), [("(4 hours)", 240), ("(1.5 h)", 90), ("Duration: 30 min", 30)])
def test_durations(text: str, minutes: int) -> None:
    found = duration_in(text)
    assert found is not None
    assert found.minutes == minutes


@pytest.mark.parametrize("text", ["(30+ days)", "(1.24+)", "(7 days minimum)", "4 hours"])
def test_brackets_that_are_no_duration(text: str) -> None:
    assert duration_in(text) is None
