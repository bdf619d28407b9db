"""Nothing is lost, whatever the document looks like: every line has its place and every word is kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checklists.importing.decode import Refused
from checklists.importing.reading import read_checklist
from tests.importing.cases import check_account, corpus, read, words

# `GOLIVE_SLOW=1` tries ten thousand documents, other ones each time.
SLOW = bool(os.environ.get("GOLIVE_SLOW"))
EXAMPLES = settings(
    max_examples=5_000 if SLOW else 100,
    derandomize=not SLOW,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
SUBJECTS = st.sampled_from(
    [
        "Backup made", "**Database**", "**Group:**", "Approved by: ____ Date: ____", "count: ___ verified", "Name: ____",
        "Any issue? [ ] Yes [ ] No", "**Phase 1: Start** (T-3 days)", "`code` and [link](http://example.org/a_b)",
        "Level 1: Ann",
        "<b>html</b> & <script>x</script>", "**Owner:** Ann", "Ann: ann@example.org", "a/b: c", "Prüfung größer ≥ 80 %",
        "", ">25%",
        "1. step", "[ ] inner", "☐ glyph", "- - deep", "____________", "\\_\\_\\_", "Timeline: T-7 days",
        "daily report sent", "|", "***", "[GO / NO-GO]", "✅ GO", "❌ NO-GO", "If yes, why: ____", "Every 2 hours",
        "T+24 to T+7 days", "**Lead**: Approved", "Decision: ☐ GO ☐ NO-GO", "Phone: 1", "[NAME]", "TBD (Target: May)",
        "> 4.0/5.0",
    ]
)  # fmt: skip
STARTS = st.sampled_from(
    [
        "", "- ", "- [ ] ", "- [x] ", "  - [ ] ", "  - ", "    - [ ] ", "      ", "* [ ] ", "+ ", "1. ", "2) [ ] ", "[ ] ", "☐ ",
        "> ", "> - [ ] ", "# ", "## ", "### ", "###### ", "| a | [ ] | ", "|---|---|", "| Role | Name | Phone |", "```", "~~~sh",
        "---", "===", "\t- [ ] ", "| Item | Signature | ",
        "| Field | Details |", "| Task | Status |", "| a | done |", "- **Level 2**: ", "**Sign-off**\n\n", "## Rollback plan\n",
        "-",
        "## Contacts\n\n", "## Success criteria\n", "### Escalation\n", "## Sign-off\n", "**Rollback criteria:**\n",
    ]
)  # fmt: skip
DOCUMENTS = st.lists(st.tuples(STARTS, SUBJECTS).map("".join), min_size=1, max_size=25).map("\n".join)
ODD_LINES = st.text(alphabet="ab1 \t-*+#>|[]()_`~:=.x☐✅é\u00a0\u3000\x0c", max_size=25)


def check(source: str) -> None:
    """Read a text, where it is readable, and check its account."""
    try:
        outline = read_checklist(source.encode())
    except Refused as refusal:
        assert not source.strip() or "nested deeper" in str(refusal)
        return
    check_account(source.replace("\r\n", "\n").replace("\r", "\n"), outline)


@EXAMPLES
@given(DOCUMENTS)
def test_no_line_of_a_checklist_is_lost(source: str) -> None:
    check(source)


@EXAMPLES
@given(st.lists(ODD_LINES, max_size=12).map("\n".join))
def test_no_line_of_odd_markdown_is_lost(source: str) -> None:
    check(source)


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.stem)
def test_no_line_of_a_strangers_checklist_is_lost(path: Path) -> None:
    """`pytest -s` prints what became of each file."""
    source = path.read_bytes()
    outline = read_checklist(source)
    check_account(source.decode(), outline)
    found = len(words(source.decode()))
    sys.stdout.write(
        f"{path.name}: {len(outline.lines)} lines accounted for, {found} words found, {outline.counts['items']} items, "
        f"{len(outline.guesses)} guesses\n"
    )


def test_the_account_names_the_kind_and_leads_to_the_thing() -> None:
    outline = read(
        "# Plan\n\n**Owner:** Ann\n\n## Phase 1\n\n### Server\n\n- [ ] Disk\n  - [ ] Space\n  - note\n\n```sh\nls\n```\n"
    )
    assert [(entry.line, entry.kind, entry.to) for entry in outline.lines] == [
        (1, "title", ""),
        (3, "metadata", "metadata/Owner"),
        (5, "phase", "phases/0"),
        (7, "section", "phases/0/sections/0"),
        (9, "item", "phases/0/sections/0/items/0"),
        (10, "item", "phases/0/sections/0/items/0/items/0"),
        (11, "detail", "phases/0/sections/0/items/0/details/0"),
        (13, "command", "phases/0/sections/0/commands/0"),
        (14, "command", "phases/0/sections/0/commands/0"),
        (15, "command", "phases/0/sections/0/commands/0"),
    ]
