"""From bytes to text: which encoding the file has, and whether it is text at all."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

import chardet

from .limits import Limits
from .outline import Repair
from .said import Said

# Longer byte order marks first: that of UTF-32 begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What people upload by mistake, by the first bytes.
OTHER_FORMATS = (
    (b"%PDF", Said("a PDF")),
    (b"PK\x03\x04", Said("a Word, Excel or zip file")),
    (b"\xd0\xcf\x11\xe0", Said("an old Word or Excel file")),
    (b"{\\rtf", Said("a rich text file")),
    (b"\x89PNG", Said("a picture")),
    (b"\xff\xd8\xff", Said("a picture")),
    (b"GIF8", Said("a picture")),
    (b"\x1f\x8b", Said("a compressed file")),
)
# chardet reads no more than this: the first pages tell, and its time grows with the length.
SAMPLE = 64_000


BINARY = Said("The file is binary, not text. Save the checklist as Markdown or plain text.")


class Refused(Exception):
    """The document cannot be read; the sentence is for the user: what happened and what to do."""

    def __init__(self, sentence: Said):
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class Decoded:
    """The text, with what had to be guessed to get it."""

    text: str
    encoding: str
    repairs: list[Repair] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def decode(data: bytes, limits: Limits) -> Decoded:
    """The text of a file, lines ended by a plain newline. Raises Refused for what is no readable text."""
    if len(data) > limits.size:
        raise Refused(
            Said(
                "The file has %(number)s bytes and at most %(most)s are read. Split the checklist into several plans.",
                number=len(data),
                most=limits.size,
            )
        )
    for magic, name in OTHER_FORMATS:
        if data.startswith(magic):
            raise Refused(
                Said("This is %(what)s, not a text file. Save the checklist as Markdown or plain text.", what=name)
            )
    decoded = _by_mark(data) or _without_mark(data)
    decoded.text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if not decoded.text.strip():
        raise Refused(Said("The file is empty. Choose a file that has the checklist in it."))
    if _controls(decoded.text) > len(decoded.text) // 100:
        raise Refused(BINARY)
    return decoded


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise Refused(
                    Said(
                        "The file says it is %(encoding)s, but byte %(at)s is not. Save it as UTF-8 and try again.",
                        encoding=encoding.upper(),
                        at=error.start + len(mark) + 1,
                    )
                ) from error
    return None


def _without_mark(data: bytes) -> Decoded:
    if b"\x00" in data:
        return _utf_16(data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return _guessed(data)


def _utf_16(data: bytes) -> Decoded:
    """Western text in UTF-16 without a mark has its zeros in every second byte; other zeros mean a binary file."""
    half = max(len(data) // 2, 1)
    for encoding, first in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, others = data[first::2].count(0), data[1 - first :: 2].count(0)
        if zeros > half * 0.4 and others == 0:
            try:
                return _noted(data.decode(encoding), encoding)
            except UnicodeDecodeError:
                break
    raise Refused(BINARY)


def _guessed(data: bytes) -> Decoded:
    sample = data[:SAMPLE]
    guess = chardet.detect(sample).get("encoding")
    for encoding in (guess, "cp1252"):
        if not encoding:
            continue
        try:
            return _noted(data.decode(encoding), encoding.lower())
        except (UnicodeDecodeError, LookupError):
            continue
    raise Refused(Said("The file’s encoding could not be found out. Save it as UTF-8 and try again."))


def _noted(text: str, encoding: str) -> Decoded:
    warning = Said("The file is not UTF-8. It was read as %(encoding)s: check letters with accents.", encoding=encoding)
    return Decoded(text, encoding, [Repair(1, "encoding", encoding, "utf-8")], [warning])


def _controls(text: str) -> int:
    """How many characters no text editor writes (tab, newline and form feed are fine)."""
    return sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\f\x0b")
