"""The Markdown that a plan is exported as: its marks, and what single lines of it say.

Ordinary Markdown is read by guessing what its author meant. An exported plan says what it means: its first lines name
the form, and where Markdown has no words for a fact of the plan, a line that begins with `›` tells it. Lines that begin
with `»` tell of the run (who ticked what and when) and are no part of the plan. The writer asks the functions here how
each line would be read, and takes the plainest form that reads back as the same.

Nothing of Django here: the reader, the writer and the spreadsheets share it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .fields import fields_in, says_all
from .items import describe
from .outline import Field, Item
from .times import recurrence_in, window_in

FORM = 1
FRONT = f"---\ngolive-plan: {FORM}\n---\n"
FRONT_LINES = 3
IS_EXPORTED = re.compile(r"---\ngolive-plan: *(?P<form>\d{1,6})\n---(?:\n|$)")

FACT, RUN = "› ", "» "
TITLE, WHEN, OFTEN, LEVEL, ESTIMATE = "title", "when", "how often", "level", "estimate"
OPTIONAL, NOT_OPTIONAL, TICKED = "optional", "not optional", "ticked in the source"
EXPECTED, TAKES, TEAM = "expected", "takes", "team"
NO_BLANKS, ASK = "no blanks in these words", "ask "
UNDER, TRIPWIRES, TRIPWIRE = "under", "tripwires", "roll back if"
CRITERIA, CONTACTS, ESCALATION, SIGNOFF = "success criteria", "contacts", "escalation", "sign-off"
PROCEDURES = {
    "rollback procedure": "rollback",
    "incident procedure": "incident",
    "other procedure": "other",
}
CONTACT_HEAD = ("Role", "Name", "Phone", "Email", "Emergency", "Notes", "Under")
ESCALATION_HEAD = ("Level", "Trigger", "Who", "Response", "Details", "Under")
# What is asked for follows the blanks, so that tables without those columns are read, too.
SIGNOFF_HEAD = (
    *("Item", "Kind", "Meaning", "Phase", "Notes", "Under", "Signature", "Date"),
    *("About", "Section", "Stage", "Who", "How many", "Required"),
)
ADVISORY = "no"

PHASE_LEVEL = 2
DEEPEST_HEADING = 6
ROOM = "______"

HEADING = re.compile(r"(?P<marks>#{1,6})(?: (?P<text>.*))?", re.DOTALL)
BOX = re.compile(r"\[(?P<mark>[ xX])\](?: (?P<text>.*))?", re.DOTALL)
NUMBERED = re.compile(r"\d{1,9}[.)] .*", re.DOTALL)
FENCE = re.compile(r"(?P<mark>`{3,}|~{3,})(?P<info>.*)", re.DOTALL)
METADATA = re.compile(r"\*\*(?P<key>(?:\\.|[^\\*])+):\*\*(?: (?P<value>.*))?", re.DOTALL)
BRACKET_END = re.compile(r"(?P<title>.*) \((?P<window>[^()]*)\)", re.DOTALL)
MINUTES = re.compile(r"(?P<number>\d{1,7}) min")
ESCAPED = re.compile(r"\\(.)|<br>", re.DOTALL)
CELL_EDGE = re.compile(r"(?<!\\)((?:\\\\)*)\|")


@dataclass
class Token:
    """One line, or one block of code or quotation, with its indentation; `text` has no mark, `raw` is as written."""

    kind: str  # blank, heading, box, bullet, number, fact, run, fence, quote, row, text
    line: int
    indent: int = 0
    text: str = ""
    raw: str = ""
    mark: str = ""  # of a heading its hashes, of a box its tick, of code its language
    lines: list[int] = field(default_factory=list)  # of a block, all its lines


def tokens_of(text: str, first: int = 1) -> list[Token]:
    """The lines and blocks of a text; `first` is the number of its first line."""
    lines = text.split("\n")
    found: list[Token] = []
    at = 0
    while at < len(lines):
        token = _token(lines[at], first + at)
        if token.kind == "fence":
            at = _fence(token, lines, at, first)
        elif token.kind == "quote":
            at = _quote(token, lines, at, first)
        found.append(token)
        at += 1
    return found


def _token(raw: str, line: int) -> Token:
    bare = raw.lstrip(" \t")
    indent = len(raw[: len(raw) - len(bare)].expandtabs(4))
    token = Token("text", line, indent, bare, raw, lines=[line])
    if not bare:
        token.kind = "blank"
    elif indent == 0 and (heading := HEADING.fullmatch(bare)):
        token.kind, token.mark, token.text = "heading", heading["marks"], heading["text"] or ""
    elif bare.startswith("- "):
        token.text = bare[2:]
        box = BOX.fullmatch(token.text)
        token.kind = "bullet"
        if box:
            token.kind, token.mark, token.text = "box", box["mark"], box["text"] or ""
    elif NUMBERED.fullmatch(bare):
        token.kind = "number"
    elif bare.startswith(">"):
        token.kind = "quote"
    elif bare.startswith("|"):
        token.kind = "row"
    elif fence := FENCE.fullmatch(bare):
        if "`" not in fence["info"] or fence["mark"][0] == "~":
            token.kind, token.mark = "fence", fence["info"].strip()
    if token.kind in {"text", "bullet"}:
        for sign, kind in ((FACT, "fact"), (RUN, "run")):
            if token.text.startswith(sign):
                token.kind, token.text = kind, token.text.removeprefix(sign)
    return token


def _fence(token: Token, lines: list[str], at: int, first: int) -> int:
    """Take the code up to the closing fence; its index, or that of the last line."""
    opening = FENCE.fullmatch(token.text)
    mark = opening["mark"] if opening else ""
    code: list[str] = []
    while at + 1 < len(lines):
        at += 1
        bare = lines[at].strip()
        if bare:
            token.lines.append(first + at)
        if bare.startswith(mark) and not bare.strip(mark[0]):
            break
        leading = len(lines[at]) - len(lines[at].lstrip(" "))
        code.append(lines[at][min(leading, token.indent) :])
    token.text = "\n".join(code)
    return at


def _quote(token: Token, lines: list[str], at: int, first: int) -> int:
    """Take the following lines of the same quotation; the index of the last."""
    texts = [_unquoted(token.text)]
    while at + 1 < len(lines) and lines[at + 1].lstrip(" ").startswith(">"):
        at += 1
        token.lines.append(first + at)
        texts.append(_unquoted(lines[at].lstrip(" ")))
    token.text = "\n".join(texts)
    return at


def _unquoted(text: str) -> str:
    return text[1:].removeprefix(" ")


# -- How words are read -----------------------------------------------------------------------------------------------


def field_in(text: str, label: str) -> Field | None:
    """The blank that a list entry is, where it is one blank and nothing else."""
    found = fields_in(text, 0, label)
    return found[0] if len(found) == 1 and says_all(found, text) else None


def item_of(text: str) -> Item:
    """An item with what its words alone tell."""
    item = Item(text, 0)
    describe(item, fields_in(text, 0))
    return item


def phase_heading(text: str) -> tuple[str, str, str]:
    """Title, window and recurrence of a phase's heading: a bracket at its end that tells when is no part of the title."""
    window, recurrence = window_in(text), recurrence_in(text)
    end = BRACKET_END.fullmatch(text)
    return (end["title"] if end and window and end["window"] == window else text), window, recurrence


def section_heading(text: str) -> tuple[str, str, str]:
    """Title, window and recurrence of a section's heading, which keeps all its words."""
    return text, window_in(text), recurrence_in(text)


def is_plain(text: str, label: str, *, head: bool = False, steps: bool = False) -> bool:
    """Whether a text can stand as it is between headings and items without being read as anything but prose."""
    for token in tokens_of(text):
        if token.kind not in {"bullet", "number", "row", "text"}:
            return False
        if token.kind == "bullet" and token.indent == 0 and field_in(token.text, label):
            return False
        if head and token.kind == "bullet" and METADATA.fullmatch(token.text):
            return False
        if steps and token.kind == "number" and token.indent == 0:
            return False
    return True


# -- Texts in places where one line must do ----------------------------------------------------------------------------


def escaped(text: str, special: str = "") -> str:
    """A text for one line: line breaks become `<br>`, and a backslash goes before what would be read as a mark."""
    for mark in ("\\", "<br>", *special):
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", "<br>")


def unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: found[1] or "\n", text)


def cells_in(row: str) -> list[str]:
    """The cells of a table's row."""
    bare = row.strip().removeprefix("|").removesuffix("|")
    marked = CELL_EDGE.sub(lambda found: found[1] + "\x00", bare)
    return [unescaped(cell.strip()) for cell in marked.split("\x00")]


def asked(text: str) -> Field | None:
    """The blank of a fact such as `ask number: Rows counted | rows`."""
    kind, colon, rest = text.removeprefix(ASK).partition(": ")
    if not text.startswith(ASK) or not colon:
        return None
    label, *more = cells_in(f"|{rest}|")
    return Field(label, kind, more[0] if more else "", more[1:])
