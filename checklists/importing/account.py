"""The account of source lines: where each one went, kept by reference until the outline stands and paths are known."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from .outline import LineAccount, Outline


@dataclass
class Target:
    """A place in the outline: an object, or one text in a list of it."""

    owner: object
    attribute: str = ""
    index: int | str = 0  # the key, for metadata


class Ledger:
    """One entry a line; what is noted first for a line stands."""

    def __init__(self) -> None:
        self.kinds: dict[int, str] = {}
        self.targets: dict[int, Target | None] = {}
        self.moves: dict[tuple[int, str, int | str], Target] = {}
        self.moved: list[object] = []  # held, so that no later object can have the identity of one that went

    def note(self, line: int, kind: str, owner: object = None, attribute: str = "", index: int | str = 0) -> None:
        """Say what a line became: an object, or the text at `index` of one of its lists."""
        if line not in self.kinds:
            self.kinds[line] = kind
            self.targets[line] = Target(owner, attribute, index) if owner is not None else None

    def stands_for(self, line: int, owner: object) -> bool:
        """Whether a line was noted as this object itself."""
        target = self.targets.get(line)
        return target is not None and target.owner is owner and not target.attribute

    def move(self, owner: object, attribute: str, index: int | str, to: Target) -> None:
        """A text that was noted in one place has been moved to another."""
        self.moved.append(owner)
        self.moves[id(owner), attribute, index] = to

    def demote(self, owner: object, to: Target) -> None:
        """An object that has become a mere text: its lines are prose now."""
        self.move(owner, "", 0, to)

    def settle(self, outline: Outline) -> list[LineAccount]:
        """The account in line order, with paths into the JSON object."""
        paths: dict[int, str] = {}
        _walk(outline, "", paths)
        return [
            LineAccount(line, self._kind(line), self._path(self.targets[line], paths)) for line in sorted(self.kinds)
        ]

    def _kind(self, line: int) -> str:
        target = self.targets[line]
        demoted = target is not None and not target.attribute and (id(target.owner), "", 0) in self.moves
        return "prose" if demoted else self.kinds[line]

    def _path(self, target: Target | None, paths: dict[int, str]) -> str:
        if target is None:
            return ""
        target = self.moves.get((id(target.owner), target.attribute, target.index), target)
        path = paths[id(target.owner)]
        if isinstance(target.index, str) and "/" in target.index:
            return target.attribute  # a key with a slash in it cannot be one step of a path
        if target.attribute:
            return "/".join(part for part in (path, target.attribute, str(target.index)) if part)
        return path


def _walk(node: Any, path: str, paths: dict[int, str]) -> None:
    paths[id(node)] = path
    for part in fields(node):
        value = getattr(node, part.name)
        if not isinstance(value, list) or not value or not is_dataclass(value[0]):
            continue
        for index, child in enumerate(value):
            _walk(child, f"{path}/{part.name}/{index}" if path else f"{part.name}/{index}", paths)
