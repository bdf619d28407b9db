"""What every stage of reading shares: the growing outline, the account of lines, and where we are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from .account import Ledger
from .blocks import Block, Bullet, Fence, Heading, Listing, Paragraph, Quote, Rule, Table
from .outline import Outline, Phase
from .repairs import Line
from .values import Guess


class Prosaic(Protocol):
    """Whatever keeps prose: the outline, a phase or section, a procedure."""

    prose: list[str]


class Commanded(Protocol):
    """Whatever keeps commands with the language of each."""

    commands: list[str]
    languages: list[str]


@dataclass(frozen=True)
class Context:
    """Where we are: the role of the division, the headings above, and what they make of the lines below them."""

    role: str = ""
    trail: tuple[str, ...] = ()
    phase: Phase | None = None
    head: bool = False  # before the first division, where lines of `Key: value` describe the document
    procedure: str = ""  # the title, where the whole division is one procedure

    @property
    def signing(self) -> bool:
        return self.role == "signoff"

    @property
    def group(self) -> str:
        return " › ".join(self.trail)

    def below(self, title: str, role: str = "") -> Context:
        """The context under one more heading or label."""
        return replace(self, trail=(*self.trail, title), role=role or self.role)


@dataclass
class State:
    """`flat` documents have no indented list at all, `boxless` ones no box, so that plain bullets are their items."""

    outline: Outline = field(default_factory=Outline)
    ledger: Ledger = field(default_factory=Ledger)
    scraped: bool = False
    flat: bool = False
    boxless: bool = False
    names: dict[str, int] = field(default_factory=dict)  # how often each name of metadata came
    corrected: dict[int, str] = field(default_factory=dict)  # what the user says that a line is
    outdented: set[int] = field(default_factory=set)  # lines that the user took out of what is above them

    titled: Phase | None = None  # has the items that are top headings

    def guess(self, line: int, kind: str, text: str) -> None:
        """Note what was inferred, for the preview to ask about; where the user has spoken there is no question."""
        if line not in self.corrected and line not in self.outdented:
            self.outline.guesses.append(Guess(line, kind, text))

    def keep(self, place: Prosaic, lines: list[Line], kind: str = "prose") -> None:
        """Keep lines as one text of the place's prose."""
        if not any(line.text.strip() for line in lines):
            return
        for line in lines:
            self.ledger.note(line.number, kind, place, "prose", len(place.prose))
        place.prose.append("\n".join(line.text for line in lines))

    def command(self, place: Commanded, fence: Fence) -> None:
        """Keep a block of code, never to be run by us. Its last line is kept without the line break."""
        for line in [*fence.edges, *fence.lines]:
            if line.text.strip():
                self.ledger.note(line.number, "command", place, "commands", len(place.commands))
        place.commands.append("\n".join(line.text for line in fence.lines))
        place.languages.append(fence.info)

    def rule(self, rule: Rule) -> None:
        self.ledger.note(rule.line.number, "rule")

    def metadata(self, key: str, value: str, line: int) -> None:
        """Keep a fact about the document; a second one of the same name gets a number."""
        count = self.names[key] = self.names.get(key, 0) + 1
        name = key if count == 1 else f"{key} ({count})"
        while name in self.outline.metadata:  # the author has numbered some too
            name += "*"
        self.outline.metadata[name] = value
        self.ledger.note(line, "metadata", self.outline, "metadata", name)


def flatten(blocks: list[Block], indent: str = "") -> list[Line]:
    """Blocks back to lines of Markdown, indented as deep as they are nested; for text that is kept as it stands."""
    lines: list[Line] = []
    for block in blocks:
        match block:
            case Paragraph():
                lines.extend(Line(line.number, indent + line.text) for line in block.lines)
            case Listing():
                for bullet in block.bullets:
                    lines.extend(flatten_bullet(bullet, indent))
            case Table():
                lines.extend(Line(row.number, indent + row.text) for row in block.rows)
            case Fence():
                lines.extend(flatten_fence(block, indent))
            case Heading():
                marks = "#" * block.level + " "
                lines.append(Line(block.lines[0].number, indent + marks + block.text))
                lines.extend(Line(line.number, "") for line in block.lines[1:])
            case Rule():
                lines.append(Line(block.line.number, indent + block.line.text.strip()))
            case Quote():
                lines.extend(Line(line.number, f"{indent}> {line.text}") for line in flatten(block.blocks))
    return lines


def flatten_bullet(bullet: Bullet, indent: str) -> list[Line]:
    """One list entry with its mark; what is below it stands two spaces further in."""
    inner = flatten(bullet.blocks, indent + "  ")
    mark = f"{indent}{bullet.number or '-'} "
    if not inner or inner[0].number != bullet.line:
        return [Line(bullet.line, mark.rstrip()), *inner]
    return [Line(bullet.line, mark + inner[0].text.strip()), *inner[1:]]


def flatten_fence(fence: Fence, indent: str) -> list[Line]:
    """Code with its fences, which are written anew where they share their line with something else."""
    first = fence.edges[0].number if fence.edges else 0
    last = fence.edges[-1].number if len(fence.edges) > 1 else first
    code = [Line(line.number, indent + line.text) for line in fence.lines]
    return [Line(first, f"{indent}```{fence.info}"), *code, Line(last, f"{indent}```")]
