"""Refuse a document that is too big to be a checklist, by looking at its raw lines, before it is parsed.

Parsing costs time that grows with depth and width; these checks run once over the text and cost next to nothing.
"""

from __future__ import annotations

import re

from .decode import Refused
from .limits import Limits
from .said import Said

LIST_MARK = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$)")
BOX = re.compile(r"^[ \t>|]*(?:(?:[-*+•]|\d{1,9}[.)])[ \t]+)*(?:\[[ xX]?\]|[☐☑☒□])", re.MULTILINE)
ROOM = re.compile(r"_{3,}|\[[ xX]?\]")
# Marks of inline Markdown in such a row are no writing, and a later rendering should not be made to untangle them.
TANGLE = re.compile(r"[\[\]()*_`~<>!]{1000}")
FENCE = re.compile(r"(`{3,}|~{3,})")
DELIMITER_CHARACTERS = frozenset("|-: \t")


def refuse_excess(text: str, limits: Limits) -> None:
    """Raise Refused where the text goes beyond the limits in items, levels, columns, lines or line length."""
    if text.count("\n") > limits.lines:
        raise Refused(
            Said("The checklist has more than %(most)s lines. Split it into several plans.", most=limits.lines)
        )
    cells = text.count("|")
    if cells > limits.cells:
        raise Refused(
            Said("The tables have more than %(most)s cells. Leave out what the plan does not need.", most=limits.cells)
        )
    blanks = sum(1 for _ in ROOM.finditer(text))
    if blanks > limits.blanks + limits.items:
        raise Refused(
            Said(
                "The checklist has more than %(most)s blanks. Leave out those that nobody fills in.",
                most=limits.blanks,
            )
        )
    boxes = sum(1 for _ in BOX.finditer(text))
    refuse_items(boxes, limits)
    tangle = TANGLE.search(text)
    if tangle:
        line = text.count("\n", 0, tangle.start()) + 1
        raise Refused(
            Said("Line %(line)s has a long tangle of brackets or stars. Remove it and try again.", line=str(line))
        )
    _refuse_shapes(text.split("\n"), limits)


def refuse_items(count: int, limits: Limits) -> None:
    """Raise Refused for more items than a plan may have."""
    if count > limits.items:
        raise Refused(
            Said(
                "The checklist has %(number)s items and at most %(most)s are read. Split it into several plans.",
                number=count,
                most=limits.items,
            )
        )


def _refuse_shapes(lines: list[str], limits: Limits) -> None:
    indents: list[int] = []  # where the text of each open list level begins
    fence = ""
    for number, raw in enumerate(lines, start=1):
        if len(raw) > limits.line_length:
            raise Refused(
                Said(
                    "Line %(line)s has %(number)s characters and at most %(most)s are read. "
                    "Break it into several lines.",
                    line=str(number),
                    number=len(raw),
                    most=limits.line_length,
                )
            )
        line = raw.expandtabs(4)
        text = line.lstrip(" ")
        mark = FENCE.match(text)
        if fence:
            if mark and mark[1].startswith(fence) and not text.strip("`~ "):
                fence = ""
            continue
        if mark:
            fence = mark[1]
            continue
        if not text:
            continue
        _refuse_columns(text, number, limits)
        _nest(line, indents)
        quotes = len(text) - len(text.lstrip("> "))
        if len(indents) > limits.levels or text[:quotes].count(">") > limits.levels:
            raise Refused(
                Said(
                    "Line %(line)s is nested deeper than %(most)s levels. Flatten the list there and try again.",
                    line=str(number),
                    most=limits.levels,
                )
            )


def _refuse_columns(text: str, number: int, limits: Limits) -> None:
    """Only the rule below a table's head makes it a table, so its columns are the ones to count."""
    if "|" in text and "-" in text and DELIMITER_CHARACTERS.issuperset(text.rstrip()):
        columns = text.strip().strip("|").count("|") + 1
        if columns > limits.columns:
            raise Refused(
                Said(
                    "The table at line %(line)s has %(number)s columns and at most %(most)s are read. "
                    "Leave out the columns that the plan does not need.",
                    line=str(number),
                    number=columns,
                    most=limits.columns,
                )
            )


def _nest(line: str, indents: list[int]) -> None:
    """Keep the stack of open list levels: a mark further in than the text of the last level opens a new one."""
    position = len(line) - len(line.lstrip(" "))
    mark = LIST_MARK.match(line, position)
    if not mark:
        return
    while indents and position < indents[-1]:
        indents.pop()
    while mark and len(indents) < 1000:
        position = mark.end()
        indents.append(position)
        mark = LIST_MARK.match(line, position)
