"""Locks that last until the transaction's end: who holds one is the only writer of what it stands for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable
from psycopg_pool import PoolTimeout

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


def is_waited_for_in_vain(problem: Exception) -> bool:
    """Whether a database error says only that others had for too long what was needed; nothing was changed then."""
    if not isinstance(problem, OperationalError):
        return False
    return isinstance(problem.__cause__, (LockNotAvailable, PoolTimeout)) or "database is locked" in str(problem)


class Queue:
    """Whoever waits gets their turn in the order in which they came."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._line: deque[Event] = deque()

    @contextmanager
    def turn(self, patience: float) -> Iterator[None]:
        """Wait for the turn, but no longer than so many seconds; what is done then is not kept from anybody else."""
        mine = Event()
        with self._guard:
            self._line.append(mine)
            self._line[0].set()
        mine.wait(patience)
        try:
            yield
        finally:
            with self._guard:
                self._line.remove(mine)
                if self._line:
                    self._line[0].set()


WRITERS = Queue()
PATIENCE = 20  # seconds, as long as SQLite itself waits (settings)


@contextmanager
def in_turn() -> Iterator[None]:
    """To be entered before a transaction. PostgreSQL has a queue for each lock.

    SQLite has none: it asks for its write lock now and then until its patience is over, and in a crowd one of the
    threads may never be lucky. Those of one process come in turn instead; other processes meet at SQLite's lock.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with WRITERS.turn(PATIENCE):
        yield
