"""Changing the plan: every verb with its guards, and the tree that stays a tree whatever is moved where."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest

from checklists.act import TransitionRefused
from checklists.models import Action, Field, Item, JournalEntry, Section
from checklists.models.item import Kind, State
from checklists.planning.baseline import baseline
from checklists.planning.items import (
    Overtaken,
    add_item,
    amend_item,
    move_item,
    planned,
    restore_item,
    retire_item,
    seen_of,
    split_item,
)
from checklists.planning.order import STEPS, Order
from checklists.planning.places import Place
from checklists.readiness import Tally
from signoffs import gate
from signoffs.models import Decision
from tests.builders import ask_one_more, item, settle
from tests.builders import project as make
from tests.conftest import NOON

LATER = NOON + timedelta(minutes=1)


def texts(project, **where):
    return [each.text for each in project.items.filter(**where)]


def actions(project):
    return [entry.action for entry in project.journal.exclude(action=Action.PROJECT_CREATED)]


def gone(project, words):
    return Item.with_retired.select_related("project").get(project=project, text__startswith=words)


# -- Adding ------------------------------------------------------------------------------------------------------------


def test_an_item_is_added_where_it_is_wanted_and_keeps_its_number(project, manager, act):
    added = add_item(project, act(manager), "Lamps dimmed", Place.of("before", item(project, "Lamps answer")))
    assert texts(project, phase__position=1) == ["Switch the name to the new server", "Lamps dimmed", "Lamps answer"]
    assert added.number == max(project.items.values_list("number", flat=True)) == 8
    assert (added.phase, added.kind, added.depth) == (item(project, "Lamps answer").phase, Kind.TASK, 0)
    entry = project.journal.get(action=Action.ITEM_ADDED)
    assert (entry.item, entry.actor) == (added, manager)


def test_an_added_item_is_read_like_a_line_of_a_checklist(project, manager, act):
    place = Place.of("last", Section.objects.get(phase__project=project))
    added = add_item(project, act(manager), "Latency below 200 ms (latency: ____ ms)", place, window="T-2 hours")
    blank = added.fields.get()
    assert (blank.label, blank.unit, blank.kind, blank.section) == ("latency", "ms", "number", added.section)
    assert (added.offset_start, added.threshold["operator"]) == (-120, "<")
    assert texts(project, section=added.section)[-1] == added.text


def test_without_a_place_it_goes_to_the_end_of_the_last_phase(project, manager, act):
    add_item(project, act(manager), "Champagne")
    assert texts(project, phase__position=1)[-1] == "Champagne"
    empty = make(manager, NOON, "# Nothing to do\n\nSome words.\n", "Empty")
    with pytest.raises(TransitionRefused, match="no phase yet"):
        add_item(empty, act(manager), "Champagne")


def test_a_part_makes_a_group_that_nobody_holds(project, manager, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    part = add_item(project, act(manager), "The red one", Place.of("last", lamps))
    lamps.refresh_from_db()
    assert (lamps.owner, lamps.state, part.parent, part.depth) == (None, State.OPEN, lamps, 1)
    assert actions(project) == [Action.ITEM_CLAIMED, Action.ITEM_RELEASED, Action.ITEM_ADDED]


def test_a_done_group_is_reopened_by_a_new_part(project, manager, technician, act):
    settle(project, act(technician))
    group = item(project, "Database ready")
    add_item(project, act(manager), "Indexes built", Place.of("first", group))
    group.refresh_from_db()
    assert group.state == State.REOPENED
    assert "#8" in group.reason
    assert texts(project, parent=group)[0] == "Indexes built"


# -- Amending ----------------------------------------------------------------------------------------------------------


def test_what_changed_can_be_read_and_is_proven(project, manager, act):
    lamps = item(project, "Lamps answer")
    amend_item(lamps, act(manager), {"text": "All lamps answer", "optional": True}, began=seen_of(lamps))
    entry = project.journal.get(action=Action.ITEM_AMENDED)
    changed = entry.amendment
    assert changed.before == {"text": "Lamps answer", "optional": False}
    assert changed.after == {"text": "All lamps answer", "optional": True}
    assert entry.facts["digest"] == changed.digest_of(changed.before, changed.after, changed.salt)
    assert item(project, "All lamps answer").optional
    assert "All lamps answer" in entry.sentence
    assert entry.facts["digest"] not in entry.sentence


def test_what_the_words_mean_follows_them(project, manager, act):
    lamps = item(project, "Lamps answer")
    changes = {"text": "Lamps answer within < 5 seconds", "window": "T+2 hours", "duration_minutes": 15}
    amend_item(lamps, act(manager), changes, began=seen_of(lamps))
    lamps = item(project, "Lamps answer")
    assert (lamps.offset_start, lamps.duration_minutes, lamps.threshold["operator"]) == (120, 15, "<")
    amend_item(lamps, act(manager), {"window": ""}, began=seen_of(lamps))
    assert item(project, "Lamps answer").offset_start is None


def test_two_editors_never_overwrite_each_other(project, manager, act):
    first, second = item(project, "Lamps answer"), item(project, "Lamps answer")
    seen = seen_of(second)
    amend_item(first, act(manager), {"text": "Lamps shine"}, began=seen)
    with pytest.raises(Overtaken, match="Mara Manager changed this item at 14:00 EET") as refusal:
        amend_item(second, act(manager), {"text": "Lamps burn"}, began=seen)
    assert refusal.value.item.text == "Lamps shine"
    amend_item(second, act(manager), {"text": "Lamps shine"}, began=seen)  # the same change is no conflict
    assert project.journal.filter(action=Action.ITEM_AMENDED).count() == 1
    first.claim(act(manager))
    amend_item(first, act(manager), {"text": "Lamps glow"}, began=seen_of(first))  # a claim changes no words


def test_what_was_done_is_not_rewritten(project, manager, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.complete(act(technician))
    for change in (
        lambda: amend_item(lamps, act(manager), {"text": "Else"}, began=seen_of(lamps)),
        lambda: split_item(lamps, act(manager), ["One", "Two"]),
    ):
        with pytest.raises(TransitionRefused, match="Reopen it"):
            change()
    assert item(project, "Lamps answer").is_settled


def test_nothing_changed_is_nothing_recorded(project, manager, act):
    lamps = item(project, "Lamps answer")
    amend_item(lamps, act(manager), planned(lamps), began="whatever")
    assert not move_item(lamps, act(manager), Place.of("after", item(project, "Switch the name")))
    assert actions(project) == []


# -- Moving ------------------------------------------------------------------------------------------------------------


def test_a_move_takes_parts_and_blanks_along(project, manager, act):
    group, rows = item(project, "Database ready"), item(project, "Rows counted")
    night = item(project, "Lamps answer").phase
    move_item(rows, act(manager), Place.of("first", group))
    move_item(group, act(manager), Place.of("last", night))
    assert texts(project, phase=night)[2:] == [
        "Database ready",
        "Rows counted (count: ____ rows)",
        "Backup restored on the spare machine",
        "Replica follows within 5 seconds",
    ]
    assert set(project.items.filter(phase=night).values_list("section", flat=True)) == {None}
    assert (rows.fields.get().phase, rows.fields.get().section) == (night, None)
    assert [part.depth for part in group.children.all()] == [1, 1, 1]


def test_steps_lead_over_the_edges_of_sections(project, manager, act):
    lamps, certificates = item(project, "Lamps answer"), item(project, "Certificates valid")
    assert move_item(lamps, act(manager), "up")
    assert move_item(lamps, act(manager), "up")
    assert texts(project)[-3:] == [
        "Rows counted (count: ____ rows)",
        "Lamps answer",
        "Switch the name to the new server",
    ]
    assert move_item(lamps, act(manager), "deeper")
    assert item(project, "Lamps answer").parent.text.startswith("Rows counted")
    assert move_item(lamps, act(manager), "higher")
    assert not move_item(lamps, act(manager), "higher")
    assert move_item(certificates, act(manager), "down")
    assert texts(project, depth=0)[:3] == ["Database ready", "Rows counted (count: ____ rows)", "Certificates valid"]
    assert not move_item(item(project, "Backup"), act(manager), "up")
    first = item(project, "Database ready")
    assert move_item(first, act(manager), "up")  # out of its section, before it
    assert item(project, "Database ready").section is None
    assert not move_item(first, act(manager), "up")


def test_nothing_stands_below_itself(project, manager, act):
    group, part = item(project, "Database ready"), item(project, "Backup")
    for place in (Place.of("last", part), Place.of("after", part), Place.of("last", group), Place.of("after", group)):
        with pytest.raises(TransitionRefused, match="itself"):
            move_item(group, act(manager), place)
    retire_item(part, act(manager))
    with pytest.raises(TransitionRefused, match="no longer there"):
        move_item(item(project, "Lamps answer"), act(manager), Place.of("after", part))
    with pytest.raises(TransitionRefused, match="no longer there"):
        move_item(item(project, "Lamps answer"), act(manager), Place("last", "phase", 0))
    with pytest.raises(TransitionRefused, match="took this item out"):
        move_item(part, act(manager), "up")


def test_nothing_is_nested_too_deep(project, manager, act):
    above = item(project, "Lamps answer")
    for number in range(8):
        above = add_item(project, act(manager), f"Level {number}", Place.of("last", above))
    with pytest.raises(TransitionRefused, match="too deep"):
        add_item(project, act(manager), "Deeper", Place.of("last", above))
    with pytest.raises(TransitionRefused, match="too deep"):
        move_item(item(project, "Lamps answer"), act(manager), "deeper")


def test_groups_follow_parts_that_come_and_go(project, manager, technician, act):
    backup, replica = item(project, "Backup"), item(project, "Replica")
    backup.complete(act(technician))
    move_item(replica, act(manager), Place.of("last", item(project, "Lamps answer").phase))
    assert item(project, "Database ready").state == State.DONE  # its last open part went
    move_item(replica, act(manager), Place.of("after", backup))
    assert item(project, "Database ready").state == State.REOPENED
    retire_item(replica, act(manager))
    assert item(project, "Database ready").state == State.DONE
    restore_item(replica, act(manager))
    assert item(project, "Database ready").state == State.REOPENED


def test_an_item_becomes_a_criterion_among_criteria(manager, act):
    project = make(manager, NOON, "# P\n\n## Phase 1: a\n\n- [ ] One\n\n## Success Criteria\n\n- [ ] Two\n")
    one = item(project, "One")
    move_item(one, act(manager), Place.of("after", item(project, "Two")))
    assert item(project, "One").kind == Kind.CRITERION


def test_a_plan_without_room_is_put_in_order_anew(project, manager, act):
    Item.objects.filter(project=project).update(position=1)
    for number, each in enumerate(project.items.order_by("number"), start=1):
        Item.objects.filter(pk=each.pk).update(position=number)
    move_item(item(project, "Lamps answer"), act(manager), Place.of("before", item(project, "Certificates")))
    assert texts(project)[3] == "Lamps answer"
    positions = list(project.items.values_list("position", flat=True))
    assert positions == sorted(set(positions))


# -- Splitting ---------------------------------------------------------------------------------------------------------


def test_a_split_keeps_number_notes_and_history(project, manager, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.note(act(technician), "Which ones?")
    parts = split_item(lamps, act(manager), ["Red lamps answer", "Green lamps answer", "White lamps answer"])
    kept = project.items.get(number=lamps.number)
    assert (kept.text, kept.notes.count()) == ("Red lamps answer", 1)
    assert texts(project)[-3:] == ["Red lamps answer", "Green lamps answer", "White lamps answer"]
    assert [part.number for part in parts] == [8, 9]
    assert project.journal.get(action=Action.ITEM_SPLIT).facts["into"] == "#8, #9"


def test_a_split_into_sub_items(project, manager, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    split_item(lamps, act(manager), ["Red", "Green"], below=True)
    lamps.refresh_from_db()
    assert (lamps.text, lamps.owner, texts(project, parent=lamps)) == ("Lamps answer", None, ["Red", "Green"])


# -- Retiring ----------------------------------------------------------------------------------------------------------


def test_what_is_retired_is_kept_and_counts_nowhere(project, manager, technician, act):
    group = item(project, "Database ready")
    item(project, "Backup").claim(act(technician))
    item(project, "Replica").note(act(technician), "Slow")
    retire_item(group, act(manager), reason="Hosted elsewhere")
    assert "Database ready" not in texts(project)
    assert Tally.of(project.items.all()).total == 4
    kept = gone(project, "Backup")
    assert (kept.retired_by, kept.retired_reason, kept.owner, kept.state) == (
        manager,
        "Hosted elsewhere",
        None,
        State.OPEN,
    )
    assert gone(project, "Replica").notes.count() == 1
    entry = project.journal.get(action=Action.ITEM_RETIRED)
    assert (entry.remark, "with 2 below it" in entry.sentence) == ("Hosted elsewhere", True)
    retire_item(group, act(manager))
    assert project.journal.filter(action=Action.ITEM_RETIRED).count() == 1


def test_blanks_go_and_come_back_with_their_item(project, manager, technician, act):
    rows = item(project, "Rows counted")
    rows.fields.get().read(act(technician), "12")
    retire_item(rows, act(manager))
    assert not project.fields.exists()
    restore_item(rows, act(manager))
    assert Field.objects.get(project=project).readings.get().value == "12"


def test_no_verb_works_on_what_is_retired(project, manager, technician, act):
    lamps = item(project, "Lamps answer")
    retire_item(lamps, act(manager))
    for verb in (
        lambda: lamps.claim(act(technician)),
        lambda: lamps.complete(act(technician)),
        lambda: lamps.note(act(technician), "?"),
        lambda: amend_item(lamps, act(manager), {"text": "x"}, began=""),
        lambda: split_item(lamps, act(manager), ["x", "y"]),
    ):
        with pytest.raises(TransitionRefused, match="Mara Manager took this item out of the plan at 14:00 EET"):
            verb()


def test_what_went_together_comes_back_together_and_nothing_else(project, manager, act):
    group = item(project, "Database ready")
    retire_item(item(project, "Backup"), act(manager))
    retire_item(group, act(manager, LATER))
    with pytest.raises(TransitionRefused, match="“Database ready”, in which it stood, is out of the plan too"):
        restore_item(gone(project, "Replica"), act(manager))
    restore_item(group, act(manager))
    assert texts(project, parent=group) == ["Replica follows within 5 seconds"]
    assert texts(project)[0] == "Database ready"
    restore_item(group, act(manager))
    assert actions(project).count(Action.ITEM_RESTORED) == 1


def test_a_signature_over_a_retired_item_is_stale_and_says_so(project, manager, technician, approver, act):
    settle(project, act(technician))
    ask_one_more(project)
    standing = gate.standings(project)[0]
    gate.sign(standing.slot, act(approver), Decision.APPROVE, standing.digest)
    retire_item(item(project, "Certificates"), act(manager))
    standing = gate.standings(project)[0]
    assert standing.state == "stale"
    assert "#4 was taken out" in standing.changes


# -- The baseline ------------------------------------------------------------------------------------------------------


def test_from_the_baseline_on_every_change_says_why(project, manager, act):
    lamps = item(project, "Lamps answer")
    amend_item(lamps, act(manager), {"text": "Lamps shine"}, began=seen_of(lamps))
    baseline(project, act(manager))
    baseline(project, act(manager, LATER))
    assert (project.baselined_by, project.baselined_at) == (manager, NOON)
    assert project.journal.filter(action=Action.PLAN_BASELINED).count() == 1
    for change in (
        lambda **why: amend_item(lamps, act(manager), {"text": "Lamps burn"}, began=seen_of(lamps), **why),
        lambda **why: add_item(project, act(manager), "One more", **why),
        lambda **why: move_item(lamps, act(manager), "up", **why),
        lambda **why: split_item(lamps, act(manager), ["Lamps burn", "Lamps glow"], **why),
        lambda **why: retire_item(lamps, act(manager), **why),
        lambda **why: restore_item(lamps, act(manager), **why),
    ):
        before = project.journal.count()
        with pytest.raises(TransitionRefused, match="say why it changes"):
            change(reason="  ")
        assert project.journal.count() == before
        change(reason="The harbour asked")
        assert project.journal.last().remark == "The harbour asked"


def test_the_chain_holds_through_all_of_it(project, manager, act):
    lamps = item(project, "Lamps answer")
    split_item(lamps, act(manager), ["a", "b"])
    move_item(lamps, act(manager), "up")
    retire_item(lamps, act(manager))
    assert JournalEntry.objects.first_broken(project) is None


# -- Whatever is moved where -------------------------------------------------------------------------------------------

TREE = """# Tree

## Phase 1: a

- [ ] a1
- [ ] a2
  - [ ] a21
  - [ ] a22

### s

- [ ] s1
- [ ] s2: ____ ms

#### t

- [ ] t1

## Phase 2: b

- [ ] b1

## Success Criteria

- [ ] c1
"""


def check_tree(project):
    """What holds of every plan: the order is that of the tree, parts stand where their group stands, groups are true."""
    items = list(Item.with_retired.filter(project=project))
    known = {each.pk: each for each in items}
    positions = [each.position for each in items]
    assert positions == sorted(set(positions))
    assert [each.pk for each in Order(project).walk()] == [each.pk for each in items]
    for each in items:
        above = known.get(each.parent_id)
        assert each.depth == (above.depth + 1 if above else 0)
        assert each.section is None or each.section.phase_id == each.phase_id
        assert (each.kind == Kind.CRITERION) == (each.phase.kind == "criteria")
        if above:
            assert (each.phase_id, each.section_id) == (above.phase_id, above.section_id)
            assert not above.retired_at or each.retired_at
        for blank in Field.with_retired.filter(item=each):
            assert (blank.phase_id, blank.section_id) == (each.phase_id, each.section_id)
            assert bool(blank.retired_at) == bool(each.retired_at)
        parts = [part for part in items if part.parent_id == each.pk and not part.retired_at]
        if parts and not each.retired_at:
            # A group that somebody reopened by itself stays open until somebody completes it.
            assert each.is_settled == all(part.is_settled for part in parts) or each.state == State.REOPENED, each
            assert not each.is_settled or all(part.is_settled for part in parts), each


@pytest.mark.parametrize("seed", range(60 if os.environ.get("GOLIVE_SLOW") else 4))
def test_random_changes_keep_the_tree_sane(manager, act, seed):
    project, dice = make(manager, NOON, TREE), random.Random(seed)  # noqa: S311
    places = [*project.phases.all(), *Section.objects.filter(phase__project=project)]
    for turn in range(60):
        now = act(manager, NOON + timedelta(minutes=turn))
        each = dice.choice(list(Item.with_retired.filter(project=project).select_related("project")))
        anchor = dice.choice([*project.items.all(), *places])
        how = dice.choice(["before", "after", "first", "last"] if isinstance(anchor, Item) else ["first", "last"])
        change = dice.choice(
            [
                lambda: move_item(each, now, Place.of(how, anchor)),  # noqa: B023
                lambda: move_item(each, now, dice.choice(STEPS)),  # noqa: B023
                lambda: add_item(project, now, f"new {turn}: ____ ms", Place.of(how, anchor)),  # noqa: B023
                lambda: split_item(each, now, ["one", "two"], below=dice.random() < 0.5),  # noqa: B023
                lambda: retire_item(each, now),  # noqa: B023
                lambda: restore_item(each, now),  # noqa: B023
                lambda: each.complete(now),  # noqa: B023
                lambda: each.reopen(now, "again"),  # noqa: B023
            ]
        )
        try:
            change()
        except TransitionRefused:
            continue
        check_tree(project)
    assert JournalEntry.objects.first_broken(project) is None
