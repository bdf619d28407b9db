"""`manage.py worker`: what is done besides answering requests. One is enough; more do no harm."""

from __future__ import annotations

import logging
import resource
import signal
import threading

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from signoffs.duties import DUTIES

logger = logging.getLogger(__name__)

# Seconds between two rounds.
PAUSE = 2.0


class Command(BaseCommand):
    help = (
        "Do what is due again and again, until told to stop: send mails and whatever else stands in signoffs/duties.py."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("--once", action="store_true", help="do one round and end")

    def handle(self, *, once: bool, **_options) -> None:
        stop = threading.Event()
        if not once:
            limit_memory(settings.WORKER_BYTES)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: stop.set())
            self.stdout.write("The worker is at work.")
        do_round()
        while not once and not stop.wait(PAUSE):
            # A connection that the database ended meanwhile must not end the worker.
            close_old_connections()
            do_round()


def limit_memory(most: int) -> None:
    """Let this process hold no more than so many bytes; asking for more raises MemoryError, which fails that job only."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard == resource.RLIM_INFINITY or most < hard:
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


def do_round() -> None:
    """Every duty once. One that fails is logged and keeps none of the others from being done."""
    for duty in DUTIES:
        try:
            duty(timezone.now())
        except Exception:
            logger.exception("The duty %s failed and is tried again.", duty.__name__)
