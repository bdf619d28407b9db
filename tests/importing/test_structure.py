"""Titles, phases, sections and items in the styles that authors have."""

from __future__ import annotations

import pytest

from checklists.importing.times import recurrence_in, window_in
from tests.importing.cases import all_items, item, phase, read


@pytest.mark.parametrize(
    "line",
    [
        "- [ ] Task",
        "* [ ] Task",
        "+ [ ] Task",
        "1. [ ] Task",
        "[ ] Task",
        "☐ Task",
        "- ☐ Task",
        "- [ ]  **Task**",
        "    - [ ] Task",
    ],
)
def test_a_box_in_any_style_is_an_item(line: str) -> None:
    (found,) = all_items(read(f"# Plan\n\n## Phase\n\n{line}\n"))
    assert (found.text, found.checked) == ("Task", False)


@pytest.mark.parametrize("line", ["- [x] Task", "- [X] Task", "☑ Task", "- ✅ Task", "1) [x] Task"])
def test_a_ticked_box_is_ticked_in_the_source(line: str) -> None:
    (found,) = all_items(read(f"# Plan\n\n{line}\n"))
    assert (found.text, found.checked) == ("Task", True)


def test_rows_with_a_box_are_items_with_their_other_cells() -> None:
    outline = read(
        "# Plan\n\n## Night\n\n| Time | Task | Owner | Done |\n|---|---|---|---|\n"
        "| 6:00 | Stop it | Ann | ☐ |\n| 7:00 | Go | Bo | [x] |\n"
    )
    assert [(found.text, found.checked, found.details) for found in all_items(outline)] == [
        ("Stop it", False, ["Time: 6:00", "Owner: Ann"]),
        ("Go", True, ["Time: 7:00", "Owner: Bo"]),
    ]


def test_a_table_of_statuses_is_no_list_of_items() -> None:
    found = read(
        "# P\n\n## Readiness\n\n| Area | Status |\n|---|---|\n| Hosting | ✅ |\n| Training | ⏳ |\n\n## Work\n\n- [ ] One\n"
    )
    assert [each.text for each in all_items(found)] == ["One"]
    assert any("Hosting" in text for text in found.prose)


def test_a_question_of_readiness_is_a_vote_under_any_heading() -> None:
    found = read(
        "# P\n\n## Phase 4: Decision (T-1 day)\n\n- [ ] Look\n- [ ] **Database Lead**: Ready for go-live? [ ] Yes [ ] No\n"
    )
    assert [(slot.title, slot.kind, slot.scope) for slot in found.slots] == [
        ("Database Lead", "vote", "Phase 4: Decision")
    ]


@pytest.mark.parametrize(
    "line",
    [
        '- [ ] run `grep "[ ]" file`',
        "- [ ] Deploy [ ] staging [ ] production",
        "- [ ] `a` [ ] verified",
        "- [ ] done ✅ or ⬜",
        "- [ ] Backup ☐ verified",
    ],
)
def test_a_task_with_a_second_box_stays_a_task(line: str) -> None:
    assert len(all_items(read(f"# P\n\n## Phase 1: A\n\n{line}\n"))) == 1


def test_a_document_without_boxes_has_its_entries_as_items() -> None:
    outline = read("# Plan\n\n## Before\n\n- Back up\n  - to tape\n- Tell them\n")
    assert [(found.text, found.details) for found in all_items(outline)] == [
        ("Back up", ["to tape"]),
        ("Tell them", []),
    ]


def test_a_document_without_headings_is_one_phase() -> None:
    outline = read("- [ ] a\n- [ ] b\n")
    assert [(found.title, len(found.items)) for found in outline.phases] == [("Checklist", 2)]


def test_underlined_headings_and_several_first_levels() -> None:
    outline = read("Plan\n====\n\nStart\n-----\n\n- [ ] a\n\nAppendix\n========\n\n- [ ] b\n")
    assert outline.title == "Plan"
    assert [found.title for found in outline.phases] == ["Start", "Appendix"]
    assert [entry.kind for entry in outline.lines if entry.line in {4, 5}] == ["phase", "phase"]


def test_a_first_heading_with_work_is_a_phase_among_others() -> None:
    outline = read("# One\n\n- [ ] a\n\n# Two\n\n- [ ] b\n")
    assert [found.title for found in outline.phases] == ["One", "Two"]


def test_headings_nest_as_deep_as_they_go() -> None:
    outline = read("# Plan\n## P\n### S\n#### T\n##### U\n- [ ] a\n")
    section = phase(outline, "P").sections[0].sections[0].sections[0]
    assert (section.title, section.items[0].text) == ("U", "a")


def test_front_matter_is_metadata() -> None:
    outline = read("---\ntitle: Launch\nowner: Ann\ntags:\n  - web\n---\n\n- [ ] a\n")
    assert outline.metadata == {"title": "Launch", "owner": "Ann", "tags": "- web"}
    assert outline.title == "Launch"


def test_a_heading_without_work_is_prose_not_an_empty_phase() -> None:
    outline = read("# Plan\n\n## About\n\nRead this.\n\n## Work\n\n- [ ] a\n")
    assert [found.title for found in outline.phases] == ["Work"]
    assert outline.prose == ["About", "Read this."]
    assert [entry.to for entry in outline.lines if entry.line in {3, 5}] == ["prose/0", "prose/1"]


def test_a_comment_in_code_is_no_heading() -> None:
    outline = read("# Plan\n\n## Work\n\n- [ ] a\n\n  ```sh\n  # Not a heading\n  ls\n  ```\n")
    assert item(outline, 5).commands == ["# Not a heading\nls"]
    assert outline.counts["phases"] == 1


def test_boxes_in_a_fence_without_a_language_are_items() -> None:
    outline = read("# Plan\n\n## Work\n\n```\n[ ] a\n[x] b\n```\n")
    assert [(found.text, found.checked) for found in all_items(outline)] == [("a", False), ("b", True)]


def test_wrapped_words_stay_one_text_and_owners_are_details() -> None:
    outline = read("# Plan\n\n- [ ] Check the long\n  cable\n  Owner: Ann\n")
    found = item(outline, 3)
    assert (found.text, found.details) == ("Check the long cable", ["Owner: Ann"])


def test_html_stays_the_text_that_it_is() -> None:
    outline = read("# Plan\n\n- [ ] <script>alert(1)</script> & so on\n\n<div onclick=x>\n\nhi\n")
    assert item(outline, 3).text == "<script>alert(1)</script> & so on"
    assert outline.phases[0].prose == ["<div onclick=x>", "hi"]


def test_parts_of_a_bold_item_come_back_below_it_in_a_flat_list() -> None:
    outline = read(
        "# Plan\n\n## P\n\n- [ ] **Database**\n- [ ] Backup\n- [ ] Restore\n\n- [ ] **Network**\n- [ ] Cable\n"
    )
    assert [(found.text, len(found.items)) for found in phase(outline, "P").items] == [("Database", 2), ("Network", 1)]
    assert [repair.kind for repair in outline.repairs] == ["indentation"] * 3


def test_an_indented_list_elsewhere_says_that_indentation_is_not_lost() -> None:
    outline = read("# Plan\n\n- [ ] **Database**\n- [ ] Backup\n\ntext\n\n- [ ] a\n  - [ ] b\n")
    assert [found.text for found in outline.phases[0].items] == ["Database", "Backup", "a"]
    assert outline.repairs == []


def test_the_words_for_optional_are_heard() -> None:
    outline = read("# Plan\n\n- [ ] Warm up (if needed)\n- [ ] Warm up\n- [ ] Aufwärmen (falls nötig)\n")
    assert [found.optional for found in all_items(outline)] == [True, False, True]


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("1. Infrastructure (T-3 days)", "T-3 days"), ("8. Go-Live Day (D-Day)", "D-Day"),
        ("9. Post Go-Live (D+1 to D+7)", "D+1 to D+7"),
        ("Phase 5: Go-Live (Day 0)", "Day 0"), ("Pré-lancement (J-1)", "J-1"), ("Preparation (2 weeks before)", "2 weeks before"),
        ("Phase 4: First 24 Hours", "First 24 Hours"), ("Post Go-Live (Weeks 2-4)", "Weeks 2-4"),
        ("Cutover (T–2 hours)", "T–2 hours"),
        ("After 2 hours:", "After 2 hours"), ("Post Launch (24h)", "24h"), ("Kickoff (08:30)", "08:30"),
        ("T-24h: Heads-up", "T-24h"),
        ("T+4 hours to T+8 hours: Watch", "T+4 hours to T+8 hours"),
        ("Training (4 hours)", ""), ("Training (1.5 hours)", ""), ("Cluster (1.24+)", ""), ("Retention (30+ days)", ""),
        ("Ports (8080)", ""),
        ("Deploy (Blue-Green)", ""),
    ],
)  # fmt: skip
def test_the_words_for_when_are_found_and_durations_are_not(text: str, window: str) -> None:
    assert window_in(text) == window


@pytest.mark.parametrize(
    ("text", "often"),
    [
        ("Daily Checks (First 30 Days)", "Daily (First 30 Days)"),
        ("Continuous Monitoring (Every 15 minutes)", "Every 15 minutes"),
        ("Monthly reviews", "Monthly"), ("Tägliche Prüfung der Logs", "Tägliche"),
        ("Backup schedule configured (daily at 02:00 UTC)", ""),
        ("Daily health check procedures documented", ""), ("Automated daily backups enabled", ""), ("Daily Operations", ""),
        ("Weekly", "Weekly"), ("Hourly (first day)", "Hourly (first day)"),
    ],
)  # fmt: skip
def test_recurring_checks_are_told_from_things_done_once(text: str, often: str) -> None:
    assert recurrence_in(text) == often
