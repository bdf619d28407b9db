"""Front matter: facts about the document between two rules at its very beginning."""

from __future__ import annotations

import re

from .repairs import Line
from .state import State

PAIR = re.compile(r"([A-Za-z_][\w .-]{0,60}?)\s*:(?:\s+(.*)|$)")
LONGEST = 100  # lines


def take_front_matter(state: State, lines: list[Line]) -> list[Line]:
    """Keep front matter as metadata and hand back the lines behind it; without any, all lines."""
    start = next((index for index, line in enumerate(lines) if line.text.strip()), 0)
    if not lines or lines[start].text.rstrip() != "---":
        return lines
    ends = range(start + 1, min(len(lines), start + LONGEST))
    end = next((index for index in ends if lines[index].text.rstrip() in {"---", "..."}), None)
    body = [line for line in lines[start + 1 : end] if line.text.strip()] if end is not None else []
    if end is None or not body or not PAIR.fullmatch(body[0].text):
        return lines
    key = ""
    for line in body:
        pair = PAIR.fullmatch(line.text)
        if pair:
            state.metadata(pair[1], (pair[2] or "").strip("\"' "), line.number)
            key = list(state.outline.metadata)[-1]
        else:
            known = state.outline.metadata[key]
            state.outline.metadata[key] = f"{known}\n{line.text.strip()}".strip()
            state.ledger.note(line.number, "metadata", state.outline, "metadata", key)
    for edge in (lines[start], lines[end]):
        state.ledger.note(edge.number, "rule")
    return lines[end + 1 :]
