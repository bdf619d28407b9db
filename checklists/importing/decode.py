"""From bytes to text: which encoding the file has, and whether it is text at all."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field

import chardet

from .limits import Limits
from .outline import Repair

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
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a Word, Excel or zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file"),
    (b"{\\rtf", "a rich text file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
)
# chardet reads no more than this: the first pages tell, and its time grows with the length.
SAMPLE = 64_000


class Refused(Exception):
    """The document cannot be read; the message is for the user: what happened and what to do."""


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
            f"The file has {len(data):,} bytes and at most {limits.size:,} are read. "
            "Split the checklist into several plans."
        )
    for magic, name in OTHER_FORMATS:
        if data.startswith(magic):
            raise Refused(f"This is {name}, not a text file. Save the checklist as Markdown or plain text.")
    decoded = _by_mark(data) or _without_mark(data)
    decoded.text = decoded.text.replace("\r\n", "\n").replace("\r", "\n")
    if not decoded.text.strip():
        raise Refused("The file is empty. Choose a file that has the checklist in it.")
    if _controls(decoded.text) > len(decoded.text) // 100:
        raise Refused("The file is binary, not text. Save the checklist as Markdown or plain text.")
    return decoded


def _by_mark(data: bytes) -> Decoded | None:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise Refused(
                    f"The file says it is {encoding.upper()}, but byte {error.start + len(mark) + 1:,} is not. "
                    "Save it as UTF-8 and try again."
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
    raise Refused("The file is binary, not text. Save the checklist as Markdown or plain text.")


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
    raise Refused("The file's encoding could not be found out. Save it as UTF-8 and try again.")


def _noted(text: str, encoding: str) -> Decoded:
    warning = f"The file is not UTF-8. It was read as {encoding}: check letters with accents."
    return Decoded(text, encoding, [Repair(1, "encoding", encoding, "utf-8")], [warning])


def _controls(text: str) -> int:
    """How many characters no text editor writes (tab, newline and form feed are fine)."""
    return sum(text.count(chr(code)) for code in range(32) if chr(code) not in "\t\n\f\x0b")
