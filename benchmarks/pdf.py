"""What the report's PDF costs: `python benchmarks/pdf.py` prints medians for three sizes of plan with 1,000 journal entries.

It makes its own database in a temporary folder. WeasyPrint's import and the first look at the fonts are not counted.
"""

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROUNDS, ENTRIES, SIZES = 5, 1000, (100, 327, 1000)
NOON = datetime(2027, 2, 5, 12, tzinfo=UTC)


def plan(size: int) -> str:
    """A checklist of so many items: six phases, groups of seven in a section, a detail now and then."""
    lines, number = ["# Benchmark go-live", ""], 0
    for phase in range(1, 7):
        lines += [f"## Phase {phase}: Part {phase} of the launch (T-{6 - phase} days)", ""]
        for place in range(size * (phase - 1) // 6, size * phase // 6):
            number += 1
            if place % 21 == 0 or lines[-2].startswith("## "):
                lines += [f"### Area {place // 21}", ""]
            indent = "  " if place % 7 and lines[-1].lstrip().startswith("- ") else ""
            lines.append(f"{indent}- [ ] Check {number} of the system done and verified by the team")
            if number % 10 == 0:
                lines.append(f"{indent}  - See the runbook, chapter {number}")
        lines.append("")
    return "\n".join(lines)


def run(project, people: list) -> datetime:
    """Work through the plan until its journal has the wanted length; the moment when that is."""
    from checklists.act import Act

    at, each = NOON, ENTRIES // project.items.count()
    for item in project.items.filter(children=None).select_related("project"):
        at += timedelta(minutes=1)
        act = Act(people[item.number % 5], at)
        for turn in range(each - 1):
            item.release(act) if turn % 2 else item.claim(act)
        if item.number % 10 == 0:
            item.note(act, "Restored to the sandbox in 14 min 20 s; row counts match the export.")
        item.complete(act)
    for item in project.items.filter(children=None).select_related("project")[
        : max(0, ENTRIES - project.journal.count())
    ]:
        item.note(Act(people[1], at), "Looked at it again: fine.")
    return at


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from checklists.act import Act
    from checklists.importing.plan import Launch, Source, create_project
    from checklists.importing.reading import read_checklist
    from golive_site.accounts.models import User
    from signoffs import pdf
    from signoffs.report import report_of

    call_command("migrate", verbosity=0)
    if problem := pdf.problem():
        sys.exit(problem)
    people = [User.objects.create_user(f"p{n}@example.org", name=f"Person Number{n}") for n in range(5)]
    print("items  journal    bytes  wall s  CPU s")
    for size in SIZES:
        data = plan(size).encode()
        launch = Launch(f"Benchmark {size}", "Customer", "System", NOON + timedelta(days=2), "Europe/Athens")
        with transaction.atomic():
            project = create_project(read_checklist(data), Source("plan.md", data), launch, Act(people[0], NOON))
            at = run(project, people)
        pdf.render(report_of(project, at))
        walls, cpus, content = [], [], b""
        for _ in range(ROUNDS):
            wall, cpu = time.perf_counter(), time.process_time()
            content = pdf.render(report_of(project, at))
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
        print(
            f"{project.items.count():>5}  {project.journal.count():>7}  {len(content):>7,}"
            f"  {statistics.median(walls):>6.2f}  {statistics.median(cpus):>5.2f}"
        )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        os.environ.update(
            GOLIVE_DATA_DIR=folder,
            GOLIVE_DEBUG="1",
            GOLIVE_DATABASE_URL="",
            DJANGO_SETTINGS_MODULE="golive_site.settings",
        )
        os.environ.pop("DATABASE_URL", None)
        main()
