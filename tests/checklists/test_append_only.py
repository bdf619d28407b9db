"""What the database refuses, whoever asks; and what was done although its triggers were off is found.

The tampering is raw SQL with the triggers taken off, as the owner of a database could do it.
"""

from __future__ import annotations

import io
import json
import os
import random

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from checklists import append_only
from checklists.chain import GENESIS, canonical, chain_hash
from checklists.models import Action, Checkpoint, JournalEntry
from tests.builders import item, settle
from tests.conftest import NOON

TAMPERS = 500 if os.environ.get("GOLIVE_SLOW") else 90

TABLE = append_only.JOURNAL


def sql(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def journal(project, technician, approver, act):
    item(project, "Lamps answer").note(act(technician), "They blink")
    item(project, "Certificates valid").set_aside(act(technician), "No certificates here")
    settle(project, act(technician))
    return project.journal


REFUSED = {
    "change": "UPDATE checklists_journalentry SET actor_name = 'Nobody' WHERE seq = 2",
    "blank": "UPDATE checklists_journalentry SET remark = '', salt = '' WHERE remark <> ''",
    "renumber": "UPDATE checklists_journalentry SET seq = seq + 1000",
    "delete": "DELETE FROM checklists_journalentry WHERE seq = 2",
    "delete everything": "DELETE FROM checklists_journalentry",
    "checkpoint": "UPDATE checklists_checkpoint SET body = ''",
    "delete checkpoint": "DELETE FROM checklists_checkpoint",
}


@pytest.mark.parametrize("name", REFUSED)
def test_the_database_refuses(journal, name):
    Checkpoint.objects.make(NOON)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        sql(REFUSED[name])
    assert JournalEntry.objects.first_break(journal.instance) is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such statement")
def test_postgresql_refuses_truncate_and_to_look_away(journal):
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in ("TRUNCATE checklists_journalentry CASCADE", "TRUNCATE checklists_checkpoint"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            sql(statement)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        sql("SET LOCAL session_replication_role = replica")
        sql(REFUSED["delete"])
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        sql(
            "INSERT INTO checklists_journalentry SELECT * FROM checklists_journalentry WHERE seq = 2"
            " ON CONFLICT (id) DO UPDATE SET subject = 'other'"
        )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a statement of SQLite")
@pytest.mark.parametrize("key", ["id", "seq", "prev"])
def test_sqlite_refuses_insert_or_replace(journal, key):
    columns = [field.column for field in JournalEntry._meta.fields]
    values = {"id": "id", "seq": "seq", "prev": "prev"}
    if key != "id":
        values["id"] = "id + 100000"
    if key != "seq":
        values["seq"] = "seq + 100000"
    if key != "prev":
        values["prev"] = "'" + "f" * 64 + "'"
    chosen = ", ".join(values.get(column, column) for column in columns)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        sql(f"INSERT OR REPLACE INTO {TABLE} ({', '.join(columns)}) SELECT {chosen} FROM {TABLE} WHERE seq = 2")  # noqa: S608


def test_every_trigger_is_there_after_a_flush_too(journal):
    assert append_only.missing() == []
    append_only.unprotect()
    assert append_only.missing() == sorted(append_only.names(connection.vendor))
    with pytest.raises(CommandError, match="would let the journal be changed"):
        call_command("verify_journal", stdout=io.StringIO())
    append_only.protect()
    assert append_only.missing() == []


# -- Tampering ---------------------------------------------------------------------------------------------------------


def edit(journal, dice):
    entry = dice.choice(list(journal.all()))
    column, value = dice.choice(
        [
            ("actor_name", "Somebody Else"),
            ("subject", entry.subject + "!"),
            ("action", Action.ITEM_RELEASED if entry.action != Action.ITEM_RELEASED else Action.ITEM_CLAIMED),
            ("body", entry.body.replace("2027", "2026", 1)),
            ("remark", entry.remark + "?"),
            ("hash", entry.hash[::-1]),
            ("at", "2026-01-01 00:00:00+00:00"),
        ]
    )
    sql(f"UPDATE checklists_journalentry SET {column} = %s WHERE id = %s", value, entry.pk)  # noqa: S608


def insert(journal, dice):
    """An entry put in between, numbers moved up, its own hash right."""
    at = dice.randrange(2, journal.count())
    before, after = journal.get(seq=at - 1), journal.get(seq=at)
    sql(
        "UPDATE checklists_journalentry SET seq = seq + 1000000 WHERE project_id = %s AND seq >= %s",
        journal.instance.pk,
        at,
    )
    sql("UPDATE checklists_journalentry SET prev = %s WHERE id = %s", "a" * 64, after.pk)
    body = after.body
    fresh = JournalEntry(project=journal.instance, seq=at, at=after.at, actor=after.actor, actor_name=after.actor_name)
    fresh.action, fresh.body, fresh.prev = after.action, body, before.hash
    fresh.hash = chain_hash(before.hash, body)
    fresh.save()
    sql(
        "UPDATE checklists_journalentry SET seq = seq - 999999 WHERE project_id = %s AND seq >= 1000000",
        journal.instance.pk,
    )


def delete(journal, dice):
    sql("DELETE FROM checklists_journalentry WHERE id = %s", dice.choice(list(journal.all())[:-1]).pk)


def swap(journal, dice):
    """Two entries change places, each keeping its body and hash."""
    one, other = dice.sample(list(journal.all()), 2)
    for pk, seq in ((one.pk, 999_999), (other.pk, one.seq), (one.pk, other.seq)):
        sql("UPDATE checklists_journalentry SET seq = %s WHERE id = %s", seq, pk)


def cut(journal, dice):
    """The end is gone; only an anchor shows that."""
    sql(
        "DELETE FROM checklists_journalentry WHERE project_id = %s AND seq > %s",
        journal.instance.pk,
        dice.randrange(journal.count()),
    )


def rewrite(journal, dice):
    """One entry is changed and every hash after it made right again; only an anchor shows that."""
    changed = dice.randrange(1, journal.count() + 1)
    prev = GENESIS
    for entry in list(journal.all()):
        body = json.loads(entry.body)
        if entry.seq == changed:
            body["by"]["name"] = "Somebody Else"
            sql("UPDATE checklists_journalentry SET actor_name = %s WHERE id = %s", "Somebody Else", entry.pk)
        text = canonical(body)
        digest = chain_hash(prev, text)
        sql(
            "UPDATE checklists_journalentry SET body = %s, prev = %s, hash = %s WHERE id = %s",
            text,
            prev,
            digest,
            entry.pk,
        )
        prev = digest


def blank(journal, dice):
    """What somebody wrote is gone, without an entry that says so."""
    entry = dice.choice(list(journal.exclude(remark="")))
    sql("UPDATE checklists_journalentry SET remark = '', salt = '' WHERE id = %s", entry.pk)


WAYS = (edit, insert, delete, swap, cut, rewrite, blank)
UNSEEN_WITHOUT_ANCHOR = {cut, rewrite}


def test_every_tampering_is_found(journal):
    Checkpoint.objects.make(NOON)
    append_only.unprotect()
    dice = random.Random(20270207)  # noqa: S311
    anchors = Checkpoint.objects.anchors()[str(journal.instance.uuid)]
    for number in range(TAMPERS):
        way = WAYS[number % len(WAYS)]
        with transaction.atomic():
            way(journal, dice)
            assert JournalEntry.objects.first_break(journal.instance, anchors), f"{way.__name__} number {number}"
            if way not in UNSEEN_WITHOUT_ANCHOR:
                assert JournalEntry.objects.first_break(journal.instance), f"{way.__name__} number {number}"
            transaction.set_rollback(True)
    assert JournalEntry.objects.first_break(journal.instance, anchors) is None


# -- Redaction ---------------------------------------------------------------------------------------------------------


def test_what_was_written_can_be_removed_and_the_chain_holds(journal, manager, act, project):
    note = journal.get(action=Action.NOTE_ADDED)
    note.redact(act(manager), "Names a patient")
    note.refresh_from_db()
    assert (note.remark, note.salt) == ("", "")
    last = project.journal.last()
    assert last.action == Action.ENTRY_REDACTED
    assert last.subject == str(note.seq)
    assert last.remark == "Names a patient"
    assert JournalEntry.objects.first_break(project) is None
    note.redact(act(manager), "Again")
    assert project.journal.last() == last


def test_nothing_else_can_be_changed_under_cover_of_a_redaction(journal, manager, act):
    note = journal.get(action=Action.NOTE_ADDED)
    note.redact(act(manager), "Names a patient")
    for column, value in (("subject", "x"), ("actor_name", "x"), ("remark", "x"), ("hash", "0" * 64), ("seq", 99_999)):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            sql(f"UPDATE checklists_journalentry SET {column} = %s WHERE id = %s", value, note.pk)  # noqa: S608
