"""What the user says that a line is, it is; its words and all other lines stay."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checklists.importing.corrections import KINDS, LEVELS
from checklists.importing.decode import Refused
from checklists.importing.outline import Outline
from checklists.importing.reading import read_checklist
from tests.importing.cases import all_items, check_account, item, phase, places
from tests.importing.test_account import DOCUMENTS

PLAN = """# Plan

## Work

Some words about it.

- [ ] Backup
  - to tape
  - [ ] Restore
- [ ] Cable

Between.

- Plain entry

| Task | Done |
|---|---|
| Row one | ☐ |
| Row two | ☐ |

### Network

- [x] Switch: Ann
- Owner: Bo
"""


def corrected(source: str, **lines: str) -> Outline:
    outline = read_checklist(source.encode(), corrections={int(line[1:]): wish for line, wish in lines.items()})
    check_account(source, outline)
    return outline


def kind(outline: Outline, line: int) -> str:
    return next(entry.kind for entry in outline.lines if entry.line == line)


def test_prose_becomes_an_item() -> None:
    assert item(corrected(PLAN, l5="item"), 5).text == "Some words about it."


def test_a_detail_becomes_an_item_of_its_own_below() -> None:
    found = item(corrected(PLAN, l8="item"), 7)
    assert [child.text for child in found.items] == ["to tape", "Restore"]


def test_a_heading_becomes_an_item() -> None:
    outline = corrected(PLAN, l21="item")
    assert item(outline, 21).text == "Network"
    assert outline.counts["sections"] == 0


def test_a_row_becomes_an_item_behind_its_table() -> None:
    outline = corrected(PLAN, l18="item")
    assert item(outline, 18).text == "Row one · ☐"
    assert item(outline, 19).text == "Row two"


def test_an_item_loses_its_tick() -> None:
    assert item(corrected(PLAN, l23="unticked"), 23).checked is False
    assert item(corrected(PLAN, l23="item"), 23).checked is True


def test_an_item_becomes_a_detail_of_the_item_before() -> None:
    outline = corrected(PLAN, l10="detail")
    assert item(outline, 7).details == ["to tape", "Cable"]
    assert [child.text for child in item(outline, 7).items] == ["Restore"]
    assert kind(outline, 10) == "detail"


def test_a_paragraph_becomes_a_detail_and_moves_to_its_item() -> None:
    outline = corrected("# P\n\n## W\n\n- [ ] a\n\nwords\n\nmore\n\n- [ ] b\n", l9="detail")
    assert item(outline, 5).details == ["more"]
    assert phase(outline, "W").prose == ["words"]


def test_a_detail_without_an_item_above_stays_text() -> None:
    assert kind(corrected(PLAN, l5="detail"), 5) == "prose"


def test_a_line_becomes_a_heading() -> None:
    outline = corrected(PLAN, l14="heading")
    assert [place.title for place in places(outline)] == ["Work", "Plain entry", "Network"]


def test_a_line_becomes_a_field() -> None:
    outline = corrected(PLAN, l14="field", l24="field")
    fields = [found for place in places(outline) for found in place.fields]
    assert [(found.label, found.line) for found in fields] == [("Plain entry", 14), ("Owner (Bo)", 24)]
    assert kind(outline, 14) == "field"


def test_a_detail_becomes_a_field_of_its_item() -> None:
    assert [found.label for found in item(corrected(PLAN, l8="field"), 7).fields] == ["to tape"]


def test_a_line_becomes_a_slot_with_what_stands_in_it_to_confirm() -> None:
    outline = corrected(PLAN, l10="slot", l23="slot")
    assert [(slot.title, slot.filled) for slot in outline.slots] == [("Cable", ""), ("Switch", "Ann [x]")]
    assert kind(outline, 23) == "slot"


def test_an_item_becomes_prose_and_its_parts_stay() -> None:
    outline = corrected(PLAN, l7="prose")
    assert kind(outline, 7) == "prose"
    assert "- Backup" in phase(outline, "Work").prose
    assert {found.line for found in all_items(outline)} == {9, 10, 18, 19, 23}


def test_a_nested_item_becomes_prose_of_the_phase() -> None:
    outline = corrected(PLAN, l9="prose")
    assert "- Restore" in phase(outline, "Work").prose
    assert item(outline, 7).details == ["to tape"]


def test_a_contact_becomes_prose() -> None:
    outline = corrected("# P\n\n- [ ] a\n\n## Contacts\n\n- **Lead**: Ann\n- **Ops**: Bo\n", l7="prose")
    assert [contact.role for contact in outline.contacts] == ["Ops"]
    assert kind(outline, 7) == "prose"


def test_one_item_among_contacts_leaves_the_others_contacts() -> None:
    outline = corrected("# P\n\n- [ ] a\n\n## Contacts\n\n- **Lead**: Ann\n- **Ops**: Bo\n", l7="item")
    assert [contact.role for contact in outline.contacts] == ["Ops"]
    assert [found.line for found in all_items(outline)] == [3, 7]


def test_litter_goes_but_is_listed() -> None:
    outline = read_checklist(PLAN.encode(), corrections={10: "litter"})
    assert kind(outline, 10) == "litter"
    assert [(repair.line, repair.kind, repair.before) for repair in outline.repairs][:1] == [
        (10, "litter", "- [ ] Cable")
    ]
    assert 10 not in {found.line for found in all_items(outline)}


def test_items_move_in_and_out_with_all_below_them() -> None:
    source = "# P\n\n- [ ] a\n- [ ] b\n  - [ ] c\n"
    assert [child.text for child in item(corrected(source, l4="indent"), 3).items] == ["b"]
    assert [found.text for found in corrected(source, l5="outdent").phases[0].items] == ["a", "b", "c"]


def test_a_line_can_change_kind_and_level() -> None:
    outline = corrected("# P\n\n- [ ] a\n- [ ] b\n\nwords\n", l6="item indent")
    assert [child.text for child in item(outline, 4).items] == ["words"]


def test_headings_move_in_and_out() -> None:
    source = "# P\n\n## A\n\n- [ ] a\n\n### B\n\n- [ ] b\n\n## C\n\n- [ ] c\n"
    assert [found.title for found in corrected(source, l7="outdent").phases] == ["A", "B", "C"]
    assert [section.title for section in corrected(source, l11="indent").phases[0].sections] == ["B", "C"]


def test_a_guess_about_indentation_can_be_refused() -> None:
    source = "# P\n\n## A\n\n- [ ] **Group**\n- [ ] one\n- [ ] two\n"
    guessed = read_checklist(source.encode())
    assert [(guess.line, guess.kind) for guess in guessed.guesses] == [(6, "indentation"), (7, "indentation")]
    outline = corrected(source, l7="outdent")
    assert [found.text for found in outline.phases[0].items] == ["Group", "two"]
    assert [guess.line for guess in outline.guesses] == [6]


def test_code_is_never_rewritten() -> None:
    source = "# P\n\n- [ ] a\n\n```sh\nls\n```\n"
    outline = corrected(source, l6="item")
    assert phase(outline, "P").commands == ["ls"]
    assert outline.warnings == ["Line 6 stays what it is: it holds its block together."]


def test_keys_may_be_texts_as_json_has_them() -> None:
    assert item(read_checklist(PLAN.encode(), corrections={"5": "item"}), 5).line == 5


@settings(max_examples=80, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    DOCUMENTS,
    st.dictionaries(st.integers(1, 30), st.sampled_from(sorted((KINDS | LEVELS) - {"litter"})), max_size=6),
)
def test_no_correction_loses_a_line_or_a_word(source: str, corrections: dict[int, str]) -> None:
    try:
        outline = read_checklist(source.encode(), corrections=corrections)
    except Refused:
        return
    check_account(source, outline)


@pytest.mark.parametrize("wish", ["", "nonsense", "indent indent", "item item"])
def test_odd_wishes_do_no_harm(wish: str) -> None:
    corrected(PLAN, l7=wish)
