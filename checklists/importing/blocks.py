"""From lines to blocks: headings, paragraphs, lists, tables and code, each with the source lines that it came from.

Only the block structure is parsed. What stands inside a line stays the author's Markdown, so no bracket, star or tag in
it can cost time here, and nothing of it can get lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .repairs import Line

# Beyond the importer's own limit on levels, so that the parser never stops first.
PARSER_NESTING = 100
PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": PARSER_NESTING}).enable("table")
# Text indented by lost list structure is not code, a link's definition is text to keep, and tags are plain words.
PARSER.disable(["code", "reference", "html_block"])
PARSER.core.ruler.enableOnly(["normalize", "block"])
ROOM = 5  # underscores in a row
BOXED_LINE = re.compile(r"\s*(?:(?:[-*+•]|\d{1,9}[.)])\s+)?(?:\[[ xX]?\]|[☐☑☒□])\s+\S")


@dataclass
class Heading:
    level: int
    lines: list[Line]  # two for a heading that is underlined
    text: str = ""


@dataclass
class Paragraph:
    lines: list[Line]


@dataclass
class Bullet:
    """One entry of a list; `number` is the author's ("2."), empty for a bullet; `spaced` after a blank line."""

    line: int
    number: str
    spaced: bool
    blocks: list[Block] = field(default_factory=list)


@dataclass
class Listing:
    bullets: list[Bullet]


@dataclass
class Table:
    """Rows as they stand in the source: the head, its rule, then the body."""

    rows: list[Line]


@dataclass
class Fence:
    """Code between fences. `lines` has the code, `edges` the lines of the fences themselves."""

    info: str
    lines: list[Line]
    edges: list[Line]


@dataclass
class Rule:
    line: Line


@dataclass
class Quote:
    blocks: list[Block]


Block = Heading | Paragraph | Listing | Table | Fence | Rule | Quote


def parse(lines: list[Line]) -> list[Block]:
    """The blocks of these lines. Every line that is not blank ends in exactly one of them."""
    tokens = PARSER.parse("\n".join(line.text for line in lines))
    return _Builder(lines, tokens).blocks("")


class _Builder:
    """Walks the parser's flat tokens once, turning them into nested blocks."""

    def __init__(self, lines: list[Line], tokens: list[Token]) -> None:
        self.source = lines
        self.tokens = tokens
        self.at = 0

    def blocks(self, closing: str) -> list[Block]:
        """The blocks up to the token that closes the container."""
        found: list[Block] = []
        while self.at < len(self.tokens) and self.tokens[self.at].type != closing:
            found.extend(self.block())
        self.at += 1
        return found

    def block(self) -> list[Block]:
        token = self.tokens[self.at]
        self.at += 1
        start, end = token.map or [0, 0]
        match token.type:
            case "heading_open":
                return [self.heading(token, start, end)]
            case "paragraph_open":
                inline = self.tokens[self.at]
                self.at += 2
                return [Paragraph(self.inline_lines(inline))]
            case "bullet_list_open" | "ordered_list_open":
                return [self.listing(token.type.replace("_open", "_close"))]
            case "table_open":
                while self.tokens[self.at].type != "table_close":
                    self.at += 1
                self.at += 1
                return [Table([Line(row.number, row.text.lstrip(" \t>")) for row in self.filled(start, end)])]
            case "fence":
                return self.fence(token, start, end)
            case "hr":
                line = self.source[start]
                written = line.text.strip()
                # Markdown takes a row of underscores for a rule, but on paper it is room to write.
                room = len(written) >= ROOM and set(written) == {"_"}
                return [Paragraph([Line(line.number, written)]) if room else Rule(line)]
            case "blockquote_open":
                return [Quote(self.blocks("blockquote_close"))]
        return []

    def filled(self, start: int, end: int) -> list[Line]:
        return [line for line in self.source[start:end] if line.text]

    def inline_lines(self, inline: Token) -> list[Line]:
        """The lines of a paragraph without the marks and the indentation of what it stands in."""
        start = (inline.map or [0, 0])[0]
        texts = inline.content.split("\n")
        return [Line(self.source[start + i].number, text.strip()) for i, text in enumerate(texts)]

    def heading(self, token: Token, start: int, end: int) -> Heading:
        inline = self.tokens[self.at]
        self.at += 2
        text = " ".join(part.strip() for part in inline.content.split("\n"))
        return Heading(int(token.tag[1:]), self.filled(start, end), text)

    def listing(self, closing: str) -> Listing:
        bullets: list[Bullet] = []
        while self.tokens[self.at].type != closing:
            token = self.tokens[self.at]
            self.at += 1
            start = (token.map or [0, 0])[0]
            number = f"{token.info}{token.markup}" if token.info else ""
            bullet = Bullet(self.source[start].number, number, start == 0 or not self.source[start - 1].text)
            bullet.blocks = _unquoted(self.blocks("list_item_close"), bullet.line)
            bullets.append(bullet)
        self.at += 1
        return Listing(bullets)

    def fence(self, token: Token, start: int, end: int) -> list[Block]:
        body = token.content.removesuffix("\n").split("\n") if token.content else []
        code = [Line(self.source[start + 1 + i].number, text) for i, text in enumerate(body)]
        used = {line.number for line in code}
        edges = [line for line in self.source[start:end] if line.number not in used and line.text]
        if _is_checklist(token.info, code):
            return [*(Rule(line) for line in edges), *parse(code)]
        return [Fence(token.info.strip(), code, edges)]


def _unquoted(blocks: list[Block], line: int) -> list[Block]:
    """`- >25% of users` is no quotation: the sign belongs to the words of the entry."""
    first = blocks[0] if blocks else None
    inner = first.blocks[0] if isinstance(first, Quote) and first.blocks else None
    if not isinstance(first, Quote) or not isinstance(inner, Paragraph) or inner.lines[0].number != line:
        return blocks
    head = Paragraph([Line(line, f">{inner.lines[0].text}"), *inner.lines[1:]])
    return [head, *first.blocks[1:], *blocks[1:]]


def _is_checklist(info: str, code: list[Line]) -> bool:
    """Boxes inside a fence are a checklist that its author set in fixed letters, unless a program is named."""
    if info.strip().lower() not in {"", "text", "txt", "md", "markdown"}:
        return False
    filled = [line for line in code if line.text.strip()]
    return 0 < len(filled) <= 2 * sum(1 for line in filled if BOXED_LINE.match(line.text))
