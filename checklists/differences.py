"""What changed between two outlines, item by item. Pure: two outlines in, one list of changes out.

Text alone is no identity: the same words stand in several places of a plan. Entries are therefore matched from the
outside in: first the phases, then what is in them, and a phase with a new name keeps its items. Within a place, the same
words match first, then the same words in another place (moved), then words that are alike (changed).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import groupby

from checklists.entries import Entry, Place, entries_of
from checklists.importing.outline import Outline

ALIKE = 0.5  # how much of their words two texts share, to be one text that was changed
# Comparing every text of a place with every other grows with the square; beyond this nothing is guessed.
GUESSES = 40_000
# Words of both texts, multiplied: beyond this the whole text is shown as changed.
WORDS = 250_000
TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A part of a text that stayed (`same`), came (`ins`) or went (`del`)."""

    op: str
    text: str


@dataclass(frozen=True)
class Change:
    """One entry that is not as it was. `sort` is added, removed, moved or changed; a moved one may be changed too."""

    sort: str
    old: Entry | None
    new: Entry | None
    only_order: bool = False

    @property
    def entry(self) -> Entry:
        """What it is now; for a removed one, what it was."""
        entry = self.new or self.old
        if entry is None:
            raise ValueError("A change is about something.")
        return entry

    @property
    def is_reworded(self) -> bool:
        return bool(self.old and self.new and self.old.text != self.new.text)

    @property
    def words(self) -> list[Piece]:
        """The text, with what came and went."""
        if self.old and self.new:
            before, after = (each.text.replace("**", "") for each in (self.old, self.new))
            # Stars are shown only where they are all that changed.
            return pieces(before, after) if before != after else pieces(self.old.text, self.new.text)
        return [Piece("same", self.entry.text)]

    @property
    def facts(self) -> list[tuple[str, list[Piece]]]:
        """What it says beside its text, where that changed: details, commands, fields, times."""
        if not (self.old and self.new):
            return []
        before, after = dict(self.old.facts), dict(self.new.facts)
        names = dict.fromkeys([*before, *after])
        return [
            (name, pieces(before.get(name, ""), after.get(name, "")))
            for name in names
            if before.get(name) != after.get(name)
        ]


@dataclass(frozen=True)
class Group:
    """The changes of one phase or one other part of the document, in reading order."""

    title: str
    changes: list[Change]


@dataclass(frozen=True)
class Differences:
    """Everything that changed; `kept` counts the items that did not."""

    changes: list[Change] = field(default_factory=list)
    kept: int = 0

    @property
    def groups(self) -> list[Group]:
        return [Group(title, list(found)) for title, found in groupby(self.changes, key=_division_of)]

    def count(self, sort: str) -> int:
        return sum(1 for change in self.changes if change.sort == sort)

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(sort, self.count(sort)) for sort in ("added", "removed", "changed", "moved")]


def compare(before: Outline, after: Outline) -> Differences:
    """What one has to know who knows `before` and gets `after`."""
    matching = _Matching(entries_of(before), entries_of(after))
    return matching.differences()


def pieces(before: str, after: str) -> list[Piece]:
    """Two texts as one, word by word, with what came and what went."""
    if before == after:
        return [Piece("same", after)] if after else []
    old, new = TOKEN.findall(before), TOKEN.findall(after)
    if not old or not new or len(old) * len(new) > WORDS:
        return [Piece(op, text) for op, text in (("del", before), ("ins", after)) if text]
    found: list[Piece] = []
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            found.append(Piece("same", "".join(new[c:d])))
            continue
        found.extend(Piece(op, text) for op, text in (("del", "".join(old[a:b])), ("ins", "".join(new[c:d]))) if text)
    return found


def likeness(one: Iterable[str], other: Iterable[str]) -> float:
    """How much two sets of words share, from 0 to 1."""
    mine, theirs = frozenset(one), frozenset(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs)) if mine or theirs else 0.0


def _division_of(change: Change) -> str:
    return change.entry.path[0]


class _Matching:
    """Finds, level by level, which old entry is which new one. Entries are named by their index."""

    def __init__(self, old: list[Entry], new: list[Entry]):
        self.old, self.new = old, new
        self.match: dict[int, int] = {}  # old to new
        self.taken: set[int] = set()
        self.renamed: dict[Place, Place] = {}
        self.below = (_texts_below(old), _texts_below(new))
        self.words = [[_words(entry.text) for entry in entries] for entries in (old, new)]

    def differences(self) -> Differences:
        for depth in range(max((entry.depth for entry in [*self.old, *self.new]), default=0) + 1):
            self.pair(depth, lambda entry: (entry.kind, entry.place, entry.text))
            self.pair(depth, lambda entry: (entry.kind, entry.text))
            self.pair_alike(depth)
            for before, after in self.match.items():
                if self.old[before].depth == depth:
                    self.renamed[self.old[before].path] = self.new[after].path
        self.pair(None, lambda entry: (entry.kind, entry.text))
        return self.told()

    def left(self, depth: int | None) -> tuple[list[int], list[int]]:
        """What has no match yet at one depth, or at all."""
        return (
            [i for i, each in enumerate(self.old) if i not in self.match and depth in (None, each.depth)],
            [i for i, each in enumerate(self.new) if i not in self.taken and depth in (None, each.depth)],
        )

    def placed(self, index: int) -> Entry:
        """The old entry where it would stand in the new document."""
        entry = self.old[index]
        place = self.renamed.get(entry.place, entry.place)
        return Entry(entry.kind, place, entry.text)

    def rescoped(self, entry: Entry) -> Entry:
        """An entry that names a phase, as signatures do, with the phase's new name: a renamed phase is one change."""
        facts = (
            (name, self.renamed.get((value,), (value,))[0] if name == "scope" else value) for name, value in entry.facts
        )
        return replace(entry, facts=tuple(facts))

    def accept(self, before: int, after: int) -> None:
        self.match[before] = after
        self.taken.add(after)

    def pair(self, depth: int | None, key: Callable[[Entry], tuple]) -> None:
        """Match those with the same key, in order."""
        old, new = self.left(depth)
        waiting = defaultdict(list)
        for index in reversed(new):
            waiting[key(self.new[index])].append(index)
        for index in old:
            if found := waiting.get(key(self.placed(index))):
                self.accept(index, found.pop())

    def pair_alike(self, depth: int) -> None:
        """Match within one place what shares most of its words, or of what is below it; the most alike first."""
        old, new = self.left(depth)
        here: dict[tuple, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for index in old:
            here[self.placed(index).kind, self.placed(index).place][0].append(index)
        for index in new:
            here[self.new[index].kind, self.new[index].place][1].append(index)
        for befores, afters in here.values():
            if len(befores) * len(afters) > GUESSES:
                continue
            scored = [
                (self.score(a, b), -abs(i - j), a, b) for i, a in enumerate(befores) for j, b in enumerate(afters)
            ]
            for score, _, before, after in sorted(scored, reverse=True):
                if score >= ALIKE and before not in self.match and after not in self.taken:
                    self.accept(before, after)

    def score(self, before: int, after: int) -> float:
        words = likeness(self.words[0][before], self.words[1][after])
        below = likeness(self.below[0][self.old[before].path], self.below[1][self.new[after].path])
        return max(words, below)

    def told(self) -> Differences:
        """The changes in the order of the new document, what was removed behind what stood before it."""
        moved = self.out_of_order()
        origin = {after: before for before, after in self.match.items()}
        changes: list[tuple[tuple[str, int, int], Change]] = []
        order = {title: place for place, title in enumerate(dict.fromkeys(each.path[0] for each in self.new))}
        kept = 0
        for index, entry in enumerate(self.new):
            before = origin.get(index)
            change = Change("added", None, entry) if before is None else self.changed(before, index, moved)
            if change:
                changes.append(((entry.path[0], index, 0), change))
            kept += change is None and entry.kind in ("item", "criterion")
        last = -1
        for index, entry in enumerate(self.old):
            if index in self.match:
                last = self.match[index]
                continue
            title = self.renamed.get(entry.path[:1], entry.path[:1])[0]
            changes.append(((title, last, index + 1), Change("removed", entry, None)))
        for (title, _, _), _change in changes:  # parts that are gone altogether come last
            order.setdefault(title, len(order))
        changes.sort(key=lambda pair: (order[pair[0][0]], pair[0]))
        return Differences([change for _, change in changes], kept)

    def changed(self, before: int, after: int, moved: set[int]) -> Change | None:
        old, new = self.rescoped(self.old[before]), self.new[after]
        elsewhere = self.placed(before).place != new.place
        if elsewhere or before in moved:
            return Change("moved", old, new, only_order=not elsewhere)
        return Change("changed", old, new) if (old.text, old.facts) != (new.text, new.facts) else None

    def out_of_order(self) -> set[int]:
        """Entries that stayed in their place but not in their turn: all outside the longest run that kept its order."""
        here: dict[tuple, list[int]] = defaultdict(list)
        for before in sorted(self.match):
            entry = self.new[self.match[before]]
            if self.placed(before).place == entry.place:
                here[entry.kind, entry.place].append(before)
        return {each for befores in here.values() for each in befores} - {
            each for befores in here.values() for each in longest_run(befores, self.match)
        }


def longest_run(befores: list[int], match: dict[int, int]) -> list[int]:
    """The most entries whose matches rise."""
    tails: list[int] = []  # the lowest match that ends a run of each length
    ends: list[int] = []
    previous: dict[int, int | None] = {}
    for before in befores:
        at = bisect_left(tails, match[before])
        tails[at : at + 1] = [match[before]]
        ends[at : at + 1] = [before]
        previous[before] = ends[at - 1] if at else None
    run: list[int] = []
    step: int | None = ends[-1] if ends else None
    while step is not None:
        run.append(step)
        step = previous[step]
    return run


def _texts_below(entries: list[Entry]) -> dict[Place, set[str]]:
    below: dict[Place, set[str]] = defaultdict(set)
    for entry in entries:
        below[entry.place].add(entry.text)
    return below


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in re.findall(r"\w+", text))
