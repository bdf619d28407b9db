"""How long reading takes: `python benchmarks/import_.py` prints medians, all from one run.

Seed 002 (327 items) from its bytes to its preview, a plan of 5,000 items, and the growth from 100 items to 5,000.
"""

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, SIZES = 5, (100, 500, 1000, 2500, 5000)
KINDS = (
    "- [ ] Service {n} answers in < 500 ms (T-{n} minutes)",
    "- [ ] Records imported (count: ____ verified)",
    "- [ ] **Group {n}**\n  - [ ] Part of {n} returns 200\n  - See `runbook-{n}.md` (2 hours)",
    "- [ ] Any issue with {n}? [ ] Yes [ ] No",
    "- [ ] Backup {n} tested (if needed)",
)


def plan(size: int) -> bytes:
    """A checklist of so many items with phases, sections, parts, blanks, choices, thresholds and details."""
    lines, number = ["# Benchmark go-live", ""], 0
    while number < size:
        if number % 100 == 0:
            lines += ["", f"## Phase {number // 100 + 1} (T-{number // 100} days)"]
        if number % 20 == 0:
            lines += ["", f"### Area {number // 20}", ""]
        kind = KINDS[number % len(KINDS) if number + 1 < size else 1]
        lines += kind.format(n=number % 90).split("\n")
        number += kind.count("- [ ]")
    return "\n".join(lines).encode()


def median(work: Callable[[], object]) -> float:
    """The seconds that the work takes, once it is warm."""
    work()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from checklists.importing.decode import decode
    from checklists.importing.limits import Limits
    from checklists.importing.reading import read_checklist
    from checklists.preview import plan_lines, source_lines

    def preview(data: bytes) -> None:
        outline = read_checklist(data)
        text = decode(data, Limits()).text
        source_lines(text, outline)
        plan_lines(text, outline)

    seeds = sorted((ROOT.parent / "shared" / "seeds").glob("002_*.txt"))
    if seeds:
        data = seeds[0].read_bytes()
        print(f"seed 002 to its preview: {median(lambda: preview(data)) * 1000:.0f} ms")
    seconds = {}
    for size in SIZES:
        read = partial(read_checklist, plan(size))
        assert read().counts["items"] == size
        seconds[size] = median(read)
        print(f"{size:>5,} items: {seconds[size]:.3f} s, {seconds[size] / size * 1e6:.0f} µs each")
    growth = (seconds[SIZES[-1]] / SIZES[-1]) / (seconds[SIZES[0]] / SIZES[0])
    print(f"growth: an item of {SIZES[-1]:,} takes {growth:.2f} times as long as one of {SIZES[0]:,}")


if __name__ == "__main__":
    main()
