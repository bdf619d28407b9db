"""The command line contract of `manage.py import_checklist`."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from checklists.models import Project
from golive_site.accounts.models import User
from tests.builders import PLAN

KEYS = {
    *("title", "metadata", "counts", "phases", "contacts", "escalation", "procedures", "criteria", "slots", "prose"),
    *("lines", "repairs", "warnings"),
}


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.md"
    path.write_text(PLAN, encoding="utf-8")
    return path


def run(*arguments) -> str:
    out = StringIO()
    call_command("import_checklist", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_dry_run_prints_one_object_and_writes_nothing(plan):
    found = json.loads(run(plan, "--dry-run", "--json"))
    assert set(found) >= KEYS
    assert found["title"] == "Harbour Lights Go-Live"
    assert found["counts"]["items"] == 7
    assert not Project.objects.exists()


@pytest.mark.django_db
def test_it_creates_the_project_and_the_account_and_prints_the_slug(plan):
    printed = run(
        *(plan, "--name", "Lamps", "--go-live", "2027-02-07T08:00", "--zone", "Europe/Athens"),
        *("--manager", "nia@example.org"),
    )
    project = Project.objects.get(slug=printed.split()[-1])
    user = User.objects.get(email="nia@example.org")
    assert not user.has_usable_password()
    assert project.memberships.get().user == user
    assert str(project.local(project.go_live_at)) == "2027-02-07 08:00:00+02:00"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        ["--go-live", "tomorrow", "--manager", "nia@example.org"],
        ["--go-live", "2027-02-07T08:00", "--manager", "nia"],
        ["--go-live", "2027-02-07T08:00", "--zone", "Mars/Olympus", "--manager", "nia@example.org"],
        ["--manager", "nia@example.org"],
        ["--go-live", "2027-02-07T08:00", "--manager", "nia@example.org", "--name", "   "],
        ["--go-live", "2027-02-07T08:00", "--manager", "nia@example.org", "--customer", "x" * 201],
        ["--go-live", "9999-12-31T23:59", "--manager", "nia@example.org"],
    ],
)
def test_wrong_arguments_write_nothing(plan, wrong):
    with pytest.raises(CommandError) as problem:
        run(plan, *wrong)
    assert problem.value.returncode == 2
    assert not Project.objects.exists()
    assert not User.objects.exists()


def test_every_script_is_printed_whatever_the_terminal_says(tmp_path):
    path = tmp_path / "plan.md"
    path.write_text("# Πλάνο\n\n## Φάση 1\n\n- [ ] Έλεγχος ✓\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "manage.py", "import_checklist", path, "--dry-run", "--json"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["title"] == "Πλάνο"


@pytest.mark.parametrize("content", [None, b"", b"\x00\x01\x02\x03" * 100])
def test_what_cannot_be_read_exits_2_with_one_line(tmp_path, content):
    path = tmp_path / "bad.md"
    if content is not None:
        path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "manage.py", "import_checklist", path, "--dry-run", "--json"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
