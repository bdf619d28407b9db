"""`manage.py verify_journal` and `manage.py checkpoint`."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from checklists import append_only
from checklists.models import Checkpoint, JournalEntry
from checklists.models.checkpoint import keep_daily
from tests import builders
from tests.builders import settle
from tests.conftest import NOON


def verify(*arguments: str) -> str:
    out = io.StringIO()
    call_command("verify_journal", *arguments, stdout=out)
    return out.getvalue()


def broken(*arguments: str) -> tuple[str, int]:
    with pytest.raises(CommandError) as caught:
        verify(*arguments)
    return str(caught.value), caught.value.returncode


def sql(statement: str, *values) -> None:
    append_only.unprotect()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    append_only.protect()


def test_every_chain_is_followed(project, technician, act):
    settle(project, act(technician))
    said = verify()
    head = project.journal.last()
    assert "instance: 1 entries, intact" in said
    assert f"harbour-lights: {head.seq} entries, intact" in said
    assert f"Head {head.seq}:{head.hash}" in said
    assert verify("harbour-lights", "--head", f"{head.seq}:{head.hash[:16]}")


def test_the_first_broken_entry_is_named(project, technician, act):
    settle(project, act(technician))
    sql("UPDATE checklists_journalentry SET subject = 'x' WHERE project_id = %s AND seq IN (3, 5)", project.pk)
    assert broken("harbour-lights") == (
        "harbour-lights: BROKEN at entry 3: it says something else than its body.",
        1,
    )


def test_a_checkpoint_shows_what_was_cut_off(project, technician, act, tmp_path):
    settle(project, act(technician))
    kept = tmp_path / "heads.json"
    call_command("checkpoint", "--output", str(kept), stdout=io.StringIO())
    last = project.journal.last()
    sql("DELETE FROM checklists_journalentry WHERE id = %s", last.pk)
    assert "harbour-lights: BROKEN at entry" in broken()[0]
    # Whoever owns the database can remove the checkpoints too, but not the copy that was kept elsewhere.
    sql("DELETE FROM checklists_checkpoint")
    assert "intact" in verify()
    assert broken("--checkpoint", str(kept))[1] == 1


def test_a_project_that_vanished_is_missed(project, manager, act):
    other = builders.project(manager, NOON, name="Second")
    Checkpoint.objects.make(NOON)
    sql("DELETE FROM checklists_journalentry WHERE project_id = %s", other.pk)
    assert "second: BROKEN at entry 1" in broken()[0]


def test_an_edited_checkpoint_is_found(project):
    for _ in range(3):
        Checkpoint.objects.make(NOON)
    second = Checkpoint.objects.all()[1]
    sql("UPDATE checklists_checkpoint SET body = %s WHERE id = %s", second.body.replace("2027", "2026"), second.pk)
    assert f"CHECKPOINTS BROKEN at {second.pk}" in broken()[0]


def test_a_chain_of_another_project_is_no_chain_of_this_one(project, manager):
    other = builders.project(manager, NOON, name="Second")
    first = json.loads(project.journal.get(seq=1).body)["binds"]
    assert first["project"] == str(project.uuid) != str(other.uuid)
    assert first["instance"] == json.loads(JournalEntry.objects.get(project=None, seq=1).body)["binds"]["instance"]
    sql("UPDATE checklists_journalentry SET project_id = NULL WHERE seq > 1")
    sql("DELETE FROM checklists_journalentry WHERE project_id IS NULL")
    sql("UPDATE checklists_journalentry SET project_id = NULL WHERE project_id = %s", project.pk)
    sql("UPDATE checklists_journalentry SET project_id = %s WHERE project_id = %s", project.pk, other.pk)
    assert broken("harbour-lights") == ("harbour-lights: BROKEN at entry 1: it is the first entry of another chain.", 1)


def test_it_says_when_it_cannot_tell(project, tmp_path):
    assert broken("nowhere")[1] == 2
    assert broken("--head", "1:" + "0" * 64)[1] == 2
    assert broken("--checkpoint", str(tmp_path / "none.json"))[1] == 2


def test_the_worker_makes_one_checkpoint_a_day(project):
    for hours, expected in ((0, 1), (1, 1), (23, 1), (24, 2), (47, 2), (49, 3)):
        keep_daily(NOON + timedelta(hours=hours))
        assert Checkpoint.objects.count() == expected
