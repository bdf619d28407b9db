"""The customer's five documents, counted by hand: what is in them must come out, in its place."""

from __future__ import annotations

import json

import pytest

from checklists.importing.outline import Outline
from checklists.importing.reading import read_checklist
from tests.importing.cases import BOX_LINE, all_items, check_account, item, phase, places, seed_bytes

GOLDEN = {
    "000": {"phases": 9, "sections": 28, "items": 95, "details": 0, "commands": 0, "fields": 0, "contacts": 4,
            "escalation_levels": 0, "procedures": 1, "steps": 5, "criteria": 3, "slots": 6, "rounds": 1},
    "001": {"phases": 4, "sections": 14, "items": 189, "details": 3, "commands": 4, "fields": 3, "contacts": 0,
            "escalation_levels": 0, "procedures": 1, "steps": 3, "criteria": 0, "slots": 7, "rounds": 4},
    "002": {"phases": 7, "sections": 20, "items": 314, "details": 0, "commands": 0, "fields": 19, "contacts": 9,
            "escalation_levels": 0, "procedures": 0, "steps": 0, "criteria": 5, "slots": 8, "rounds": 3},
    "003": {"phases": 5, "sections": 20, "items": 86, "details": 160, "commands": 1, "fields": 51, "contacts": 3,
            "escalation_levels": 3, "procedures": 3, "steps": 14, "criteria": 6, "slots": 3, "rounds": 5},
    "004": {"phases": 7, "sections": 9, "items": 70, "details": 0, "commands": 0, "fields": 0, "contacts": 7,
            "escalation_levels": 4, "procedures": 2, "steps": 10, "criteria": 14, "slots": 0, "rounds": 0},
}  # fmt: skip
BOXES = {"000": 95, "001": 196, "002": 327, "003": 92, "004": 84}
NUMBERS = sorted(GOLDEN)


def seed(number: str) -> Outline:
    return read_checklist(seed_bytes(number))


@pytest.mark.parametrize("number", NUMBERS)
def test_counts_are_those_of_the_document(number: str) -> None:
    assert seed(number).counts == GOLDEN[number]


@pytest.mark.parametrize("number", NUMBERS)
def test_every_box_is_an_item_a_criterion_a_slot_or_a_vote(number: str) -> None:
    lines = seed_bytes(number).decode().split("\n")
    boxes = {line for line, text in enumerate(lines, start=1) if BOX_LINE.match(text)}
    kinds = {entry.line: entry.kind for entry in seed(number).lines}
    assert len(boxes) == BOXES[number]
    assert {kinds[line] for line in boxes} <= {"item", "criterion", "slot", "vote"}


@pytest.mark.parametrize("number", NUMBERS)
def test_no_line_and_no_word_is_lost_and_nothing_needed_the_net(number: str) -> None:
    outline = seed(number)
    check_account(seed_bytes(number).decode(), outline)
    assert outline.warnings == []


@pytest.mark.parametrize("number", NUMBERS)
def test_the_json_object_can_be_written_out(number: str) -> None:
    whole = seed(number).as_json()
    assert json.loads(json.dumps(whole)) == whole


def test_000_phases_keep_their_numbers_and_say_when() -> None:
    outline = seed("000")
    assert [(found.title, found.window) for found in outline.phases][:3] == [
        ("1. Infrastructure", "T-3 days"),
        ("2. Application", "T-2 days"),
        ("3. Database", "T-2 days"),
    ]
    assert [found.window for found in outline.phases][-2:] == ["D-Day", "D+1 to D+7"]
    assert [section.window for section in phase(outline, "8. Go-Live Day").sections] == ["morning", "", "1h", "24h"]


def test_000_metadata_come_from_head_and_foot() -> None:
    metadata = seed("000").metadata
    assert metadata["System"] == "Supplier Invoice Loader"
    assert metadata["Responsible"] == "[TEAM/PERSON]"
    assert metadata["Template Version"] == "1.0"


def test_000_signatures_name_the_phase_they_sign() -> None:
    scopes = {slot.title: slot.scope for slot in seed("000").slots}
    assert scopes["Infrastructure OK"] == "1. Infrastructure"
    assert scopes["Testing OK"] == "4. Testing"
    assert scopes["Go-Live Approved"] == ""


def test_000_rollback_has_steps_and_tripwires_and_the_readiness_table_is_kept() -> None:
    outline = seed("000")
    (procedure,) = outline.procedures
    assert (procedure.title, procedure.kind, procedure.prose) == ("Rollback Plan", "rollback", ["If Go-Live fails:"])
    assert procedure.steps[0].text == "Stop service: `python scripts\\manage_service.py stop`"
    assert {criterion.kind for criterion in outline.criteria} == {"rollback"}
    assert any("| Monitoring | ⏳ | Monitoring setup |" in text for text in outline.prose)


def test_001_groups_have_their_parts_and_commands_stay_whole() -> None:
    outline = seed("001")
    group = item(outline, 7)
    assert (group.text, len(group.items)) == ("PostgreSQL Database", 5)
    staging = item(outline, 140)
    assert staging.languages == ["bash"]
    assert staging.commands[0].startswith("helm upgrade --install valeo-erp-staging")
    assert "$VERSION" in staging.commands[0]
    assert outline.procedures[0].steps[0].commands[0].startswith("# Rollback to previous version")
    assert outline.procedures[0].steps[2].details == [
        "Notify stakeholders", "Update status page", "Schedule post-mortem",
    ]  # fmt: skip


def test_001_stakeholders_sign_their_phase_and_the_final_three_the_plan() -> None:
    slots = seed("001").slots
    assert {slot.scope for slot in slots[:4]} == {"Phase 3: Post-Deployment"}
    assert slots[3].title == "Data Protection Officer"
    assert [(slot.title, slot.scope) for slot in slots[4:]] == [
        ("Project Manager", ""),
        ("Technical Lead", ""),
        ("Business Owner", ""),
    ]
    assert [(found.label, found.kind) for found in seed("001").fields] == [
        ("Deployment Date", "date"),
        ("Deployed By", "text"),
        ("Notes", "long"),
    ]


def test_002_subtitle_is_no_phase() -> None:
    outline = seed("002")
    assert outline.metadata["Subtitle"] == "SMS $11.17.6 - Phase 5 Production Launch"
    assert outline.metadata["Backup Date"] == "TBD (Recommend: One week before go-live)"
    assert [found.title for found in outline.phases][4:] == [
        "Phase 5: First Week",
        "Phase 6: Post Go-Live",
        "Appendix",
    ]


def test_002_mojibake_is_mended_where_it_can_be_and_listed() -> None:
    repairs = {repair.line: repair.after for repair in seed("002").repairs}
    assert repairs == {
        5: "**Status**: ✅ Ready for execution",
        408: "## ✅ Sign-Off",
        426: "## 📞 Critical Contact Information",
        438: "## 🚨 Emergency Contacts",
        447: "## Appendix",
        470: "**Go-Live Status**: ✅ Ready for execution",
    }


def test_002_what_is_left_of_a_symbol_is_taken_out_and_told() -> None:
    (guess,) = [guess for guess in seed("002").guesses if guess.kind == "symbol"]
    assert (guess.line, guess.text) == (447, "“ðŸ“” is what is left of a symbol: taken out")
    (kept,) = [repair.before for repair in seed("002").repairs if repair.line == 447]
    assert kept == "## ðŸ“ Appendix"


def test_002_several_moments_are_text_and_told() -> None:
    outline = seed("002")
    assert [item(outline, line).fields[0].kind for line in (135, 145, 154)] == ["datetime", "text", "text"]
    told = {guess.line: guess.text for guess in outline.guesses if guess.kind == "blank"}
    assert told == dict.fromkeys((145, 154), "“Date/times” asks for several moments: it takes text")


def test_002_choices_are_fields_of_their_item_and_durations_stay_in_the_text() -> None:
    outline = seed("002")
    assert [(found.label, found.kind, found.choices) for found in item(outline, 318).fields] == [
        ("Impact on users", "choice", ["High", "Medium", "Low"])
    ]
    assert item(outline, 316).fields[0].kind == "yesno"
    assert item(outline, 317).fields[0].kind == "long"
    assert (item(outline, 134).text, item(outline, 134).window) == ("Administrator Training (4 hours)", "")
    count = item(outline, 55).fields[0]
    assert (count.label, count.kind, count.unit) == ("count", "number", "verified")


def test_002_votes_signatures_and_contacts() -> None:
    outline = seed("002")
    assert [slot.kind for slot in outline.slots] == ["signature"] * 4 + ["vote"] * 4
    assert outline.slots[4].title == "IT Lead"
    assert outline.slots[4].notes == "Ready for go-live? [ ] Yes [ ] No"
    assert [contact.role for contact in outline.contacts if contact.emergency] == [
        "On-Call Support",
        "Critical Issue Escalation",
        "Emergency Hotline",
        "Backup Support Contact",
        "Senior Management",
    ]
    assert {criterion.section for criterion in outline.criteria} == {"C. Success Criteria"}


def test_003_scrape_litter_goes_and_lost_indentation_comes_back() -> None:
    outline = seed("003")
    kinds = {entry.line: entry.kind for entry in outline.lines}
    assert [kinds[line] for line in range(1, 9)] == ["litter"] * 6 + ["title", "litter"]
    parent = item(outline, 857)
    assert [child.line for child in parent.items] == [860, 863, 866, 869]
    assert [(found.label, found.unit) for found in parent.fields] == [
        ("Total approvals processed", ""),
        ("Approval success rate", "%"),
    ]
    assert item(outline, 115).details[:3] == [
        "Operations team trained on:",
        "  System architecture overview",
        "  Deployment and rollback procedures",
    ]
    guesses = [repair.line for repair in outline.repairs if repair.kind == "indentation"]
    assert {860, 45, 121} <= set(guesses)


def test_003_hours_statistics_and_rounds() -> None:
    outline = seed("003")
    hour = next(place for place in places(outline) if place.title == "Hour 1 (T+1h)")
    assert [found.kind for found in hour.fields] == ["number", "number", "number", "colour", "long"]
    statistics = item(outline, 951).fields
    assert len(statistics) == 21
    assert statistics[1].label == "Email Processing: Success rate"
    assert [place.recurrence for place in places(outline) if place.recurrence] == [
        "Every 15 minutes",
        "Hourly (First 6 hours)",
        "Daily (First 30 Days)",
        "Weekly (Ongoing)",
        "Monthly (Ongoing)",
    ]


def test_003_code_keeps_its_comments_and_incidents_their_steps() -> None:
    outline = seed("003")
    metrics = next(place for place in places(outline) if place.title.startswith("Critical Metrics"))
    assert metrics.commands[0].split("\n")[:2] == [
        "# Check n8n workflow execution rate",
        'curl -H "X-N8N-API-KEY: $N8N_API_KEY" \\',
    ]
    assert [(found.title, found.kind, len(found.steps)) for found in outline.procedures] == [
        ("Critical Issue (System Down)", "incident", 5),
        ("Performance Degradation", "incident", 4),
        ("Integration Failures", "incident", 5),
    ]


def test_003_levels_contacts_and_final_signatures() -> None:
    outline = seed("003")
    assert [(level.title, level.who, level.response) for level in outline.escalation] == [
        ("Level 1 - Application Issue", "On-call engineer", "15 minutes"),
        ("Level 2 - System Down", "Technical lead + On-call engineer", "5 minutes"),
        ("Level 3 - Critical Data Loss", "Technical lead + Project manager + Database admin", "Immediate"),
    ]
    assert [contact.role for contact in outline.contacts] == ["Project Manager", "Technical Lead", "On-Call Engineer"]
    assert [(slot.title, slot.scope, slot.notes) for slot in outline.slots] == [
        ("Project Manager", "", "Date: _______"),
        ("Operations Lead", "", "Date: _______"),
        ("Technical Lead", "", "Date: _______"),
    ]


def test_004_phases_stand_one_heading_deeper() -> None:
    outline = seed("004")
    assert [(found.title, found.window) for found in outline.phases] == [
        ("Pre-Deployment Validation", ""),
        ("Phase 1: Infrastructure", "Day -7"),
        ("Phase 2: Database", "Day -3"),
        ("Phase 3: Cache", "Day -2"),
        ("Phase 4: Application", "Day -1"),
        ("Phase 5: Go-Live", "Day 0"),
        ("Post-Deployment Validation", ""),
    ]
    assert outline.phases[1].prose == ["Deployment Steps"]
    assert "Stakeholder approval" in {found.text for found in all_items(outline)}


def test_004_people_and_procedures() -> None:
    outline = seed("004")
    assert (outline.contacts[0].role, outline.contacts[0].email) == ("Project Manager", "pm@pager-system.com")
    assert [(level.who, level.response) for level in outline.escalation][-1] == ("Executive team", "4 hours")
    assert [found.title for found in outline.procedures] == ["Emergency Rollback", "Controlled Rollback"]
