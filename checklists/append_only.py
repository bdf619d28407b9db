"""The database refuses to change or remove what was written: triggers on the journal and on its checkpoints.

They are made anew after every `migrate`, not in one migration: SQLite drops a table's triggers whenever a later migration
rebuilds the table. One thing may still be done to a journal entry: what a person wrote in it can be blanked, where a later
entry of the same chain says that it was (its body holds the salted hash only, so the chain stays whole).

A table's owner can take the triggers off. That is what the hash chain and anchors held elsewhere are for.
"""

from __future__ import annotations

from django.db import connections

JOURNAL, CHECKPOINTS = "checklists_journalentry", "checklists_checkpoint"
REFUSAL = "The journal is append-only: nothing in it is changed or removed."
# The one change that is allowed: columns that hold what a person wrote, and salt without which its hash tells nothing.
BLANKED = ("remark", "salt")


def protect(using: str = "default", **kwargs) -> None:
    """Put the triggers in place; called after every migrate, which may have gone back to before there was a journal."""
    if {JOURNAL, CHECKPOINTS} <= set(connections[using].introspection.table_names()):
        run(using, removing(connections[using].vendor) + making(using))


def unprotect(using: str = "default") -> None:
    """Take the triggers off. Only a test database is ever emptied."""
    run(using, removing(connections[using].vendor))


def missing(using: str = "default") -> list[str]:
    """Which triggers are not there, or do not always fire."""
    expected = set(names(connections[using].vendor))
    with connections[using].cursor() as cursor:
        if connections[using].vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgenabled = 'A' AND tgname LIKE 'golive_%'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return sorted(expected - {name for (name,) in cursor.fetchall()})


def names(vendor: str) -> dict[str, str]:
    """The triggers of a database, with the table of each."""
    kinds = ("change", "truncate") if vendor == "postgresql" else ("update", "delete", "replace")
    tables = {"journal": JOURNAL, "checkpoint": CHECKPOINTS}
    return {f"golive_{short}_{kind}": table for short, table in tables.items() for kind in kinds}


def run(using: str, statements: list[str]) -> None:
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def removing(vendor: str) -> list[str]:
    if vendor == "postgresql":
        # It alters no table for which a check waits until the transaction's end.
        drops = [f"DROP TRIGGER IF EXISTS {name} ON {table}" for name, table in names(vendor).items()]
        return ["SET CONSTRAINTS ALL IMMEDIATE", *drops, "SET CONSTRAINTS ALL DEFERRED"]
    return [f"DROP TRIGGER IF EXISTS {name}" for name in names(vendor)]


def making(using: str) -> list[str]:
    if connections[using].vendor == "postgresql":
        return postgresql()
    with connections[using].cursor() as cursor:
        columns = [column.name for column in connections[using].introspection.get_table_description(cursor, JOURNAL)]
    return sqlite([column for column in columns if column not in BLANKED])


# A later entry of the same chain that says that this one was blanked.
SAID = (
    "EXISTS (SELECT 1 FROM {table} later WHERE later.action = 'journal.redacted' AND later.seq > OLD.seq"
    " AND later.project_id {same} OLD.project_id AND later.subject = {seq})"
)


def postgresql() -> list[str]:
    """One function for rows and whole tables. `ENABLE ALWAYS`, else `session_replication_role` would switch them off."""
    blanked = " AND ".join(f"NEW.{column} = ''" for column in BLANKED)
    others = " - ".join(["to_jsonb({row})", *(f"'{column}'" for column in BLANKED)])
    said = SAID.format(table=JOURNAL, same="IS NOT DISTINCT FROM", seq="OLD.seq::text")
    statements = [
        f"""CREATE OR REPLACE FUNCTION golive_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = '{JOURNAL}' THEN
        IF {blanked} AND {others.format(row="NEW")} = {others.format(row="OLD")} AND {said} THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$"""
    ]
    for name, table in names("postgresql").items():
        when = "TRUNCATE" if name.endswith("truncate") else "UPDATE OR DELETE"
        each = "STATEMENT" if name.endswith("truncate") else "ROW"
        statements.append(
            f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH {each} EXECUTE FUNCTION golive_append_only()"
        )
        statements.append(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")
    return statements


def sqlite(columns: list[str]) -> list[str]:
    """A trigger for each act. `INSERT OR REPLACE` deletes without firing any, so the insert itself is refused."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    said = SAID.format(table=JOURNAL, same="IS", seq="CAST(OLD.seq AS TEXT)")
    allowed = " AND ".join(
        [*(f"NEW.{column} = ''" for column in BLANKED), *(f"NEW.{column} IS OLD.{column}" for column in columns), said]
    )
    same = "project_id IS NEW.project_id"
    there = (
        f"EXISTS (SELECT 1 FROM {JOURNAL} WHERE id = NEW.id)"  # noqa: S608
        f" OR EXISTS (SELECT 1 FROM {JOURNAL} WHERE {same} AND seq = NEW.seq)"
        f" OR EXISTS (SELECT 1 FROM {JOURNAL} WHERE {same} AND prev = NEW.prev)"
    )
    kept = f"EXISTS (SELECT 1 FROM {CHECKPOINTS} WHERE id = NEW.id OR prev = NEW.prev)"  # noqa: S608
    return [
        f"CREATE TRIGGER golive_journal_update BEFORE UPDATE ON {JOURNAL} WHEN NOT ({allowed}) {refuse}",
        f"CREATE TRIGGER golive_journal_delete BEFORE DELETE ON {JOURNAL} {refuse}",
        f"CREATE TRIGGER golive_journal_replace BEFORE INSERT ON {JOURNAL} WHEN {there} {refuse}",
        f"CREATE TRIGGER golive_checkpoint_update BEFORE UPDATE ON {CHECKPOINTS} {refuse}",
        f"CREATE TRIGGER golive_checkpoint_delete BEFORE DELETE ON {CHECKPOINTS} {refuse}",
        f"CREATE TRIGGER golive_checkpoint_replace BEFORE INSERT ON {CHECKPOINTS} WHEN {kept} {refuse}",
    ]
