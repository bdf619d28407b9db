"""Items that are headings: in a document without boxes a heading with a few words below it is a thing to do."""

from __future__ import annotations

from .blocks import Fence, Paragraph, Quote, Rule
from .headings import Division
from .items import admit, below, describe
from .outline import Item, Section
from .state import Context, State
from .vocabulary import role_of

FEWEST = 3  # fewer headings of a kind are an introduction and a remark


def titled_items(state: State, divisions: list[Division]) -> set[int]:
    """The lines of those sibling headings that are items: with text below them, but no list and no heading."""
    if not state.boxless:
        return set()
    found = {division.line for division in divisions if _is_item(division)} - state.corrected.keys()
    return found if len(found) >= FEWEST and 2 * len(found) >= len(divisions) else set()


def _is_item(division: Division) -> bool:
    blocks = [block for block in division.blocks if not isinstance(block, Rule)]
    told = any(isinstance(block, Paragraph) for block in blocks)
    plain = all(isinstance(block, Paragraph | Quote | Fence) for block in blocks)
    return told and plain and not division.children and not role_of(division.title)


def read_titled(state: State, division: Division, place: Section, context: Context) -> None:
    """Read a heading as an item; what stands below it are its details."""
    item = Item(division.title, division.line)
    describe(item, [])
    item = admit(state, item, place, context)
    for line in division.heading.lines[1:]:
        state.ledger.note(line.number, "rule")
    state.guess(division.line, "heading-as-item", division.title)
    below(state, item, division.blocks, context)
