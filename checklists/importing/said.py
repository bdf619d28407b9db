"""Sentences about a reading, in English with their facts, so that they can be said in another language later.

The importer speaks to nobody: what it says is kept, exported and compared in English, and turned into the reader's
language where it is shown (checklists/saying.py).
"""

from __future__ import annotations

from typing import Any, Self


class Said(str):
    """An English sentence that knows its words, with named blanks, and the facts in them; numbers are told as such."""

    __slots__ = ("facts", "words")
    words: str
    facts: dict[str, Any]

    def __new__(cls, words: str, **facts: Any) -> Self:
        return cls._of(words, words, facts)

    @classmethod
    def _of(cls, words: str, chosen: str, facts: dict[str, Any]) -> Self:
        told = {name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in facts.items()}
        said = super().__new__(cls, chosen % told if facts else chosen)
        said.words, said.facts = words, facts
        return said

    def __deepcopy__(self, memo: dict) -> Self:
        return self


class Counted(Said):
    """A sentence with other words where the fact `number` is not one."""

    __slots__ = ("many",)
    many: str

    def __new__(cls, words: str, many: str, **facts: Any) -> Self:
        said = cls._of(words, words if facts["number"] == 1 else many, facts)
        said.many = many
        return said
