"""The queue of writers where the database has none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection, transaction

from checklists import locks
from checklists.locks import Queue, in_turn


def waiting(queue: Queue, number: int) -> None:
    """Return once so many stand in the line, who is served included."""
    while len(queue._line) < number:
        Event().wait(0.001)


def test_who_comes_first_is_served_first():
    queue, served = Queue(), []

    def come(number: int) -> None:
        with queue.turn(20):
            served.append(number)

    with ThreadPoolExecutor(8) as crowd, queue.turn(20):
        for number in range(8):
            crowd.submit(come, number)
            waiting(queue, number + 2)
        assert served == []
    assert served == list(range(8))


def test_patience_ends_and_the_line_goes_on():
    queue = Queue()
    with queue.turn(20):
        with queue.turn(0.01):
            pass
        assert len(queue._line) == 1
    with queue.turn(0.01):
        pass


def test_whoever_fails_makes_room():
    queue = Queue()
    with pytest.raises(ValueError, match="no"), queue.turn(20):
        raise ValueError("no")
    assert not queue._line


@pytest.mark.django_db(transaction=True)
def test_only_writers_of_sqlite_wait_and_not_for_themselves(monkeypatch):
    queue = Queue()
    monkeypatch.setattr(locks, "WRITERS", queue)
    with in_turn(), transaction.atomic():
        assert len(queue._line) == (connection.vendor == "sqlite")
        with in_turn(), transaction.atomic():
            assert len(queue._line) == (connection.vendor == "sqlite")
    assert not queue._line
