"""How much of a document the importer takes on; each number can be set by whoever runs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Beyond these a document is refused as a whole, in a sentence, before anything expensive is done with it."""

    size: int = 1_000_000  # bytes
    lines: int = 20_000
    line_length: int = 20_000  # characters
    items: int = 5_000
    levels: int = 12
    columns: int = 50
    cells: int = 100_000  # of all tables together
    blanks: int = 20_000  # to fill in, and boxes to choose from
