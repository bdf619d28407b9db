"""What the user says that lines are, carried into the lines themselves before their meaning is read.

Line numbers stay those of the source; a line may move, to the item that it now belongs to or out of a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .blocks import Block, Fence, Listing, Quote, Table
from .fields import BLANK, fields_in
from .levels import HEADING, LISTED, depth_of, shift
from .outline import Repair
from .repairs import Line
from .said import Said
from .state import State
from .wording import key_value, unbox, without_bold

KINDS = frozenset({"item", "unticked", "detail", "heading", "field", "slot", "prose", "litter"})
LEVELS = frozenset({"indent", "outdent"})
MOST_WORDS = 12  # of one correction: nobody moves a line further than a plan has levels
QUOTED = re.compile(r"^\s*(?:>\s?)+")
MARK = re.compile(r"^(?P<mark>[-*+•‣▪●]|\d{1,9}[.)])\s+(?P<rest>.*)$", re.DOTALL)


@dataclass
class Anchor:
    """The item that a detail would go below, as a place in the lines written so far."""

    indent: int
    end: int
    open: bool = True


@dataclass
class Part:
    """A line taken apart: how deep it stands, its mark in a list, its box and its words."""

    indent: int
    mark: str
    ticked: bool
    boxed: bool
    words: str


def correct(state: State, lines: list[Line], blocks: list[Block], corrections: Mapping[int, str]) -> list[Line]:
    """The lines with each correction made: a kind, a change of level ("indent", "outdent"), or both in words."""
    wishes = {number: wish.split()[:MOST_WORDS] for number, wish in corrections.items()}
    writer = _Writer(state, *_fixed(blocks))
    for line in lines:
        kinds = [word for word in wishes.get(line.number, ()) if word in KINDS]
        writer.write(line, kinds[-1] if kinds else "")
    writer.end_table()
    found = writer.lines
    places = {line.number: index for index, line in enumerate(found) if line.text.strip()}
    for number in sorted(wishes):
        for word in wishes[number]:
            if word in LEVELS and number in places:
                shift(found, places[number], word == "indent")
                if word == "outdent":
                    state.outdented.add(number)
    return found


def _fixed(blocks: list[Block]) -> tuple[set[int], dict[int, int]]:
    """The lines of code, which are never rewritten, and the rows of each table with the table's last line."""
    code: set[int] = set()
    rows: dict[int, int] = {}
    for block in blocks:
        match block:
            case Fence():
                code.update(line.number for line in (*block.edges, *block.lines))
            case Table():
                rows.update((row.number, block.rows[-1].number) for row in block.rows)
                code.update(row.number for row in block.rows[:2])
            case Quote():
                inner = _fixed(block.blocks)
                code |= inner[0]
                rows |= inner[1]
            case Listing():
                for bullet in block.bullets:
                    inner = _fixed(bullet.blocks)
                    code |= inner[0]
                    rows |= inner[1]
    return code, rows


class _Writer:
    """Writes the lines anew, one after the other."""

    def __init__(self, state: State, code: set[int], rows: dict[int, int]) -> None:
        self.state = state
        self.code = code
        self.rows = rows
        self.lines: list[Line] = []
        self.waiting: list[tuple[Line, str]] = []  # rows that leave the table that is being written
        self.table = 0
        self.anchors: list[Anchor] = []  # the items that are open above, the deepest last
        self.root: int | None = None
        self.level = 1

    def write(self, line: Line, kind: str) -> None:
        if self.waiting and line.number > self.table:
            self.end_table()
        if not kind or (line.number in self.code and kind != "litter"):
            if kind:
                self.state.outline.warnings.append(
                    Said("Line %(line)s stays what it is: it holds its block together.", line=str(line.number))
                )
            self.keep(line)
        elif kind == "litter" and line.number not in self.code:
            self.state.ledger.note(line.number, "litter")
            self.state.outline.repairs.append(Repair(line.number, "litter", line.text, ""))
        elif line.number in self.rows:
            self.table = self.rows[line.number]
            cells = (cell.strip() for cell in QUOTED.sub("", line.text).strip().strip("|").split("|"))
            self.waiting.append((Line(line.number, " · ".join(cell for cell in cells if cell)), kind))
        elif line.text.strip():
            self.turn(line, kind)
        else:
            self.keep(line)

    def end_table(self) -> None:
        waiting, self.waiting = self.waiting, []
        for line, kind in waiting:
            self.blank(line.number)
            self.turn(line, kind)

    def blank(self, number: int) -> None:
        self.keep(Line(number, ""))

    def keep(self, line: Line) -> None:
        """Write a line and remember what can stand below it."""
        self.lines.append(line)
        text = line.text.strip()
        if not text:
            return
        heading = HEADING.match(line.text)
        indent = depth_of(line.text)
        listed = LISTED.match(line.text)
        if heading:
            self.level = len(heading["marks"])
            self.anchors, self.root = [], None
        elif listed and indent == 0:
            self.root = len(self.lines) - 1
        for anchor in self.anchors:
            anchor.open = anchor.open and indent > anchor.indent
            if anchor.open:
                anchor.end = len(self.lines) - 1
        if listed and (self.state.boxless or unbox(text)[0] is not None or unbox(listed["rest"])[0] is not None):
            self.anchors = [anchor for anchor in self.anchors if anchor.indent < indent]
            self.anchors.append(Anchor(indent, len(self.lines) - 1))

    def turn(self, line: Line, kind: str) -> None:
        """Write a line as what the user says that it is."""
        part = _take_apart(line.text)
        if not part.words:
            self.keep(line)
            return
        self.state.corrected[line.number] = kind
        lead = " " * part.indent + (part.mark or "-")
        box = "[x]" if part.ticked and kind != "unticked" else "[ ]"
        match kind:
            case "item" | "unticked" | "slot":
                self.keep(Line(line.number, f"{lead} {box} {part.words}"))
            case "field":
                self.keep(Line(line.number, f"{lead} {_asking(part.words)}"))
            case "heading":
                level = max(self.level, 3) if self.level > 1 else 2
                self.keep(Line(line.number, f"{'#' * level} {part.words}"))
            case "detail" if self.anchors:
                self.detail(line.number, part)
            case _:
                self.prose(line.number, part)

    def detail(self, number: int, part: Part) -> None:
        """Below the item before it: for a list entry the one that does not stand deeper."""
        beside = [anchor for anchor in self.anchors if not part.mark or anchor.indent <= part.indent]
        anchor = beside[-1] if beside else self.anchors[0]
        self.insert(anchor.end + 1, [Line(number, f"{' ' * (anchor.indent + 2)}- {part.words}")])

    def prose(self, number: int, part: Part) -> None:
        """Text of the place around: before the list entry that it stood under, so that no item swallows it."""
        if part.mark and part.indent == 0:
            self.keep(Line(number, f"{part.mark} {part.words}"))
            return
        # A line that is bold as a whole would do a heading's work again.
        text = f"{part.mark} {part.words}" if part.mark else without_bold(part.words)
        apart = [Line(number, ""), Line(number, text), Line(number, "")]
        if part.indent and self.root is not None:
            self.insert(self.root, apart)
            self.root += len(apart)
        else:
            for line in apart:
                self.keep(line)

    def insert(self, at: int, lines: list[Line]) -> None:
        """Put lines between those that are written; what ends there or behind it ends later."""
        self.lines[at:at] = lines
        for anchor in self.anchors:
            if anchor.end >= at - 1:
                anchor.end += len(lines)


def _take_apart(text: str) -> Part:
    indent = depth_of(text)
    bare = QUOTED.sub("", text).strip()
    heading = HEADING.match(bare)
    bare = heading["words"].strip() if heading else bare
    mark = ""
    if match := MARK.match(bare):
        mark = match["mark"] if match["mark"] not in "•‣▪●" else "-"
        bare = match["rest"].strip()
    ticked, words = unbox(bare)
    return Part(indent, mark, bool(ticked), ticked is not None, words)


def _asking(words: str) -> str:
    """The words as a blank to fill in; a value that stands there is kept with the label."""
    if BLANK.search(words) or fields_in(words, 0):
        return words
    pair = key_value(words, plain=True)
    if pair and pair[1]:
        return f"{pair[0]} ({pair[1]}): ____"
    return f"{words.rstrip(':： ')}: ____"
