"""Phases, sections and blanks: added, renamed, moved, taken out with all that is in them, put back."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest

from checklists.act import TransitionRefused
from checklists.models import Action, Field, Item, JournalEntry, Phase, Section
from checklists.models.item import State
from checklists.planning import blanks, divisions
from checklists.planning.baseline import baseline
from checklists.planning.divisions import (
    add_phase,
    add_section,
    amend_division,
    move_phase,
    move_section,
    restore_division,
    retire_division,
)
from checklists.planning.items import restore_item, retire_item
from checklists.planning.order import STEPS
from checklists.planning.seen import seen_of
from checklists.readiness import Tally
from tests.builders import item
from tests.builders import project as make
from tests.checklists.test_planning import TREE, check_tree
from tests.conftest import NOON


def phase(project, words):
    return Phase.with_retired.select_related("project").get(project=project, title__contains=words)


def section(project, words):
    return Section.with_retired.select_related("phase__project").get(phase__project=project, title=words)


def titles(project):
    return [each.title for each in project.phases.all()]


def sections(project, words):
    return [f"{'>' * each.depth}{each.title}" for each in phase(project, words).sections.all()]


SECTIONS = """# P

## Phase 1: a

### one

- [ ] in one

#### inner

- [ ] in inner: ____ ms

### two

- [ ] in two

## Phase 2: b

### three

- [ ] in three

## Success Criteria

- [ ] c
"""


@pytest.fixture
def plan(manager):
    return make(manager, NOON, SECTIONS)


def test_phases_and_sections_are_added(plan, manager, act):
    new = add_phase(plan, act(manager), "Aftercare", window="T+1 day")
    assert titles(plan) == ["Phase 1: a", "Phase 2: b", "Aftercare", "Success Criteria"]
    assert (new.offset_start, new.kind) == (1440, "phase")
    outer = add_section(new, act(manager), "Watch")
    inner = add_section(outer, act(manager), "Watch the lamps", window="T+2 days")
    assert (inner.parent, inner.depth, inner.offset_start) == (outer, 1, 2880)
    assert sections(plan, "Aftercare") == ["Watch", ">Watch the lamps"]
    add_section(section(plan, "one"), act(manager), "more")
    assert sections(plan, "1: a") == ["one", ">inner", ">more", "two"]
    for number in range(7):
        inner = add_section(inner, act(manager), f"level {number}")
    with pytest.raises(TransitionRefused, match="too deep"):
        add_section(inner, act(manager), "deeper")
    with pytest.raises(TransitionRefused, match="too deep"):
        move_section(outer, act(manager), "up") and move_section(outer, act(manager), "deeper")


def test_they_are_renamed_and_timed(plan, manager, act):
    first = phase(plan, "1: a")
    began = seen_of(first, divisions.PLANNED)
    amend_division(first, act(manager), {"title": "Phase 1: A", "window": "T-2 days"}, began=began)
    first = phase(plan, "1: A")
    assert first.offset_start == -2880
    entry = plan.journal.get(action=Action.PHASE_AMENDED)
    assert "from Phase 1: a to Phase 1: A" in entry.sentence
    with pytest.raises(TransitionRefused, match="It is now: Phase 1: A · T-2 days"):
        amend_division(first, act(manager), {"title": "Other"}, began=began)
    amend_division(first, act(manager), {"title": "Phase 1: A"}, began=began)
    amend_division(first, act(manager), {"recurrence": "daily"}, began=seen_of(first, divisions.PLANNED))
    assert plan.journal.filter(action=Action.PHASE_AMENDED).count() == 2


def test_phases_are_moved_with_all_that_is_in_them(plan, manager, act):
    assert move_phase(phase(plan, "1: a"), act(manager), "down")
    assert titles(plan) == ["Phase 2: b", "Phase 1: a", "Success Criteria"]
    assert [each.text for each in plan.items.all()][:2] == ["in three", "in one"]
    assert not move_phase(phase(plan, "2: b"), act(manager), "up")
    assert not move_phase(phase(plan, "2: b"), act(manager), "deeper")
    assert "before Success Criteria" not in plan.journal.get(action=Action.PHASE_MOVED).sentence
    check_tree(plan)


def test_sections_are_moved_among_and_into_each_other_and_to_other_phases(plan, manager, act):
    two, one = section(plan, "two"), section(plan, "one")
    assert move_section(two, act(manager), "up")
    assert sections(plan, "1: a") == ["two", "one", ">inner"]
    assert not move_section(two, act(manager), "up")
    assert not move_section(two, act(manager), "deeper")
    assert move_section(one, act(manager), "deeper")
    assert sections(plan, "1: a") == ["two", ">one", ">>inner"]
    assert not move_section(one, act(manager), "down")
    assert move_section(one, act(manager), "higher")
    assert not move_section(one, act(manager), "higher")
    assert move_section(one, act(manager), "down")
    assert (sections(plan, "1: a"), sections(plan, "2: b")) == (["two"], ["one", ">inner", "three"])
    assert item(plan, "in inner").phase == phase(plan, "2: b")
    assert Field.objects.get(project=plan).phase == phase(plan, "2: b")
    check_tree(plan)
    assert move_section(section(plan, "three"), act(manager), "down")
    assert item(plan, "in three").kind == "criterion"
    assert move_section(section(plan, "three"), act(manager), "up")
    assert item(plan, "in three").kind == "task"


def test_what_is_in_them_goes_and_comes_back_with_them(plan, manager, technician, act):
    item(plan, "in one").claim(act(technician))
    retire_item(item(plan, "in inner"), act(manager, NOON - timedelta(minutes=1)))
    one = section(plan, "one")
    retire_division(one, act(manager), reason="Done elsewhere")
    retire_division(one, act(manager))
    assert sections(plan, "1: a") == ["two"]
    assert Tally.of(plan.items.all()).total == 3
    gone = Item.with_retired.get(project=plan, text="in one")
    assert (gone.owner, gone.state, gone.retired_reason) == (None, State.OPEN, "Done elsewhere")
    assert "with 1 item" in plan.journal.get(action=Action.SECTION_RETIRED).sentence
    for verb in (
        lambda: add_section(one, act(manager), "x"),
        lambda: move_section(one, act(manager), "down"),
        lambda: amend_division(one, act(manager), {"title": "x"}, began=""),
    ):
        with pytest.raises(TransitionRefused, match="Mara Manager took “one” out of the plan"):
            verb()
    for verb in (
        lambda: restore_division(section(plan, "inner"), act(manager)),
        lambda: restore_item(gone, act(manager)),
    ):
        with pytest.raises(TransitionRefused, match="“one”, in which it stood, is out of the plan too"):
            verb()
    restore_division(one, act(manager))
    restore_division(one, act(manager))
    assert sections(plan, "1: a") == ["one", ">inner", "two"]
    assert [each.text for each in plan.items.all()][:2] == ["in one", "in two"]
    assert not plan.fields.exists()


def test_a_phase_goes_and_comes_back(plan, manager, act):
    first = phase(plan, "1: a")
    retire_division(first, act(manager))
    assert titles(plan) == ["Phase 2: b", "Success Criteria"]
    assert plan.items.count() == 2
    with pytest.raises(TransitionRefused, match="Put that back first"):
        restore_division(section(plan, "two"), act(manager))
    restore_division(first, act(manager))
    assert titles(plan)[0] == "Phase 1: a"
    assert (plan.items.count(), plan.fields.count()) == (5, 1)
    check_tree(plan)


def test_a_phase_that_is_signed_for_stays(project, manager, act):
    project.slots.filter(number=1).update(phase=phase(project, "Night"), scope="phase")
    with pytest.raises(TransitionRefused, match="“Phase 2: Night” is signed for"):
        retire_division(phase(project, "Night"), act(manager))


def test_blanks_are_added_changed_and_kept(project, manager, technician, act):
    lamps = item(project, "Lamps answer")
    asks = {"label": "Lumen", "kind": "number", "unit": "lm", "choices": []}
    field = blanks.add_blank(project, act(manager), lamps, asks)
    assert (field.item, field.phase, field.unit) == (lamps, lamps.phase, "lm")
    for owner in (project, lamps.phase, section(project, "Servers")):
        blanks.add_blank(project, act(manager), owner, {"label": f"of {owner}", "kind": "text"})
    assert project.fields.filter(item=None).count() == 3
    began = seen_of(field, blanks.PLANNED)
    blanks.amend_blank(field, act(manager), {**asks, "label": "Lumen > 200", "kind": "text"}, began=began)
    assert (field.threshold["operator"], field.kind) == (">", "text")
    assert "from Lumen to Lumen > 200 (kind)" in project.journal.get(action=Action.FIELD_AMENDED).sentence
    with pytest.raises(TransitionRefused, match="It is now: Lumen > 200 lm"):
        blanks.amend_blank(field, act(manager), asks, began=began)
    field.read(act(technician), "210")
    with pytest.raises(TransitionRefused, match="entered here already"):
        blanks.amend_blank(field, act(manager), {"kind": "date"}, began=seen_of(field, blanks.PLANNED))
    blanks.retire_blank(field, act(manager))
    blanks.retire_blank(field, act(manager))
    assert not lamps.fields.exists()
    with pytest.raises(TransitionRefused, match="took “Lumen > 200” out"):
        blanks.amend_blank(field, act(manager), asks, began="")
    retire_item(lamps, act(manager))
    with pytest.raises(TransitionRefused, match="Put that back first"):
        blanks.restore_blank(field, act(manager))
    with pytest.raises(TransitionRefused, match="is out of the plan"):
        blanks.add_blank(project, act(manager), lamps, asks)
    restore_item(lamps, act(manager, NOON + timedelta(minutes=1)))
    blanks.restore_blank(field, act(manager))
    blanks.restore_blank(field, act(manager))
    assert lamps.fields.get().latest.value == "210"


def test_from_the_baseline_on_these_say_why_too(project, manager, act):
    baseline(project, act(manager))
    night, servers, field = phase(project, "Night"), section(project, "Servers"), project.fields.get()
    for change in (
        lambda **why: add_phase(project, act(manager), "After", **why),
        lambda **why: add_section(night, act(manager), "Lamps", **why),
        lambda **why: amend_division(
            night, act(manager), {"title": "N"}, began=seen_of(night, divisions.PLANNED), **why
        ),
        lambda **why: move_phase(night, act(manager), "up", **why),
        lambda **why: move_section(servers, act(manager), "up", **why),
        lambda **why: retire_division(night, act(manager), **why),
        lambda **why: restore_division(night, act(manager), **why),
        lambda **why: blanks.add_blank(project, act(manager), project, {"label": "x", "kind": "text"}, **why),
        lambda **why: blanks.amend_blank(
            field, act(manager), {"label": "y"}, began=seen_of(field, blanks.PLANNED), **why
        ),
        lambda **why: blanks.retire_blank(field, act(manager), **why),
        lambda **why: blanks.restore_blank(field, act(manager), **why),
    ):
        before = project.journal.count()
        with pytest.raises(TransitionRefused, match="say why it changes"):
            change()
        assert project.journal.count() == before
        change(reason="The harbour asked")
        assert project.journal.last().remark == "The harbour asked"


@pytest.mark.parametrize("seed", range(40 if os.environ.get("GOLIVE_SLOW") else 3))
def test_random_changes_of_divisions_keep_the_tree_sane(manager, act, seed):
    project, dice = make(manager, NOON, TREE), random.Random(seed)  # noqa: S311
    for turn in range(40):
        now = act(manager, NOON + timedelta(minutes=turn))
        one = dice.choice(list(Section.with_retired.filter(phase__project=project).select_related("phase__project")))
        whole = dice.choice(list(Phase.with_retired.filter(project=project).select_related("project")))
        each = dice.choice(list(Item.with_retired.filter(project=project).select_related("project")))
        change = dice.choice(
            [
                lambda: move_section(one, now, dice.choice(STEPS)),  # noqa: B023
                lambda: move_phase(whole, now, dice.choice(["up", "down"])),  # noqa: B023
                lambda: add_section(dice.choice([one, whole]), now, f"s{turn}"),  # noqa: B023
                lambda: add_phase(project, now, f"p{turn}"),  # noqa: B023
                lambda: retire_division(dice.choice([one, whole]), now),  # noqa: B023
                lambda: restore_division(dice.choice([one, whole]), now),  # noqa: B023
                lambda: retire_item(each, now),  # noqa: B023
                lambda: restore_item(each, now),  # noqa: B023
            ]
        )
        try:
            change()
        except TransitionRefused:
            continue
        check_tree(project)
        for here in Phase.with_retired.filter(project=project):
            walked = list(Section.with_retired.filter(phase=here))
            for at, inner in enumerate(walked):
                assert inner.depth == (inner.parent.depth + 1 if inner.parent else 0)
                assert inner.parent is None or inner.parent in walked[:at]
                assert inner.retired_at or not (inner.parent and inner.parent.retired_at)
                assert inner.retired_at or not here.retired_at
    assert JournalEntry.objects.first_broken(project) is None
