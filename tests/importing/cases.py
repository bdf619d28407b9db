"""Where the sample checklists are, and how to look into what was read from one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from checklists.importing.outline import Item, Outline, Phase, Section, items_of, sections_of
from checklists.importing.reading import read_checklist

SHARED = Path(__file__).parents[2].parent / "shared"
BOX_LINE = re.compile(r"\s*- \[[ xX]\] ")
# What a line says by its form: its place in a list, its tick, the depth of a heading or quotation.
MARKS = re.compile(r"^[\s>#]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(?:\[[ xX]?\]\s+)?")
WORD = re.compile(r"\w+")


def seed_bytes(number: str) -> bytes:
    """The bytes of one of the customer's documents."""
    found = sorted((SHARED / "seeds").glob(f"{number}_*.txt"))
    if not found:
        pytest.skip(f"the customer's document {number} is not in {SHARED.name}/seeds beside this repository")
    return found[0].read_bytes()


def corpus() -> list[Path]:
    """The strangers' checklists, none where they are not at hand."""
    return sorted((SHARED / "corpus").glob("*.md"))


def read(text: str) -> Outline:
    """Read a checklist written in a test."""
    return read_checklist(text.encode())


def places(outline: Outline) -> list[Section]:
    """Phases and sections in reading order."""
    return [place for phase in outline.phases for place in (phase, *sections_of(phase))]


def all_items(outline: Outline) -> list[Item]:
    """Every item, whatever it stands below."""
    return [item for place in places(outline) for top in place.items for item in items_of(top)]


def item(outline: Outline, line: int) -> Item:
    """The item that a source line became."""
    return next(found for found in all_items(outline) if found.line == line)


def phase(outline: Outline, title: str) -> Phase:
    """The phase of a title."""
    return next(found for found in outline.phases if found.title == title)


# What is about the reading, or read off words that must stand elsewhere too.
ASIDE = {
    "lines", "repairs", "warnings", "counts", "guesses", "lint", "placeholders", "milestones",
    "offset", "round", "condition", "threshold", "targets", "expected", "duration",
}  # fmt: skip


def texts(node: Any) -> Iterator[str]:
    """All strings of a JSON object that keep the source, keys of the author's included."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if isinstance(value, str) and key not in {"expected"}:
                yield key  # the author's, in metadata; our own names do no harm
                yield value
            elif key not in ASIDE:
                yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)


def words(text: str) -> set[str]:
    """The words of a text; a row of underscores is room to write."""
    return {word for word in WORD.findall(text) if word.strip("_")}


def lost_words(source: str, outline: Outline) -> dict[int, set[str]]:
    """By line, the words that stand nowhere in what was built (the account, repairs and warnings aside)."""
    whole = outline.as_json()
    kinds = {entry["line"]: entry["kind"] for entry in whole["lines"]}
    kept = words(" ".join(texts(whole)))
    mended = {repair.line: repair.after for repair in outline.repairs if repair.kind == "mojibake"}
    lost: dict[int, set[str]] = {}
    for number, raw in enumerate(source.split("\n"), start=1):
        if kinds.get(number) in {"rule", "litter"}:
            continue
        missing = words(MARKS.sub("", mended.get(number, raw))) - kept
        if missing:
            lost[number] = missing
    return lost


def resolve(path: str, whole: dict[str, Any]) -> Any:
    """What a path of the account leads to."""
    node: Any = whole
    for part in path.split("/") if path else []:
        node = node[int(part)] if isinstance(node, list) else node[part]
    return node


def check_account(source: str, outline: Outline) -> None:
    """Each line that is not blank stands in the account once, its path leads somewhere, and its words are kept."""
    whole = outline.as_json()
    filled = [number for number, line in enumerate(source.split("\n"), start=1) if line.strip()]
    assert [entry["line"] for entry in whole["lines"]] == filled
    for entry in whole["lines"]:
        assert resolve(entry["to"], whole) is not None, entry
    assert lost_words(source, outline) == {}
