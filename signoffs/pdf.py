"""The only file that knows WeasyPrint: a report's HTML becomes a PDF, and nothing is fetched on the way."""

from __future__ import annotations

import contextlib
import gc
import hashlib
import io
import logging
import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import pydyf  # type: ignore[import-untyped]
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from checklists.models import JournalEntry
from signoffs.evidence import NAME as EVIDENCE
from signoffs.glyphs import isolated, printable
from signoffs.lean import trim
from signoffs.report import Report

if TYPE_CHECKING:
    from weasyprint import Document

PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# What fits beside the margins in the journal's type; a block costs as much as a paragraph, so it holds many lines.
JOURNAL_COLUMNS, JOURNAL_LINES = 118, 50
# Scripts that the journal's type has; others come from fonts with letters of other widths.
OF_ONE_WIDTH = re.compile(r"[\0-\u052f\u1e00-\u2bff]*")
IDEOGRAPH = re.compile("[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003fffd]")
PIECE = re.compile(rf"\s+|{IDEOGRAPH.pattern}[、。，．：；！？）」』】〉》・…ー]*|(?:(?!{IDEOGRAPH.pattern})\S)+")
# White space that nobody sees is still a text box to lay out. It cannot occur in user text, whose angle brackets are escaped.
GAP = re.compile(
    r"\s+(?=<br>|</span></p>|</title>|</?(?:p|h\d|div|table|thead|tbody|t[rhd])[ >\n])|(?<=<br>)\s+|(?<=<title>)\s+"
)
# A link out of the author's text; ours carry their class first.
OTHER_LINK = re.compile(r'<a href="(?!https?:|mailto:)[^"]*"')

# Pages of a summary.
SUMMARY = 2
TEMPLATES = {
    "full": "signoffs/report_pdf.html",
    "summary": "signoffs/summary_pdf.html",
    "form": "signoffs/form_pdf.html",
}

logger = logging.getLogger("weasyprint")


class FetchRefused(Exception):
    """Something in a report asked for a file or an address. Nothing does by design, so no PDF is made (SEC-08)."""


def problem() -> str:
    """Why no PDF can be made on this machine, in a sentence for the user; empty when it can."""
    if can_draw():
        return ""
    words = _(
        "PDFs need the Pango library, which this server does not have. Its administrator installs it with: %(how)s"
    )
    return words % {"how": PANGO}


@cache
def can_draw() -> bool:
    """Whether this machine has what draws PDFs."""
    try:
        # Without its libraries WeasyPrint prints a banner before it raises.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            import weasyprint  # noqa: F401
    except OSError:
        return False
    return True


def render(
    report: Report, evidence: str = "", tell: Callable[[float], None] | None = None, variant: str = "full"
) -> bytes:
    """The report as a PDF, with the evidence attached: the same report always gives the same bytes.

    `tell` hears how much of the work is done, from 0 to 1.
    """
    if variant == "summary":
        return summary(report)
    html = html_of(report, variant)
    with watched(tell, len(report.entries) / 20 + len(report.journal) / 70 + 4):
        return written(html, style(), evidence, report.at)


def summary(report: Report) -> bytes:
    """Two pages: with as many deviations and late items as they have room for, and the number of all."""
    content = b""
    for most in (None, 40, 20, 10, 6, 4, 2, 0):
        # What the links lead to is not in it.
        html = re.sub(r'<a class="to"\s+href="#[^"]*"', "<a", html_of(report, "summary", most))
        pages: list[int] = []
        content = written(html, style(), pages=pages)
        if pages[0] <= SUMMARY:
            break
    return content


def style() -> str:
    return (settings.BASE_DIR / "static" / "css" / "report.css").read_text()


def html_of(report: Report, variant: str = "full", most: int | None = None, *, with_style: bool = False) -> str:
    """The document that is drawn, with or without its style sheet inside."""
    context = {
        "report": report,
        "project": report.project,
        "created": report.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "journal": list(journal_blocks(report)) if variant == "full" else [],
        "deviations": report.deviations[:most],
        "left_out": len(report.deviations[most:]) if most is not None else 0,
        "unread": report.unread[:most],
        "unread_left_out": len(report.unread[most:]) if most is not None else 0,
        # As many of the late ones, too.
        "room": ":" if most is None else f":{most}",
        "site": settings.BASE_URL,
        "page_words": re.split(r"\{pages?\}", _("Page {page} of {pages}")),
        "verify": settings.BASE_URL + reverse("verify"),
    }
    html = printable(render_to_string(TEMPLATES[variant], context), without_glyph)
    html = GAP.sub("", OTHER_LINK.sub("<a", html))
    return html.replace("</head>", f"<style>{style()}</style></head>", 1) if with_style else html


@contextlib.contextmanager
def watched(tell: Callable[[float], None] | None, pages: float) -> Iterator[None]:
    """Hear from WeasyPrint which page it lays out, of about so many, and tell it every few pages."""
    told = 0.0

    def hear(record: logging.LogRecord) -> bool:
        nonlocal told
        found = re.search(r"Page (\d+)", record.getMessage())
        done = min(0.95, int(found[1]) / pages) if found else 0
        if tell and done - told >= 0.1:
            told = done
            tell(done)
        return tell is None

    progress = logging.getLogger("weasyprint.progress")
    level = progress.level
    progress.addFilter(hear)
    if tell:
        progress.setLevel(logging.INFO)
    try:
        yield
    finally:
        progress.removeFilter(hear)
        progress.setLevel(level)


def written(
    html: str, css: str, evidence: str = "", at: datetime | None = None, pages: list[int] | None = None
) -> bytes:
    """A document as a PDF; refused when any part of it asks for something outside of it. `pages` gets their number."""
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.pdf.stream import Stream
    from weasyprint.urls import URLFetcher

    asked: list[str] = []

    class ClosedFetcher(URLFetcher):
        """Denies everything and remembers what was asked for."""

        def fetch(self, url: str, headers: object = None) -> None:
            asked.append(url)
            raise ValueError(f"The report fetches nothing: {url}")

    fetcher = ClosedFetcher()
    document = HTML(string=html, url_fetcher=fetcher)
    attached = None
    if evidence and at:
        moment = at.astimezone(UTC)
        # WeasyPrint can use an attachment only once.
        attached = [
            Attachment(
                string=evidence.encode(),
                name=EVIDENCE,
                description="What this record rests on, to be checked by anybody",
                created=moment,
                modified=moment,
                relationship="Data",
                url_fetcher=fetcher,
            )
        ]

    def finish(drawn: Document, pdf: pydyf.PDF) -> None:
        # WeasyPrint lists an attachment twice among the files of the document.
        if "AF" in pdf.catalog:
            pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))
        # Who seals the file adds another name to this one, and not where the same is said in XML.
        pdf.info.pop("Producer", None)
        if pages is not None:
            pages.append(len(drawn.pages))
        # What they were drawn from is needed no more.
        drawn.pages.clear()
        trim(pdf, Stream)

    with unsearched():
        content = document.write_pdf(
            stylesheets=[CSS(string=css, url_fetcher=fetcher)],
            pdf_variant="pdf/a-3a",
            attachments=attached,
            finisher=finish,
            pdf_identifier=hashlib.sha256(html.encode()).hexdigest()[:32].encode(),
        )
    if asked:
        raise FetchRefused(f"The report asked for {asked[0]}; nothing was fetched and no PDF made.")
    return content


@contextlib.contextmanager
def unsearched() -> Iterator[None]:
    """Without looking for garbage: nearly all that is made is needed until the end, and to see so takes a tenth of the time."""
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searches:
            gc.enable()


# -- The journal -----------------------------------------------------------------------------------------------------


class Block(NamedTuple):
    """Some lines of the journal, and whether they may be longer than they seem."""

    text: str
    is_wide: bool


def journal_blocks(report: Report) -> Iterator[Block]:
    """The journal as preformatted text, some fifty lines at a time."""
    # Replaced before the lines are cut: a sign that becomes a word is longer.
    raw = printable("\n".join(map(_journal_line, report.journal)), without_glyph)
    indent = " " * len(raw.partition("\t")[0]) + "  "
    lines = (line for text in raw.split("\n") for line in cut(text.replace("\t", "  "), indent))
    while block := list(islice(lines, JOURNAL_LINES)):
        yield Block("\n".join(block), not all(map(OF_ONE_WIDTH.fullmatch, block)))


def cut(text: str, indent: str) -> list[str]:
    """An entry as lines that fit beside the margins."""
    if not IDEOGRAPH.search(text):
        return textwrap.wrap(text, JOURNAL_COLUMNS, subsequent_indent=indent, break_on_hyphens=False)
    # Chinese and Japanese are broken anywhere but before what closes, and each sign takes two columns.
    lines, line = [], ""
    for piece in PIECE.findall(text):
        if columns(line + piece.rstrip()) > JOURNAL_COLUMNS and line.strip():
            lines.append(line.rstrip())
            line, piece = indent, piece.lstrip()
        line += piece
    return [*lines, line]


def columns(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


def _journal_line(entry: JournalEntry) -> str:
    """Number, hash and UTC, then who did what; a tab marks where the words begin."""
    words = " ".join(f"{isolated(entry.actor_name)} {entry.sentence}".split())
    remark = f": {' '.join(entry.remark.split())}" if entry.remark else ""
    return f"{entry.seq:>4} {entry.hash[:8]} {entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}\t{words}{remark}"


# -- Fonts -----------------------------------------------------------------------------------------------------------

_has_glyph: dict[str, bool] = {}
# Vowels of Thai and Lao that HarfBuzz takes apart.
HALVES = {"\u0e33": "\u0e4d\u0e32", "\u0eb3": "\u0ecd\u0eb2"}


def without_glyph(characters: set[str]) -> set[str]:
    """Those of the characters that no font of this machine can draw, as WeasyPrint finds when it draws them."""
    new = sorted(characters - _has_glyph.keys())
    if new:
        missed = set()

        def collect(record: logging.LogRecord) -> bool:
            if ".notdef" not in str(record.msg):
                return True
            missed.add(record.args[0])  # type: ignore[index]
            return False

        logger.addFilter(collect)
        try:
            # Each in its own element: neighbours would join to one shape or turn the line around.
            written("<html lang=en>" + "".join(f"<p>{character}</p>" for character in new), "")
        finally:
            logger.removeFilter(collect)
        # Drawn in two halves, each of which is missed under its own name.
        missed |= {whole for whole, halves in HALVES.items() if not missed.isdisjoint(halves)}
        _has_glyph.update((character, character not in missed) for character in new)
    return {character for character in characters if not _has_glyph[character]}
