"""The tree of headings, and which of them are the title, the phases and the sections."""

from __future__ import annotations

from dataclasses import dataclass, field

from .blocks import Block, Heading, Paragraph, Rule
from .groups import has_boxes
from .vocabulary import PHASE_TITLE, role_of
from .wording import bold_label, key_value


@dataclass
class Division:
    """A heading, the blocks right below it, and the headings deeper than it."""

    heading: Heading
    blocks: list[Block] = field(default_factory=list)
    children: list[Division] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.heading.text.strip()

    @property
    def line(self) -> int:
        return self.heading.lines[0].number


@dataclass
class Layout:
    """What the document's headings mean. A container is a heading above phases that is none itself."""

    title: Heading | None
    head: list[Block]
    subtitle: Division | None
    phases: list[Division]
    containers: dict[int, Division]  # by the line of the first phase below it


def divide(blocks: list[Block]) -> Division:
    """Nest blocks below their headings. The root has what stands before the first heading."""
    root = Division(Heading(0, []))
    stack = [root]
    for block in blocks:
        if not isinstance(block, Heading):
            stack[-1].blocks.append(block)
            continue
        while stack[-1].heading.level >= block.level:
            stack.pop()
        division = Division(block)
        stack[-1].children.append(division)
        stack.append(division)
    return root


def lay_out(root: Division) -> Layout:
    """Find the title, then the level at which the phases stand."""
    head = list(root.blocks)
    tops = root.children
    title: Heading | None = None
    if tops and _is_title(tops):
        first = tops[0]
        title = first.heading
        head += first.blocks
        tops = [*first.children, *tops[1:]]
    subtitle = None
    if title and len(tops) > 1 and _is_subtitle(tops[0], head):
        subtitle = tops[0]
        tops = tops[1:]
    phases: list[Division] = []
    containers: dict[int, Division] = {}
    for top in tops:
        inner = [child for child in top.children if PHASE_TITLE.search(child.title)]
        if len(inner) >= 2 and not PHASE_TITLE.search(top.title) and not has_boxes(top.blocks):
            containers[top.children[0].line] = top
            phases.extend(top.children)
        else:
            phases.append(top)
    return Layout(title, head, subtitle, phases, containers)


def _is_title(tops: list[Division]) -> bool:
    """The first heading names the document if it stands above the others, or has no tasks of its own."""
    first = tops[0]
    if len(tops) == 1:
        return True
    if any(other.heading.level < first.heading.level for other in tops[1:]):
        return False
    return bool(first.children) or not has_boxes(first.blocks)


def _is_subtitle(first: Division, head: list[Block]) -> bool:
    """A heading right below the title with only facts about the document below it goes on with the title."""
    facts = [block for block in first.blocks if not isinstance(block, Rule)]
    if head or first.children or not facts or role_of(first.title):
        return False
    return all(isinstance(block, Paragraph) and is_facts(block) for block in facts)


def is_facts(block: Paragraph) -> bool:
    """Whether every line is a bold key with a value."""
    return all(key_value(line.text) and not bold_label(line.text) for line in block.lines)


def split_footer(blocks: list[Block]) -> tuple[list[Block], list[Block]]:
    """Facts about the document behind the last rule at its very end belong to no division."""
    rules = [index for index, block in enumerate(blocks) if isinstance(block, Rule)]
    if not rules:
        return blocks, []
    tail = blocks[rules[-1] + 1 :]
    if tail and all(isinstance(block, Paragraph) and is_facts(block) for block in tail):
        return blocks[: rules[-1] + 1], tail
    return blocks, []
