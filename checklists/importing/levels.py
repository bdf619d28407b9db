"""Levels of lines: how deep a line stands in a list or among headings, and moving it in or out with all below it."""

from __future__ import annotations

import re

from .repairs import Line

HEADING = re.compile(r"^ {0,3}(?P<marks>#{1,6})[ \t]+(?P<words>.*?)[ \t]*$")
LISTED = re.compile(r"^\s*(?P<mark>[-*+]|\d{1,9}[.)])\s+(?P<rest>.*)$")


FAR = 1_000  # lines; no entry stands further from the one above it


def depth_of(text: str) -> int:
    """How many columns a line is indented."""
    wide = text.expandtabs(4)
    return len(wide) - len(wide.lstrip(" "))


def shift(lines: list[Line], at: int, inward: bool) -> None:
    """Move a line one level in or out, and what stands below it along with it; a line that cannot move stays."""
    if HEADING.match(lines[at].text):
        _shift_heading(lines, at, 1 if inward else -1)
    elif LISTED.match(lines[at].text):
        indent = depth_of(lines[at].text)
        target = _inward(lines, at, indent) if inward else _outward(lines, at, indent)
        if target is not None:
            _shift_entry(lines, at, indent, target - indent)


def _shift_heading(lines: list[Line], at: int, by: int) -> None:
    own = len(HEADING.sub(r"\g<marks>", lines[at].text))
    if not 1 <= own + by <= 6:
        return
    for index in range(at, len(lines)):
        heading = HEADING.match(lines[index].text)
        if heading and index > at and len(heading["marks"]) <= own:
            return
        if heading:
            level = min(len(heading["marks"]) + by, 6)
            lines[index] = Line(lines[index].number, f"{'#' * level} {heading['words']}")


def _inward(lines: list[Line], at: int, indent: int) -> int | None:
    """Below the entry before it: where that one's words begin."""
    for index in range(at - 1, max(-1, at - FAR), -1):
        text = lines[index].text
        depth = depth_of(text)
        if not text.strip() or depth > indent:
            continue
        listed = LISTED.match(text)
        return indent + len(listed["mark"]) + 1 if listed and depth == indent else None
    return None


def _outward(lines: list[Line], at: int, indent: int) -> int | None:
    """Beside the entry that it stands below."""
    if not indent:
        return None
    for index in range(at - 1, max(-1, at - FAR), -1):
        text = lines[index].text
        depth = depth_of(text)
        if not text.strip() or depth >= indent:
            continue
        return depth if LISTED.match(text) else None
    return None


def _shift_entry(lines: list[Line], at: int, indent: int, by: int) -> None:
    for index in range(at, len(lines)):
        text = lines[index].text.expandtabs(4)
        if index > at and text.strip() and depth_of(text) <= indent:
            return
        if text.strip():
            moved = " " * by + text if by > 0 else text[min(-by, depth_of(text)) :]
            lines[index] = Line(lines[index].number, moved)
