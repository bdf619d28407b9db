"""Whoever waits in vain for a plan that others are changing is told so, and nothing happened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from checklists.locks import is_waited_for_in_vain, wait_for_lock
from checklists.models.item import State
from tests.builders import item


@contextmanager
def held_by_somebody(project) -> Iterator[None]:
    """The project's lock in other hands, while our own connection has little patience."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 50")
        try:
            yield
        finally:
            other.rollback()
            other.close()
            connection.close()
        return
    with ThreadPoolExecutor(1) as hands:

        def take() -> None:
            transaction.set_autocommit(False)
            wait_for_lock(project.pk)

        def let_go() -> None:
            connection.close()

        hands.submit(take).result(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '50ms'")
        try:
            yield
        finally:
            hands.submit(let_go).result(20)
            # Others get this connection from the pool.
            with connection.cursor() as cursor:
                cursor.execute("RESET lock_timeout")


@pytest.mark.django_db(transaction=True)
def test_who_waits_in_vain_is_told_and_may_send_it_again(project, technician, signed_in):
    lamps, browser = item(project, "Lamps answer"), signed_in(technician)
    address = reverse("item_completion", args=[project.slug, lamps.number])
    key = {"key": "k" * 16}
    with held_by_somebody(project):
        quick = browser.post(address, key, HTTP_HX_REQUEST="true")
        plain = browser.post(address, key)
    for answer in (quick, plain):
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert quick.content == b""
    assert "Others are changing this plan just now" in plain.text
    assert item(project, "Lamps answer").state == State.OPEN
    assert browser.post(address, key).status_code == 302
    assert item(project, "Lamps answer").state == State.DONE


def test_other_errors_of_the_database_are_errors():
    assert not is_waited_for_in_vain(OperationalError("the disk is full"))
    assert not is_waited_for_in_vain(ValueError("database is locked"))
