"""What the report's PDF costs: `python benchmarks/pdf.py` prints medians for four sizes of plan with 1,000 journal entries.

`plain` is the same words as bare paragraphs, the least that WeasyPrint can do; `report` is the PDF alone, `record` the same
with evidence attached, sealed and verified. Each size has a process of its own, so that its memory is its own; WeasyPrint's
import and the first look at the fonts are not counted in the times. Chromium prints the report's HTML, with our style sheet,
in the same run: cold, as it would be started for each report. It makes its own database in a temporary folder. A size given
as an argument is measured alone: `python benchmarks/pdf.py 327`, or with twice the rows, `654x2000`. `ratio` is to the CPU
time of `plain`; `MiB` is the peak of the whole process, `start` what Django and WeasyPrint held before.
"""

import contextlib
import gc
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROUNDS, ENTRIES, SIZES = 5, 1000, ("100", "327", "654x2000", "1000", "3000")
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


def run(project, people: list, entries: int) -> datetime:
    """Work through the plan until its journal has the wanted length; the moment when that is."""
    from checklists.act import Act

    at, each = NOON, entries // project.items.count()
    for item in project.items.filter(children=None).select_related("project"):
        at += timedelta(minutes=1)
        act = Act(people[item.number % 5], at)
        for turn in range(each - 1):
            item.release(act) if turn % 2 else item.claim(act)
        if item.number % 10 == 0:
            item.note(act, "Restored to the sandbox in 14 min 20 s; row counts match the export.")
        item.complete(act)
    for item in project.items.filter(children=None).select_related("project")[
        : max(0, entries - project.journal.count())
    ]:
        item.note(Act(people[1], at), "Looked at it again: fine.")
    return at


def measured(work) -> tuple[bytes, float, float]:
    """What the work gives, and the medians of its wall and CPU seconds."""
    walls, cpus, content = [], [], b""
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        content = work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return content, statistics.median(walls), statistics.median(cpus)


def forget_peak() -> None:
    """What was held before does not count."""
    from django.db import reset_queries

    reset_queries()
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")


def peak() -> int:
    """The most memory that this process held since then, in MiB."""
    return kibibytes("self", "VmHWM") // 1024


def kibibytes(pid: int | str, name: str) -> int:
    """One figure of what Linux says about a process."""
    (figure,) = re.findall(rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(figure)


def held(root: int) -> int:
    """What a process and all below it hold in memory now, shared pages counted once, in KiB."""
    parents, total, family = {}, 0, {root}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    for _ in range(6):
        family |= {pid for pid, parent in parents.items() if parent in family}
    for pid in family:
        with contextlib.suppress(OSError):
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total


def chromium(html: str, folder: Path) -> tuple[int, float, int] | None:
    """Bytes, median wall time and memory of a cold print-to-PDF; None where there is no Chromium."""
    browser = os.environ.get("GOLIVE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not browser:
        return None
    page, printed, walls, most = folder / "page.html", folder / "page.pdf", [], 0
    page.write_text(html, encoding="utf-8")
    for number in range(4):
        own = f"--user-data-dir={folder / str(number)}"
        line = [browser, "--headless", "--no-sandbox", "--disable-gpu", own, f"--print-to-pdf={printed}", page.as_uri()]
        begin = time.perf_counter()
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            # Looking costs time: memory in a run of its own.
            while number == 3 and process.poll() is None:
                most = max(most, held(process.pid))
                time.sleep(0.02)
        if number < 3:
            walls.append(time.perf_counter() - begin)
    return printed.stat().st_size, statistics.median(walls), most // 1024


def plain(html: str) -> str:
    """The same words with nothing around them but a paragraph for each item and the journal's blocks: the yardstick."""
    items = re.findall(r'<p class="item.*?</p>', html, re.DOTALL)
    paragraphs = [f"<p>{re.sub('<(?!br)[^>]*>', '', item)}</p>" for item in items]
    journal = re.findall(r'<p class="journal[^>]*>(.*?)</p>', html, re.DOTALL)
    return "".join(["<h1>Plain</h1>", *paragraphs, *(f"<pre>{block}</pre>" for block in journal)])


def build(size: int, entries: int) -> None:
    """The plan, worked through; in a process of its own, so that what that held is not counted."""
    from django.core.management import call_command
    from django.db import transaction

    from checklists.act import Act
    from checklists.importing.plan import Launch, Source, create_project
    from checklists.importing.reading import read_checklist
    from golive_site.accounts.models import User

    call_command("migrate", verbosity=0)
    people = [User.objects.create_user(f"p{n}@example.org", name=f"Person Number{n}") for n in range(5)]
    data = plan(size).encode()
    launch = Launch(f"Benchmark {size}", "Customer", "System", NOON + timedelta(days=2), "Europe/Athens")
    with transaction.atomic():
        project = create_project(read_checklist(data), Source("plan.md", data), launch, Act(people[0], NOON))
        run(project, people, entries)


def measure(folder: Path) -> None:
    from checklists.models import Project
    from signoffs import pdf, seal, verify
    from signoffs.evidence import evidence_of
    from signoffs.report import report_of

    if problem := pdf.problem():
        sys.exit(problem)
    project = Project.objects.get()
    at = project.journal.latest("seq").at

    def record() -> bytes:
        report = report_of(project, at)
        sealed = seal.sealed(pdf.render(report, evidence_of(report, 1)), "Benchmark")
        assert verify.verify(sealed, [seal.current().authority.dump()]).verdict == verify.GOOD
        return sealed

    pdf.written("<html lang=en><p>Fonts are looked at once.", pdf.style())
    counts = f"{project.items.count():>5}  {project.journal.count():>7}"
    words = f"<html lang=en>{plain(pdf.html_of(report_of(project, at)))}"
    least = 0.0
    for name, work in (
        ("plain", lambda: pdf.written(words, "pre { font-size: 6.8pt } p { font-size: 9pt; margin: 0 }")),
        ("report", lambda: pdf.render(report_of(project, at))),
        ("record", record),
    ):
        forget_peak()
        start = peak()
        content, wall, cpu = measured(work)
        least = least or cpu
        times = f"{wall:>6.2f}  {cpu:>5.2f}  {cpu / least:>5.2f}"
        print(f"{counts}  {name:<8}  {len(content):>9,}  {times}  {peak():>4}  {start:>5}", flush=True)
    if printed := chromium(pdf.html_of(report_of(project, at), with_style=True), folder):
        size, wall, memory = printed
        print(f"{counts}  Chromium  {size:>9,}  {wall:>6.2f}      -      -  {memory:>4}      -", flush=True)


def main() -> None:
    print("items  journal  what          bytes  wall s  CPU s  ratio   MiB  start", flush=True)
    for size in sys.argv[1:] or SIZES:
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
                "GOLIVE_DATA_DIR": folder,
                "GOLIVE_DEBUG": "1",
                "GOLIVE_DATABASE_URL": "",
                "DJANGO_SETTINGS_MODULE": "golive_site.settings",
            }
            for step in ("build", "measure"):
                step_of = {"BENCHMARK_STEP": step, "BENCHMARK_SIZE": size}
                subprocess.run([sys.executable, __file__], check=True, env=environment | step_of)


if __name__ == "__main__":
    if step := os.environ.get("BENCHMARK_STEP"):
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        import django

        django.setup()
        if step == "build":
            size, _, entries = os.environ["BENCHMARK_SIZE"].partition("x")
            build(int(size), int(entries or ENTRIES))
        else:
            measure(Path(os.environ["GOLIVE_DATA_DIR"]))
    else:
        main()
