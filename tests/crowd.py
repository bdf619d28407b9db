"""Many people at once: real threads on the real database."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404

from checklists.act import KeyReused, Repeated, TransitionRefused

# `GOLIVE_SLOW=1` runs each race as often as TRUST.md asks for.
SLOW = bool(os.environ.get("GOLIVE_SLOW"))
REFUSALS = (TransitionRefused, Repeated, KeyReused, PermissionDenied, Http404)


def all_at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run the jobs in threads that start together; what each returned, or the refusal that it met."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=20)
            return job()
        except REFUSALS as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as crowd:
        return list(crowd.map(run, jobs))


def refused(outcomes: list[Any]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, REFUSALS)]
