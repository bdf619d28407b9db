"""The worker: does each duty, and lets none keep another from being done."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from checklists.models import Mail
from checklists.models.mail import MailState
from signoffs.management.commands import worker
from tests import builders

ROOT = Path(__file__).resolve().parents[2]


def test_one_round_sends_what_is_due(project, technician, mailoutbox):
    Mail.objects.post("member_added", technician, "one", timezone.now(), project=project, by="Mia", path="/x/")
    call_command("worker", once=True)
    assert Mail.objects.get().state == MailState.SENT
    assert len(mailoutbox) == 1


def test_a_duty_that_fails_keeps_no_other_back(monkeypatch, db, caplog):
    done = []

    def fails(_now):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(worker, "DUTIES", (fails, done.append))
    worker.do_round()
    assert len(done) == 1
    assert "The duty fails failed" in caplog.text


def test_it_ends_when_it_is_told_to(tmp_path):
    env = {"PATH": "", "GOLIVE_DEBUG": "1", "GOLIVE_DATA_DIR": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    line = [sys.executable, "manage.py"]
    subprocess.run([*line, "migrate", "--verbosity=0"], cwd=ROOT, env=env, check=True)
    with subprocess.Popen([*line, "worker"], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "The worker is at work.\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_it_takes_no_more_memory_than_it_may():
    """In a process of its own, which then fails to get what it asks for instead of taking it."""
    code = (
        "from signoffs.management.commands.worker import limit_memory\n"
        "limit_memory(300_000_000)\n"
        "bytearray(50_000_000)\n"
        "try:\n    bytearray(400_000_000)\nexcept MemoryError:\n    print('refused')\n"
    )
    env = {"PATH": "", "GOLIVE_DEBUG": "1", "DJANGO_SETTINGS_MODULE": "golive_site.settings"}
    setup = f"import django\ndjango.setup()\n{code}"
    done = subprocess.run([sys.executable, "-c", setup], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.stdout == "refused\n"


def test_a_report_that_is_too_large_says_so(project):
    printout = builders.printout(project)
    printout.put_off(MemoryError(), timezone.now())
    printout.refresh_from_db()
    assert printout.problem.startswith("It needs more memory than the worker may take")
