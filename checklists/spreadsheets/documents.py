"""Whatever file somebody brings: which reader it needs, and its lines as a person sees them."""

from __future__ import annotations

from pathlib import PurePath

from checklists.importing.decode import decode
from checklists.importing.limits import Limits
from checklists.importing.outline import Outline
from checklists.importing.reading import USUAL, read_checklist

from .opening import is_spreadsheet, open_rows
from .reading import read_rows


def read_document(data: bytes, name: str, limits: Limits = USUAL) -> Outline:
    """Understand a Markdown, CSV or Excel file. Raises Refused for what cannot be read or is too much."""
    if not is_spreadsheet(data, name):
        return read_checklist(data, limits)
    rows, head = open_rows(data, limits)
    return read_rows(rows, head, PurePath(name).stem, limits)


def lines_of(data: bytes, name: str, limits: Limits = USUAL) -> list[str]:
    """The lines that an outline's line numbers count: of a text its own, of a table one a row."""
    if not is_spreadsheet(data, name):
        return decode(data, limits).text.split("\n")
    rows, _ = open_rows(data, limits)
    return [" | ".join(" ⏎ ".join(cell.split("\n")) for cell in row).strip(" |") for row in rows]
