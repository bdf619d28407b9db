"""Blanks, choices, signatures, people and procedures."""

from __future__ import annotations

import pytest

from checklists.importing.fields import fields_in
from tests.importing.cases import item, read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Response time: _____ ms", [("Response time", "number", "ms", [])]),
        ("Success rate: _____%", [("Success rate", "number", "%", [])]),
        ("All imported (count: ___ verified)", [("count", "number", "verified", [])]),
        ("Date/time: _____", [("Date/time", "datetime", "", [])]),
        ("Date/times: _____", [("Date/times", "text", "", [])]),
        ("Maintenance dates: _____", [("Maintenance dates", "text", "", [])]),
        ("Dates: ____ to ____", [("Dates", "date", "", []), ("to", "text", "", [])]),
        ("Describe findings: _____", [("Describe findings", "long", "", [])]),
        ("Low: ___ High: ___", [("Low", "text", "", []), ("High", "text", "", [])]),
        ("Dots: ..........", [("Dots", "text", "", [])]),
        ("Escaped: \\_\\_\\_\\_", [("Escaped", "text", "", [])]),
        ("Ready? [ ] Yes [ ] No", [("Ready?", "yesno", "", ["Yes", "No"])]),
        ("Status: ☐ Open / ☐ Done", [("Status", "choice", "", ["Open", "Done"])]),
        ("Run `__init__` and a_b___c", []),
        ("___bold and leaning___", []),
    ],
)
def test_blanks_and_choices(text: str, expected: list[tuple[str, str, str, list[str]]]) -> None:
    assert [(found.label, found.kind, found.unit, found.choices) for found in fields_in(text, 1)] == expected


def test_a_row_of_answers_is_never_an_item() -> None:
    outline = read("# Plan\n\n## P\n\n- [ ] a\n\nAll well?\n\n[ ] Yes [ ] No\n")
    assert outline.counts["items"] == 1
    assert [found.choices for found in outline.phases[0].fields] == [["Yes", "No"]]


def test_room_to_write_below_a_label_is_one_field() -> None:
    outline = read("# Plan\n\n## P\n\n- [ ] a\n\n**Remarks:**\n\n____________\n\n____________\n")
    assert [(found.label, found.kind, found.line) for found in outline.phases[0].fields] == [("Remarks", "long", 7)]


def test_a_signature_in_three_lines_is_one_slot() -> None:
    outline = read(
        "# Plan\n\n## Sign-off\n\n**Project Manager**\n\nName: ______\nSignature: ______\nDate: ______\n\n"
        "**Auditor**\n\nName: Ann\nDate: ____\n"
    )
    assert [(slot.title, slot.filled, sorted(slot.labels)) for slot in outline.slots] == [
        ("Project Manager", "", ["date", "name", "signature"]),
        ("Auditor", "Ann", ["date", "name"]),
    ]


def test_what_stands_in_a_blank_is_to_be_confirmed() -> None:
    outline = read("# Plan\n\n## Sign-off\n\n- [x] Lead: ____ Date: ____\n- [ ] Boss: Ann Date: 2026-01-02\n")
    assert [(slot.title, slot.filled, slot.notes) for slot in outline.slots] == [
        ("Lead", "[x]", "Date: ____"),
        ("Boss", "Ann", "Date: 2026-01-02"),
    ]


def test_a_filled_signature_table_is_to_be_confirmed() -> None:
    outline = read(
        "# Plan\n\n## Sign-off\n\n| Role | Signature | Date | Comment |\n|-|-|-|-|\n| Verified by QA | Ann | 1 May | fine |\n"
    )
    (slot,) = outline.slots
    assert (slot.title, slot.filled, slot.notes, slot.meaning) == ("Verified by QA", "Ann, 1 May", "fine", "verified")


def test_votes_need_a_heading_that_asks_for_them() -> None:
    asked = read("# Plan\n\n## Sign-off\n\n- [ ] **Ops**: Ready? [ ] Go [ ] No-Go\n")
    assert [(slot.title, slot.kind) for slot in asked.slots] == [("Ops", "vote")]
    work = read("# Plan\n\n## Work\n\n- [ ] **Ops**: Ready? [ ] Go [ ] No-Go\n")
    assert (work.slots, item(work, 5).fields[0].choices) == ([], ["Go", "No-Go"])


def test_work_below_a_sign_off_heading_stays_work() -> None:
    outline = read("# Plan\n\n## Final approval\n\n- [ ] All tests passed\n- [ ] Lead: ____\n")
    assert [found.text for found in outline.phases[0].items] == ["All tests passed"]
    assert [slot.title for slot in outline.slots] == ["Lead"]


def test_contacts_from_tables_lines_and_blocks() -> None:
    outline = read(
        "# Plan\n\n## Contacts\n\n| Team | Person | Phone | Mail |\n|-|-|-|-|\n"
        "| Ops | Ann | +49 30 123456 | ann@example.org |\n\n"
        "## Emergency contacts\n\n- **Hotline**: +49 30 999999\n- **Boss**: Bo <bo@example.org>\n\n"
        "## Support contacts\n\n**Vendor:**\n\n- Name: Cy\n- E-mail: cy@example.org\n"
    )
    assert [(found.role, found.name, found.phone, found.email, found.emergency) for found in outline.contacts] == [
        ("Ops", "Ann", "+49 30 123456", "ann@example.org", False),
        ("Hotline", "", "+49 30 999999", "", True),
        ("Boss", "Bo", "", "bo@example.org", True),
        ("Vendor", "Cy", "", "cy@example.org", True),
    ]
    assert outline.contacts[0].labels == {"role": "Team", "name": "Person", "phone": "Phone", "email": "Mail"}


def test_escalation_from_a_table() -> None:
    outline = read(
        "# Plan\n\n## Escalation\n\n| Level | Trigger | Who | Role | Response time |\n|-|-|-|-|-|\n"
        "| 1 | Down | x | Ops | 5 min |\n"
    )
    (level,) = outline.escalation
    assert (level.title, level.trigger, level.who, level.response, level.details) == (
        "1",
        "Down",
        "Ops",
        "5 min",
        ["Who: x"],
    )


def test_escalation_from_lines() -> None:
    outline = read("# Plan\n\n## Escalation\n\n**Level 1:** Help desk (10 minutes)\n**Level 2:** Ops\n")
    assert [(found.title, found.who, found.response) for found in outline.escalation] == [
        ("Level 1", "Help desk", "10 minutes"),
        ("Level 2", "Ops", ""),
    ]


def test_a_heading_about_escalation_with_boxes_is_work() -> None:
    outline = read("# Plan\n\n## Escalation review\n\n- [ ] **Issues**\n  - [ ] Level 1: told\n")
    assert (outline.counts["items"], outline.escalation) == (2, [])


def test_procedures_by_heading_with_criteria_and_estimate() -> None:
    outline = read(
        "# Plan\n\n## Rollback\n\nEstimated rollback time: 20 minutes\n\n1. Stop\n   - all of it\n2. Start the old one\n\n"
        "### Rollback triggers\n\n- Error rate > 5%\n\n## Work\n\n- [ ] a\n"
    )
    (procedure,) = outline.procedures
    assert (procedure.title, procedure.estimate) == ("Rollback", "20 minutes")
    assert [(step.number, step.text, step.details) for step in procedure.steps] == [
        ("1.", "Stop", ["all of it"]),
        ("2.", "Start the old one", []),
    ]
    assert [(found.text, found.kind) for found in outline.criteria] == [("Error rate > 5%", "rollback")]


def test_a_rollback_heading_with_boxes_is_work() -> None:
    outline = read("# Plan\n\n## Rollback plan\n\n- [ ] Procedure written\n")
    assert (outline.counts["items"], outline.procedures) == (1, [])


def test_success_criteria_without_boxes() -> None:
    outline = read("# Plan\n\n## Success criteria\n\n- Uptime 99 %\n\n## Work\n\n- [ ] a\n")
    assert [(found.text, found.kind, found.phase) for found in outline.criteria] == [
        ("Uptime 99 %", "success", "Success criteria")
    ]
