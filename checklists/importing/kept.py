"""All words that an outline keeps, to hold the importer to its promise that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from .outline import Outline
from .wording import words_of

# About the reading, not about the plan, or read off words that stand elsewhere too.
ASIDE = frozenset(
    {
        "lines", "repairs", "warnings", "guesses", "lint", "placeholders", "milestones",
        "offset", "round", "condition", "threshold", "targets", "expected", "duration",
    }
)  # fmt: skip


def words_kept(outline: Outline) -> set[str]:
    """The words of every text in the outline."""
    return {word for text in _texts(outline) for word in words_of(text)}


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _texts(value)
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)
    elif is_dataclass(node):
        for part in fields(node):
            if part.name not in ASIDE:
                yield from _texts(getattr(node, part.name))
