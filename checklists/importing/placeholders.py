"""Room that a template leaves for facts, in the styles that authors have; shell variables are none of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .fields import BLANK
from .repairs import Line
from .thresholds import CODE
from .values import Placeholder
from .wording import key_value, without_marks

BRACKET = re.compile(r"(?<![\]!\\\w$])\[(?![\^!#\s])(?P<words>[^\[\]\n|]{2,80})\](?![(\[])")
BRACES = re.compile(r"(?<!\$)\{\{\s*(?P<words>[\w .-]{1,60}?)\s*\}\}")
WORD = re.compile(
    r"\b(?:TBD|TBC|TBA|t\.b\.d\.|n\.n\.|to be (?:defined|confirmed)|à définir|noch offen|por definir)(?!\w)|待定|未定"
)
ADVICE = re.compile(r"\s*[(（](?:[^()（）:：]{1,30}[:：]\s*)?(?P<advice>[^()（）]+)[)）]")
EXAMPLE = re.compile(r"(?:e\.?g\.?|z\.\s?B\.|p\.\s?ex\.|ej\.|example|default)[:,]?\s*(?P<advice>.+)", re.IGNORECASE)
CHOICES = re.compile(r"\s[/|]\s")
# What says only the form of a value, so that the words before it have to say which one.
FORM = re.compile(
    r"(?:[YMDHJTX]{1,4}[-/.: ]?)+(?:am/pm)?(?:\s?(?:utc|timezone|am/pm))*|names?|phones?|e?-?mails?|dates?|time|contact|link"
    r"|x+|…|\.+|value|text|x \w+|x%",
    re.IGNORECASE,
)  # fmt: skip
LIKELY = re.compile(r"\[|\{\{|___")
# Where a row of underscores is no field already.
BLANK_KINDS = frozenset({"metadata", "contact", "escalation", "prose", "table", "step"})
SILENT = frozenset({"command", "litter", "rule", "title"})


def placeholders_in(lines: Iterable[Line], kinds: dict[int, str]) -> list[Placeholder]:
    """What is left to be filled in, in the order of the source. Code is left alone: its variables are the shell's."""
    found: list[Placeholder] = []
    head: list[str] = []
    before = ""
    for line in lines:
        kind = kinds.get(line.number, "")
        if line.text.startswith("|") and not line.text.strip("|-: "):
            head = _cells(before)
        if kind and kind not in SILENT and (LIKELY.search(line.text) or WORD.search(line.text)):
            found.extend(
                _of_row(line, head if kind != "metadata" else []) if line.text.startswith("|") else _of_line(line, kind)
            )
        before = line.text
    return found


def _cells(text: str) -> list[str]:
    return [cell.strip(" *") for cell in text.strip().strip("|").split("|")]


def _of_row(line: Line, head: list[str]) -> list[Placeholder]:
    """A row's placeholders are named by its first cell and their column."""
    cells = _cells(CODE.sub(" ", line.text))
    found: list[Placeholder] = []
    for index, cell in enumerate(cells):
        for placeholder in _of_line(Line(line.number, cell), "table"):
            column = head[index] if index < len(head) else ""
            if index:
                named = " ".join(cell for cell in cells[:1] if not BRACKET.search(cell))
                # In a row of metadata the first cell says all.
                placeholder.name = ": ".join(part for part in (named, column) if part) or placeholder.name
            found.append(placeholder)
    return found


def _of_line(line: Line, kind: str) -> list[Placeholder]:
    text = CODE.sub(lambda code: " " * len(code[0]), without_marks(line.text.strip()))
    pair = key_value(text, plain=True)
    label = pair[0] if pair else ""
    found: list[tuple[int, Placeholder]] = []
    for match in BRACKET.finditer(text):
        words = match["words"].strip()
        if words.isdigit() or len(words) < 2 or CHOICES.search(words):
            continue
        example = EXAMPLE.search(words)
        name = label if FORM.fullmatch(words) and label else _spoken(words)
        advice = example["advice"] if example else ""
        found.append((match.start(), Placeholder(match[0], line.number, "bracket", name, advice)))
    for match in BRACES.finditer(text):
        found.append((match.start(), Placeholder(match[0], line.number, "braces", _spoken(match["words"]))))
    for match in WORD.finditer(text):
        hint = ADVICE.match(text, match.end())
        advice = hint["advice"].strip() if hint else ""
        found.append((match.start(), Placeholder(match[0], line.number, "word", label, advice)))
    for match in BLANK.finditer(text) if kind in BLANK_KINDS else ():
        found.append((match.start(), Placeholder(match[0], line.number, "blank", label)))
    return [placeholder for _, placeholder in sorted(found, key=lambda each: each[0])]


def _spoken(words: str) -> str:
    """`CUSTOMER_NAME` is "Customer name"; words that are written as words stay as they are."""
    bare = " ".join(words.replace("_", " ").split())
    return bare.capitalize() if bare.isupper() or "_" in words else bare
