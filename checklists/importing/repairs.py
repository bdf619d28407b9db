"""Repairs to the text before it is read: broken characters and what scraping a web page leaves behind.

Each repair is listed with the text before and after, and line numbers stay those of the source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ftfy import TextFixerConfig, fix_encoding

from .outline import Repair

# With their defaults these two would turn a symbol that lost a byte into a wrong one and eat the space after it.
CAREFUL = TextFixerConfig(
    restore_byte_a0=False, decode_inconsistent_utf8=False, unescape_html=False, explain=False, normalization=None
)
# Every mojibake sequence holds one of these; lines without them need no look.
SUSPECT = re.compile(r"[\u0080-\u009fÂÃâðÐÑØÙÎÏåæçèäïŸ]")
# What cp1252 makes of a symbol's four bytes where not all four came: nobody writes that on purpose.
CONTINUED = "[€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\u0080-\u00bf]"
SYMBOL = re.compile(f"ðŸ(?!{CONTINUED}{CONTINUED}){CONTINUED}? ?")
SCRAPED_COUNT = re.compile(r"\d[\d,.]* lines?(?: \(.*\))?")
SCRAPED_SIZE = re.compile(r"\d[\d,.]* (?:bytes?|[KMG]i?B)", re.IGNORECASE)
# A blank line of a scraped page stands as four lone pipes, a mere line break as two.
LONE_PIPES_OF_A_BLANK = 3


@dataclass
class Line:
    """A line to read: its number in the source and its text after repair."""

    number: int
    text: str


@dataclass
class Repaired:
    """The lines to read, the numbers of those that were litter, and what was changed."""

    lines: list[Line]
    litter: list[int] = field(default_factory=list)
    repairs: list[Repair] = field(default_factory=list)
    remnants: dict[int, str] = field(default_factory=dict)  # what was left of a symbol that lost a byte, by its line
    scraped: bool = False


def repair(text: str) -> Repaired:
    """Mend broken characters, then take away what a scrape left: its header and its lone pipes."""
    repaired = Repaired([])
    for number, raw in enumerate(text.split("\n"), start=1):
        mended = fix_encoding(raw, config=CAREFUL) if SUSPECT.search(raw) else raw
        remnants = [found[0] for found in SYMBOL.finditer(mended)]
        if remnants:
            # One of its four bytes is no letter of cp1252 and was lost, so which symbol it was cannot be told.
            repaired.remnants[number] = remnants[0].strip()
            mended = fix_encoding(SYMBOL.sub("", mended), config=CAREFUL)
        if mended != raw:
            repaired.repairs.append(Repair(number, "mojibake", raw, mended))
        repaired.lines.append(Line(number, _plainly_blank(mended)))
    _drop_header(repaired)
    _drop_pipes(repaired)
    return repaired


def _plainly_blank(text: str) -> str:
    """A line of odd spaces is blank for a reader, quoted or not, so it has to be blank for the parser."""
    return (
        text
        if any(character not in "> \t" and not character.isspace() for character in text)
        else ("".join(character for character in text if character == ">"))
    )


def _drop_header(repaired: Repaired) -> None:
    """A code host's page begins with the file's number of lines, its size and its language, sometimes twice."""
    lines = repaired.lines
    at = 0
    while at + 1 < len(lines):
        if not SCRAPED_COUNT.fullmatch(lines[at].text.strip()):
            break
        if not SCRAPED_SIZE.fullmatch(lines[at + 1].text.strip()):
            break
        at += 2
        if at < len(lines) and re.fullmatch(r"[A-Z][A-Za-z]{2,20}", lines[at].text.strip()):
            at += 1
    for line in lines[:at]:
        repaired.litter.append(line.number)
        repaired.repairs.append(Repair(line.number, "litter", line.text, ""))
    repaired.scraped = at > 0
    repaired.lines = lines[at:]


def _drop_pipes(repaired: Repaired) -> None:
    lone = [line.number for line in repaired.lines if line.text.strip() == "|"]
    filled = sum(1 for line in repaired.lines if line.text)
    if len(lone) < 5 or len(lone) * 4 < filled:
        return
    repaired.scraped = True
    kept: list[Line] = []
    run: list[Line] = []
    for line in [*repaired.lines, Line(0, "end")]:
        if line.text.strip() == "|":
            run.append(line)
            continue
        if run:
            blank = len(run) >= LONE_PIPES_OF_A_BLANK
            before = "\n".join(pipe.text for pipe in run)
            repaired.repairs.append(Repair(run[0].number, "line-break", before, "\n" if blank else ""))
            repaired.litter.extend(pipe.number for pipe in run)
            if blank:
                kept.append(Line(run[0].number, ""))
            run = []
        kept.append(line)
    repaired.lines = kept[:-1]
