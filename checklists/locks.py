"""Locks that last until the transaction's end: who holds one is the only writer of what it stands for."""

from django.db import connection

# First key of PostgreSQL's two-key advisory locks, so that ours never meet those of another application.
OURS = 0x601_1FE

# Second keys: a project's own, or one of these. Whoever needs several takes them in the order project, then instance.
NO_PROJECT = 0  # under which projects are made
INSTANCE = -1  # the instance's journal
CHECKPOINT = -2  # the list of checkpoints


def wait_for_lock(key: int) -> None:
    """Hold the lock of a project, by its key, until the transaction ends. SQLite's transactions hold one already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [OURS, key])
