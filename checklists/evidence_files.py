"""Files that people bring: what they are is found out from their bytes, and what cannot be trusted is refused in words."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

import puremagic
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from checklists.files import written

LONGEST_NAME = 120
# By the end of the name: what the bytes must be. Text has no magic: it must be UTF-8 without control characters.
TEXT = "text/plain"
OFFICE = "application/vnd.openxmlformats-officedocument"
ENDINGS = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "txt": TEXT,
    "log": TEXT,
    "csv": TEXT,
    "json": TEXT,
    "md": TEXT,
    "yaml": TEXT,
    "yml": TEXT,
    "zip": "application/zip",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "docx": f"{OFFICE}.wordprocessingml.document",
}
# The first bytes of each that has some; office files are ZIP files.
BEGINNINGS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
    "application/zip": (b"PK\x03\x04",),
    f"{OFFICE}.spreadsheetml.sheet": (b"PK\x03\x04",),
    f"{OFFICE}.wordprocessingml.document": (b"PK\x03\x04",),
}
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


class FileRefused(Exception):
    """Why a file is not taken, in a sentence for who brought it."""


@dataclass(frozen=True)
class Received:
    """A file that was looked at: its clean name, what it is, and its bytes."""

    name: str
    media_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def keep(self, path: Path) -> None:
        """Whole on disk, or not there."""
        written(path, self.content)


def accepted() -> str:
    """What a browser's file dialog should offer."""
    return ",".join(f".{ending}" for ending in settings.EVIDENCE_TYPES if ending in ENDINGS)


def received(upload: UploadedFile) -> Received:
    """An uploaded file, looked at; FileRefused where it is too large, empty, or not what its name says."""
    most = settings.EVIDENCE_BYTES
    if (upload.size or 0) > most:
        raise FileRefused(
            _("“%(name)s” is larger than %(most)s. Nothing was kept.")
            % {"name": clean_name(upload.name or ""), "most": filesizeformat(most)}
        )
    return looked_at(upload.name or "", upload.read())


def pasted(text: str, number: int) -> Received:
    """Output that somebody pasted, as a text file."""
    return looked_at(f"output-{number}.txt", text.replace("\r\n", "\n").encode())


def looked_at(typed: str, content: bytes) -> Received:
    name = clean_name(typed)
    ending = name.rpartition(".")[2].lower()
    allowed = set(settings.EVIDENCE_TYPES) & set(ENDINGS)
    if "." not in name or ending not in allowed:
        raise FileRefused(
            _("Files of this kind are not taken (“%(name)s”). These are: %(kinds)s.")
            % {"name": name, "kinds": ", ".join(sorted(allowed))}
        )
    if not content:
        raise FileRefused(_("“%(name)s” is empty. Nothing was kept.") % {"name": name})
    media_type = ENDINGS[ending]
    if not is_what_it_says(content, media_type):
        raise FileRefused(
            _("“%(name)s” is not what its name says: its content is of another kind. Nothing was kept.")
            % {"name": name}
        )
    return Received(name, media_type, content)


def is_what_it_says(content: bytes, media_type: str) -> bool:
    """Whether the bytes are of the type: by their beginning, and by what else their signature could be."""
    if media_type == TEXT:
        return not CONTROL.search(content) and is_utf8(content) and not looks_like_markup(content)
    if not content.startswith(BEGINNINGS[media_type]):
        return False
    if media_type == "image/webp" and content[8:12] != b"WEBP":
        return False
    if media_type.startswith(OFFICE):
        return media_type in guesses(content)
    return True


def is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def looks_like_markup(content: bytes) -> bool:
    """A page that would run if somebody opened it from their disk."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")[:400].lower()
    return start.startswith((b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml"))


def guesses(content: bytes) -> set[str]:
    try:
        found: Iterable = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return set()
    kinds = {each.mime_type for each in found}
    # A signature at the front of a ZIP file cannot tell a sheet from a text; the names of its parts can.
    parts = {"xl/": f"{OFFICE}.spreadsheetml.sheet", "word/": f"{OFFICE}.wordprocessingml.document"}
    return kinds & {media_type for part, media_type in parts.items() if part.encode() in content}


def clean_name(typed: str) -> str:
    """The last part of whatever path was sent, without what no file name should have; its ending is kept."""
    last = PureWindowsPath(PurePosixPath(typed).name).name
    shown = "".join(sign for sign in last if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    plain = " ".join(re.sub(r'[<>:"/\\|?*]', "_", unicodedata.normalize("NFC", shown)).split()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1] or 'file'}.{ending[:12]}"
