"""Every construct (S1-S68) and every trap (T1-T19) of the customer's documents, by its id, where it stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from checklists.importing.outline import Item, Outline, Section, items_of, places_of
from checklists.importing.reading import read_checklist
from tests.importing.cases import seed_bytes

HOUR, DAY = 60, 24 * 60


@cache
def seed(number: str) -> Outline:
    return read_checklist(seed_bytes(number))


class Plan:
    """One document with short names for looking into it by line."""

    def __init__(self, number: str) -> None:
        self.outline = seed(number)
        self.kinds = {entry.line: entry.kind for entry in self.outline.lines}

    def item(self, line: int) -> Item:
        places = [top for place in places_of(self.outline) for top in place.items]
        return next(item for top in [*places, *self.outline.criteria] for item in items_of(top) if item.line == line)

    def place(self, line: int) -> Section:
        return next(place for place in places_of(self.outline) if place.line == line)

    def phases(self) -> list[str]:
        return [phase.title for phase in self.outline.phases]

    def contact(self, line: int) -> str:
        return next(contact.role for contact in self.outline.contacts if contact.line == line)

    def slots(self) -> list[str]:
        return [slot.title for slot in self.outline.slots]

    def prose(self) -> str:
        places = [text for place in places_of(self.outline) for text in place.prose]
        return "\n".join([*self.outline.prose, *places])

    def offset(self, line: int) -> tuple[int | None, int | None]:
        offset = self.place(line).offset
        return (offset.start, offset.end) if offset else (None, None)

    def field_kinds(self, line: int) -> list[str]:
        return [found.kind for found in self.item(line).fields]

    def wish(self, line: int) -> tuple[str, float, str]:
        threshold = self.item(line).threshold
        assert threshold is not None
        return threshold.operator, threshold.number, threshold.unit

    def often(self, line: int) -> tuple[int, str, int | None]:
        found = self.place(line).round or self.item(line).round
        assert found is not None
        return found.every, found.unit, found.until

    def placeholders(self, line: int) -> list[tuple[str, str, str]]:
        found = self.outline.placeholders
        return [(each.text, each.name, each.suggestion) for each in found if each.line == line]


def round_of_item(plan: Plan, line: int) -> tuple[int, str, str, int | None]:
    found = plan.item(line).round
    assert found is not None
    return found.every, found.unit, found.at, found.until


# Id, document, what is looked at, what it has to be.
CONSTRUCTS: list[tuple[str, str, Callable[[Plan], object], object]] = [
    ("S1", "002", lambda p: (p.outline.title, p.kinds[2]), ("Production Go-Live Checklist", "metadata")),
    ("S1", "000", lambda p: p.outline.metadata["System"], "Supplier Invoice Loader"),
    ("S2", "000", lambda p: [p.kinds[line] for line in range(3, 7)], ["metadata"] * 4),
    ("S3", "002", lambda p: p.outline.metadata["Next Review"], "Go-Live minus 3 days"),
    ("S4", "002", lambda p: p.outline.metadata["Status"], "✅ Ready for execution"),
    ("S5", "002", lambda p: p.placeholders(7)[0][2], "8:00 AM for system stability before business hours"),
    ("S6", "000", lambda p: p.placeholders(3), [("[CUSTOMER_NAME]", "Customer name", "")]),
    ("S7", "003", lambda p: "Follow all phases sequentially" in p.prose(), True),
    ("S8", "003", lambda p: "[DEPLOYMENT.md](DEPLOYMENT.md)" in p.prose(), True),
    ("S9", "001", lambda p: [found.label for found in p.outline.fields][:2], ["Deployment Date", "Deployed By"]),
    ("S10", "000", lambda p: [p.kinds[line] for line in (12, 14, 20)], ["table"] * 3),
    ("S11", "000", lambda p: "| Training | ⏳ | User training pending |" in p.prose(), True),
    ("S12", "001", lambda p: p.phases()[:2], ["Phase 1: Pre-Deployment", "Phase 2: Deployment"]),
    ("S13", "003", lambda p: p.kinds[17], "prose"),
    ("S13", "003", lambda p: [each.line for each in p.outline.lint if each.code == "phases-in-order"], [17]),
    ("S13", "001", lambda p: [each.line for each in p.outline.lint if each.code == "phases-in-order"], []),
    ("S14", "000", lambda p: p.place(26).title, "1.1 Server"),
    ("S15", "001", lambda p: [part.line for part in p.item(7).items], [8, 9, 10, 11, 12]),
    ("S16", "003", lambda p: p.item(42).details[1], "No critical bugs or failures"),
    ("S17", "002", lambda p: [p.item(n).duration.minutes for n in (134, 143, 152)], [240, 180, 90]),
    ("S18", "002", lambda p: [p.item(line).optional for line in (92, 195, 223)], [True] * 3),
    ("S19", "002", lambda p: (p.kinds[450], p.kinds[462]), ("item", "criterion")),
    ("S20", "004", lambda p: (p.phases()[0], p.phases()[-1]), ("Pre-Deployment Validation", "Post-Deployment Validation")),
    ("S21", "000", lambda p: [p.offset(n) for n in (24, 185, 217)], [(-3 * DAY, -3 * DAY), (0, 0), (DAY, 7 * DAY)]),
    ("S21", "004", lambda p: [p.offset(n)[0] for n in (46, 52, 72)], [-7 * DAY, -3 * DAY, 0]),
    ("S22", "002", lambda p: [p.item(n).offset.start for n in (206, 214, 222)], [-120, -90, -30]),
    ("S22", "003", lambda p: [p.item(n).offset.start for n in (385, 399)], [-15, 0]),
    ("S23", "002", lambda p: [p.offset(n) for n in (12, 251, 275, 377)],
     [(-14 * DAY, -14 * DAY), (0, 2 * HOUR), (0, DAY), (7 * DAY, 28 * DAY)]),
    ("S23", "001", lambda p: [p.offset(n) for n in (301, 308, 315)],
     [(0, 7 * DAY), (7 * DAY, 28 * DAY), (30 * DAY, None)]),
    ("S23", "000", lambda p: [p.offset(n) for n in (201, 208)], [(HOUR, HOUR), (DAY, DAY)]),
    ("S24", "003", lambda p: [p.offset(n) for n in (467, 623)], [(0, DAY), (3 * HOUR, 6 * HOUR)]),
    ("S25", "002", lambda p: (p.place(205).window, p.item(326).round.at), ("Morning", "08:00")),
    ("S26", "000", lambda p: all(p.place(n).offset for n in (24, 50, 74, 96, 118, 140, 163, 185, 217)), True),
    ("S27", "004", lambda p: [(each.line, each.offset.start) for each in p.outline.milestones],
     [(166, -7 * DAY), (167, -3 * DAY), (168, -DAY), (169, 0), (170, DAY), (171, 7 * DAY)]),
    ("S28", "003", lambda p: p.often(477), (15, "minute", DAY)),
    ("S28", "002", lambda p: round_of_item(p, 278), (1, "hour", "", DAY)),
    ("S29", "003", lambda p: (p.often(573), len(p.place(583).fields)), ((1, "hour", 6 * HOUR), 5)),
    ("S30", "003", lambda p: [p.often(n) for n in (1246, 1271, 1296)],
     [(1, "day", 30 * DAY), (1, "week", None), (1, "month", None)]),
    ("S31", "002", lambda p: round_of_item(p, 349)[:2], (1, "day")),
    ("S32", "002", lambda p: [(each.label, each.kind, each.unit) for each in p.item(55).fields],
     [("count", "number", "verified")]),
    ("S33", "002", lambda p: [p.field_kinds(n) for n in (135, 136, 230)], [["datetime"], ["text"], ["datetime"]]),
    ("S34", "003", lambda p: [p.item(n).fields[0].unit for n in (1047, 1050, 1053, 1056)], ["%", "MB", "ms", "GB"]),
    ("S35", "003", lambda p: p.field_kinds(1067), ["long"]),
    ("S36", "002", lambda p: p.item(319).fields[0].choices, ["Resolved", "In Progress", "Pending"]),
    ("S36", "003", lambda p: p.place(583).fields[3].choices, ["Green", "Yellow", "Red"]),
    ("S37", "002", lambda p: (p.item(317).condition.question, p.item(317).condition.answer, p.item(317).fields[0].condition.line),
     ("Any critical issues", "Yes", 316)),
    ("S38", "001", lambda p: [p.wish(n) for n in (67, 89, 204)], [(">=", 80, "%"), ("<", 500, "ms"), ("<", 1, "%")]),
    ("S38", "000", lambda p: p.wish(114), (">=", 0.5, "files/sec")),
    ("S38", "002", lambda p: [p.wish(n) for n in (463, 464, 465)], [(">", 80, "%"), (">=", 95, "%"), (">", 4, "/5.0")]),
    ("S38", "003", lambda p: [each.words for each in p.item(837).targets], ["> 80%", "< 5 seconds"]),
    ("S38", "004", lambda p: p.wish(126), (">=", 99.9, "%")),
    ("S39", "001", lambda p: [p.item(n).expected for n in (149, 183)], ["200", "3/3"]),
    ("S39", "000", lambda p: [p.item(n).expected for n in (62, 100)], ["SERVICE_RUNNING", "PASS"]),
    ("S40", "003", lambda p: [each.label for each in p.item(951).fields][:2],
     ["Email Processing: Total emails processed", "Email Processing: Success rate"]),
    ("S41", "003", lambda p: [each.label for each in p.item(1084).fields], ["Issue tracking document"]),
    ("S42", "001", lambda p: (p.outline.fields[2].label, p.outline.fields[2].kind), ("Notes", "long")),
    ("S43", "001", lambda p: p.item(140).commands[0].startswith("helm upgrade"), True),
    ("S44", "003", lambda p: p.item(482).details[0], "Command: `docker-compose logs -f n8n | tail -50`"),
    ("S45", "003", lambda p: (len(p.place(716).commands), p.place(716).languages), (1, ["bash"])),
    ("S46", "000", lambda p: [p.contact(n) for n in (243, 246)], ["Project Lead", "Customer PM"]),
    ("S47", "003", lambda p: [p.contact(n) for n in (1336, 1350, 1364)],
     ["Project Manager", "Technical Lead", "On-Call Engineer"]),
    ("S47", "004", lambda p: p.outline.contacts[1].email, "dev-lead@pager-system.com"),
    ("S48", "002", lambda p: [each.emergency for each in p.outline.contacts if each.line >= 440], [True] * 4),
    ("S49", "003", lambda p: [each.response for each in p.outline.escalation], ["15 minutes", "5 minutes", "Immediate"]),
    ("S50", "003", lambda p: "  Platform Lead: Overall coordination" in p.item(351).details, True),
    ("S51", "002", lambda p: p.item(76).text, "Greek (EL) versions complete and reviewed"),
    ("S52", "001", lambda p: [step.number for step in p.outline.procedures[0].steps], ["1.", "2.", "3."]),
    ("S53", "000", lambda p: next(each.text for each in p.outline.criteria if each.kind == "rollback"),
     "Service doesn't start within 15 min"),
    ("S54", "004", lambda p: [each.title for each in p.outline.procedures], ["Emergency Rollback", "Controlled Rollback"]),
    ("S55", "003", lambda p: p.item(192).duration.minutes, 30),
    ("S55", "002", lambda p: [(each.label, each.unit) for each in p.item(457).fields],
     [("Estimated rollback time", "minutes")]),
    ("S56", "003", lambda p: {each.kind for each in p.outline.procedures}, {"incident"}),
    ("S57", "004", lambda p: [each.section for each in p.outline.criteria][::5],
     ["Technical Metrics", "Business Metrics", "Security Metrics"]),
    ("S58", "000", lambda p: p.slots()[-1], "Go-Live Approved"),
    ("S59", "003", lambda p: p.slots(), ["Project Manager", "Operations Lead", "Technical Lead"]),
    ("S60", "001", lambda p: p.slots()[3], "Data Protection Officer"),
    ("S61", "002", lambda p: [slot.kind for slot in p.outline.slots][4:], ["vote"] * 4),
    ("S62", "004", lambda p: p.item(76).text, "Stakeholder approval"),
    ("S63", "002", lambda p: (p.item(393).text, len(p.item(393).items)), ("Post-Go-Live Review", 5)),
    ("S64", "002", lambda p: p.place(379).title, "Operations Handoff"),
    ("S65", "003", lambda p: p.item(428).details[2], 'Status page updated: "System operational"'),
    ("S66", "002", lambda p: p.item(197).text, "Timing verified (actual duration)"),
    ("S67", "003", lambda p: "Audit trail complete and accurate" in p.item(1165).details, True),
    ("S68", "002", lambda p: p.item(77).text, "Printed copies available (20+ for handouts)"),
    ("T1", "003", lambda p: [p.kinds[line] for line in range(1, 7)], ["litter"] * 6),
    ("T2", "003", lambda p: (p.kinds[8], p.kinds[43], "|\n" in p.place(716).commands[0]), ("litter", "litter", False)),
    ("T3", "003", lambda p: {860, 121, 408} <= {each.line for each in p.outline.guesses if each.kind == "indentation"}, True),
    ("T4", "003", lambda p: p.kinds[724], "command"),
    ("T4", "001", lambda p: p.kinds[275], "command"),
    ("T5", "002", lambda p: [each.line for each in p.outline.repairs], [5, 408, 426, 438, 447, 470]),
    ("T6", "002", lambda p: (p.kinds[2], p.kinds[323]), ("metadata", "phase")),
    ("T7", "004", lambda p: [p.kinds[line] for line in (3, 46, 80)], ["phase"] * 3),
    ("T8", "002", lambda p: [p.item(line).offset for line in (134, 18)], [None, None]),
    ("T8", "004", lambda p: (p.item(6).offset, p.item(6).threshold), (None, None)),
    ("T9", "003", lambda p: p.offset(827), (DAY, 7 * DAY)),
    ("T10", "003", lambda p: [p.offset(n) for n in (637, 642, 696)],
     [(2 * HOUR, 12 * HOUR), (2 * HOUR, 2 * HOUR), (12 * HOUR, 12 * HOUR)]),
    ("T11", "002", lambda p: [p.field_kinds(n) for n in (316, 318)], [["yesno"], ["choice"]]),
    ("T12", "002", lambda p: p.item(317).condition.line, 316),
    ("T13", "001", lambda p: [(len(p.item(n).items), len(p.item(n).commands)) for n in (140, 173)], [(0, 1), (0, 1)]),
    ("T14", "001", lambda p: [p.item(n).text for n in (108, 264)], ["Test data removed"] * 2),
    ("T15", "004", lambda p: [each.line for each in p.outline.lint if each.code == "contradicting-offset"], [167]),
    ("T16", "002", lambda p: list(p.outline.metadata)[1:4], ["Document Version", "Status", "Go-Live Date"]),
    ("T17", "002", lambda p: p.placeholders(430)[0], ("TBD", "Project Manager: Name", "")),
    ("T17", "001", lambda p: [each for each in p.outline.placeholders if "$" in each.text or "YYYY" in each.text], []),
    ("T17", "003", lambda p: p.placeholders(1339)[0][0], "_____________________"),
    ("T18", "003", lambda p: (p.kinds[1221], p.kinds[583]), ("slot", "section")),
    ("T19", "001", lambda p: p.item(76).text, "Frontend ↔ Backend contracts validated"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "look", "wanted"), [case[1:] for case in CONSTRUCTS], ids=[
    f"{case[0]}-{case[1]}-{index}" for index, case in enumerate(CONSTRUCTS)
])  # fmt: skip
def test_construct(number: str, look: Callable[[Plan], object], wanted: object) -> None:
    assert look(Plan(number)) == wanted


def test_no_construct_and_no_trap_is_left_out() -> None:
    named = {case[0] for case in CONSTRUCTS}
    assert named == {f"S{n}" for n in range(1, 69)} | {f"T{n}" for n in range(1, 20)}
