"""The verbs of an item: what they change, what they refuse, and that each is journalled."""

import pytest
from django.db import IntegrityError, transaction

from checklists.act import TransitionRefused
from checklists.models import Action, Item
from checklists.models.item import State
from tests.builders import item, settle


def last(project):
    return project.journal.last()


def test_claim_makes_it_mine(project, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    lamps.refresh_from_db()
    assert (lamps.state, lamps.owner) == (State.CLAIMED, technician)
    assert last(project).action == Action.ITEM_CLAIMED


def test_second_claim_names_the_first(project, technician, other_technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    with pytest.raises(TransitionRefused, match="Tom Technician has this item since 14:00 EET"):
        lamps.claim(act(other_technician))
    lamps.refresh_from_db()
    assert lamps.owner == technician


def test_claiming_twice_is_one_claim(project, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    before = project.journal.count()
    lamps.claim(act(technician))
    assert project.journal.count() == before


def test_release_gives_it_back(project, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    lamps.release(act(technician))
    lamps.refresh_from_db()
    assert (lamps.state, lamps.owner) == (State.OPEN, None)
    assert last(project).action == Action.ITEM_RELEASED


def test_only_a_manager_releases_for_others(project, manager, technician, other_technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    with pytest.raises(TransitionRefused):
        lamps.release(act(other_technician))
    lamps.release(act(manager), for_others=True)
    lamps.refresh_from_db()
    assert lamps.owner is None
    assert "Tom Technician" in last(project).sentence


def test_complete_says_who_and_when(project, technician, act):
    lamps = item(project, "Lamps answer")
    done = act(technician)
    lamps.complete(done)
    lamps.refresh_from_db()
    assert (lamps.state, lamps.settled_by, lamps.settled_at) == (State.DONE, technician, done.at)
    assert last(project).action == Action.ITEM_COMPLETED


def test_what_somebody_else_holds_is_not_completed(project, technician, other_technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    with pytest.raises(TransitionRefused):
        lamps.complete(act(other_technician))


def test_a_group_waits_for_its_parts(project, technician, act):
    with pytest.raises(TransitionRefused, match="2 sub-items are still open"):
        item(project, "Database ready").complete(act(technician))


def test_the_last_part_completes_the_group(project, technician, other_technician, act):
    item(project, "Backup restored").complete(act(technician))
    assert item(project, "Database ready").state == State.OPEN
    item(project, "Replica follows").complete(act(other_technician))
    group = item(project, "Database ready")
    assert (group.state, group.settled_by) == (State.DONE, other_technician)
    assert last(project).item == group


def test_not_applicable_parts_count_as_settled(project, technician, act):
    item(project, "Backup restored").set_aside(act(technician), "No spare machine")
    item(project, "Replica follows").complete(act(technician))
    assert item(project, "Database ready").state == State.DONE


def test_reopening_a_part_reopens_the_group(project, technician, act):
    settle(project, act(technician))
    item(project, "Replica follows").reopen(act(technician), "Lag of a minute")
    group = item(project, "Database ready")
    assert group.state == State.REOPENED
    assert "Lag of a minute" in group.reason
    assert group.settled_by is None


def test_block_keeps_the_owner_and_resume_returns_it(project, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    lamps.block(act(technician), "No power on the pier")
    lamps.refresh_from_db()
    assert (lamps.state, lamps.owner, lamps.reason) == (State.BLOCKED, technician, "No power on the pier")
    lamps.resume(act(technician))
    lamps.refresh_from_db()
    assert (lamps.state, lamps.reason) == (State.CLAIMED, "")
    assert [entry.action for entry in project.journal.order_by("-seq")[:2]] == [
        Action.ITEM_RESUMED,
        Action.ITEM_BLOCKED,
    ]


def test_a_blocked_group_follows_its_settled_parts_when_it_is_taken_up_again(project, technician, act):
    item(project, "Database ready").block(act(technician), "No disk")
    item(project, "Backup restored").complete(act(technician))
    item(project, "Replica follows").complete(act(technician))
    assert item(project, "Database ready").state == State.BLOCKED
    item(project, "Database ready").resume(act(technician))
    assert item(project, "Database ready").state == State.DONE


def test_what_changes_nothing_is_refused_not_saved(project, technician, act):
    for verb, given in (("reopen", ["Why not"]), ("resume", [])):
        with pytest.raises(TransitionRefused, match="Nothing was changed"):
            getattr(item(project, "Lamps answer"), verb)(act(technician), *given)


def test_note_is_kept_with_author_and_moment(project, approver, act):
    lamps = item(project, "Lamps answer")
    lamps.note(act(approver), "Seen from the pier")
    note = lamps.notes.get()
    assert (note.author, note.text) == (approver, "Seen from the pier")
    entry = last(project)
    assert (entry.action, entry.remark) == (Action.NOTE_ADDED, "Seen from the pier")
    assert "Seen from the pier" not in entry.body


def test_a_settled_item_tells_who_was_faster(project, technician, other_technician, act):
    lamps = item(project, "Lamps answer")
    lamps.complete(act(technician))
    with pytest.raises(TransitionRefused, match="Tom Technician completed this at 14:00 EET"):
        lamps.block(act(other_technician), "Too late")


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": State.DONE},
        {"state": State.CLAIMED},
        {"state": State.BLOCKED},
        {"state": "finished"},
    ],
)
def test_the_database_refuses_impossible_states(project, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=item(project, "Lamps answer").pk).update(**wrong)


def test_a_reading_is_kept_with_its_history(project, technician, other_technician, act):
    field = item(project, "Rows counted").fields.get()
    field.read(act(technician), "18")
    field.read(act(other_technician), "19")
    field.read(act(technician), "19")
    assert [(reading.value, reading.by) for reading in field.readings.all()] == [
        ("18", technician),
        ("19", other_technician),
    ]
    assert last(project).action == Action.READING_GIVEN


def test_failing_says_how_and_can_be_taken_up_again(project, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    lamps.fail(act(technician), "Three of eight stay dark")
    lamps.refresh_from_db()
    assert (lamps.state, lamps.owner, lamps.reason) == (State.FAILED, technician, "Three of eight stay dark")
    assert last(project).action == Action.ITEM_FAILED
    lamps.resume(act(technician))
    assert item(project, "Lamps answer").state == State.CLAIMED


def test_handing_over_gives_the_item_and_says_to_whom(project, technician, other_technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    with pytest.raises(TransitionRefused):
        lamps.hand_over(act(other_technician), other_technician)
    lamps.hand_over(act(technician), other_technician)
    assert item(project, "Lamps answer").owner == other_technician
    assert "to Olga Technician" in last(project).sentence


def test_a_manager_assigns_what_nobody_holds(project, manager, technician, act):
    item(project, "Lamps answer").hand_over(act(manager), technician, for_others=True)
    assert item(project, "Lamps answer").state == State.CLAIMED


def test_undo_takes_back_ones_own_last_act_and_leaves_a_trail(project, technician, act):
    item(project, "Backup restored").complete(act(technician))
    part = item(project, "Replica follows")
    part.complete(act(technician))
    part.undo(act(technician))
    assert item(project, "Replica follows").state == State.CLAIMED
    assert item(project, "Database ready").state == State.OPEN
    assert [entry.action for entry in part.history.all()] == [Action.ITEM_COMPLETED, Action.ITEM_UNDONE]


@pytest.mark.parametrize("verb", ["claim", "release", "block", "fail", "set_aside", "complete"])
def test_what_was_undone_can_be_done_again(project, technician, act, verb):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    if verb != "claim":
        getattr(lamps, verb)(act(technician), *(["For a reason"] if verb in ("block", "fail", "set_aside") else []))
    lamps.undo(act(technician))
    assert item(project, "Lamps answer").state == (State.OPEN if verb == "claim" else State.CLAIMED)


def test_nobody_undoes_what_another_did(project, technician, other_technician, act):
    lamps = item(project, "Lamps answer")
    lamps.complete(act(technician))
    with pytest.raises(TransitionRefused, match="not yours to take back"):
        lamps.undo(act(other_technician))
    assert item(project, "Lamps answer").state == State.DONE
