"""What changed between two versions of a checklist, item by item."""

import pytest

from checklists.differences import compare, pieces
from checklists.importing.reading import read_checklist
from tests.builders import PLAN


def changes(before: str, after: str) -> list[tuple[str, str, str]]:
    found = compare(read_checklist(before.encode()), read_checklist(after.encode()))
    return [(change.sort, change.entry.kind, change.entry.text) for change in found.changes]


def test_the_same_text_has_no_differences():
    found = compare(read_checklist(PLAN.encode()), read_checklist(PLAN.encode()))
    assert found.changes == []
    assert found.kept == 7


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("- [ ] Lamps answer", "- [ ] Lamps answer\n- [ ] Horn tried", [("added", "item", "Horn tried")]),
        ("- [ ] Lamps answer\n", "", [("removed", "item", "Lamps answer")]),
        ("within 5 seconds", "within 9 seconds", [("changed", "item", "Replica follows within 9 seconds")]),
        ("30 days or more", "60 days or more", [("changed", "item", "Certificates valid")]),
        ("count: ____ rows", "count: ____ MB", [("changed", "item", "Rows counted (count: ____ MB)")]),
        ("lamps\n```", "lamps --all\n```", [("changed", "section", "Servers")]),
        ("2. Restart the old lamps", "2. Restart the oldest lamps", [("changed", "step", "Restart the oldest lamps")]),
        ("Nia Okafor", "Ola Nordmann", [("changed", "contact", "Harbour master")]),
        ("Phase 1: Before", "Phase 1: Long before", [("changed", "phase", "Phase 1: Long before")]),
        ("T-0", "T-1 hour", [("changed", "phase", "Phase 2: Night")]),
        (
            "- [ ] Switch the name to the new server\n- [ ] Lamps answer",
            "- [ ] Lamps answer\n- [ ] Switch the name to the new server",
            [("moved", "item", "Switch the name to the new server")],
        ),
    ],
)
def test_differences_name_what_changed_and_nothing_else(old, new, expected):
    assert old in PLAN
    found = changes(PLAN, PLAN.replace(old, new, 1))
    assert [each for each in found if each[1] != "signature"] == expected


def test_an_item_in_another_phase_was_moved():
    moved = PLAN.replace("- [ ] Lamps answer\n", "").replace(
        "- [ ] Certificates", "- [ ] Lamps answer\n- [ ] Certificates"
    )
    assert changes(PLAN, moved) == [("moved", "item", "Lamps answer")]


def test_words_tell_what_came_and_went():
    assert [(piece.op, piece.text) for piece in pieces("disk > 120 GB", "disk > 150 GB")] == [
        ("same", "disk > "),
        ("del", "120"),
        ("ins", "150"),
        ("same", " GB"),
    ]


def test_two_large_versions_without_a_common_word_are_compared_quickly():
    one, other = (
        read_checklist(("# x\n## Phase 1: a\n" + "".join(f"- [ ] {w}{n}\n" for n in range(4000))).encode())
        for w in "ab"
    )
    found = compare(one, other)
    assert (found.count("added"), found.count("removed")) == (4000, 4000)


def test_stars_are_shown_only_where_they_are_all_that_changed():
    def words(before, after):
        pages = [read_checklist(f"# x\n\n## Phase 1: a\n\n- [ ] {text}\n".encode()) for text in (before, after)]
        (change,) = compare(*pages).changes
        return "".join(piece.text for piece in change.words if piece.op != "del")

    assert words("**Tell the quays**: channel 12", "**Tell the quays**: channel 14") == "Tell the quays: channel 14"
    assert words("Tell the quays: now", "**Tell the quays**: now") == "**Tell the quays**: now"
