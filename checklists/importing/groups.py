"""Groups of blocks under lines in bold, and whether there is anything in them to tick or to fill in."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field

from .blocks import Block, Listing, Paragraph, Quote, Table
from .fields import fields_in
from .repairs import Line
from .state import flatten
from .tables import has_box
from .wording import bold_label, unbox


@dataclass
class Group:
    """Blocks under a line in bold that does a heading's work; the first group of a division has no such line."""

    label: Line | None = None
    title: str = ""
    blocks: list[Block] = field(default_factory=list)


def groups_of(blocks: list[Block]) -> list[Group]:
    """Part the blocks at bold lines that stand as headings."""
    groups = [Group()]
    for block in blocks:
        if isinstance(block, Paragraph) and (title := bold_label(block.lines[0].text)):
            rest: list[Block] = [Paragraph(block.lines[1:])] if block.lines[1:] else []
            groups.append(Group(block.lines[0], title, rest))
        else:
            groups[-1].blocks.append(block)
    parts: list[Group] = []
    boxed = False  # whether any group so far ends with something to tick
    for group in groups:
        parts.extend(_until_box(group) if boxed and group.label else [group])
        boxed = boxed or has_boxes(group.blocks[-1:])
    return parts


def _until_box(group: Group) -> list[Group]:
    """Plain entries under a bold line between two items end where the next item begins, though the list goes on."""
    first = group.blocks[0] if group.blocks else None
    if not isinstance(first, Listing) or has_boxes(first.bullets[0].blocks):
        return [group]
    boxes = (index for index, bullet in enumerate(first.bullets) if bullet.spaced and has_boxes(bullet.blocks))
    cut = next(boxes, None)
    if cut is None:
        return [group]
    rest = Group(blocks=[Listing(first.bullets[cut:]), *group.blocks[1:]])
    return [Group(group.label, group.title, [Listing(first.bullets[:cut])]), rest]


def has_boxes(blocks: list[Block], but: Container[int] = ()) -> bool:
    """Whether there is anything to tick, however deep; lines in `but` do not count."""
    for block in blocks:
        match block:
            case Paragraph():
                if any(unbox(line.text)[0] is not None and line.number not in but for line in block.lines):
                    return True
            case Listing():
                if any(has_boxes(bullet.blocks, but) for bullet in block.bullets):
                    return True
            case Quote():
                if has_boxes(block.blocks, but):
                    return True
            case Table():
                if has_box(block):
                    return True
    return False


def has_blanks(blocks: list[Block]) -> bool:
    """Whether there is anything to fill in."""
    return any(fields_in(line.text, line.number) for line in flatten(blocks))
