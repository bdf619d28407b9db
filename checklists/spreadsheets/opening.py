"""From the bytes of a CSV or Excel file to rows of text. What is dangerous is refused before it is unpacked."""

from __future__ import annotations

import csv
import io
import stat
import warnings
import zipfile
import zlib
from datetime import date, datetime, time
from itertools import islice
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from checklists.importing.decode import Refused, decode
from checklists.importing.limits import Limits
from checklists.importing.said import Said

from .columns import column_of, undefused

# openpyxl tells of extensions that it does not know; they are no matter here.
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")

ZIP = b"PK\x03\x04"
CSV_ENDINGS = (".csv", ".tsv", ".tab")
DELIMITERS = ";,\t"
HEAD_ROWS = 20  # the row of titles is one of the first
LONGEST_CELL = 32_767

UNPACKED = 50_000_000  # bytes
RATIO = 100
ENTRIES = 1_000

BROKEN = Said(
    "The Excel file is damaged or not one that Excel wrote. Open it, save it again as .xlsx, and try once more."
)
BREAKS = (
    zipfile.BadZipFile, InvalidFileException, ParseError, zlib.error, KeyError, ValueError, TypeError, AttributeError,
    IndexError, EOFError, OverflowError, NotImplementedError, RecursionError,
)  # fmt: skip

Rows = list[list[str]]


def is_spreadsheet(data: bytes, name: str) -> bool:
    """Whether a file is read as a table: by its first bytes, else by the end of its name."""
    return data.startswith(ZIP) or name.lower().endswith(CSV_ENDINGS)


def open_rows(data: bytes, limits: Limits) -> tuple[Rows, int]:
    """The rows of a table and the index of that with the titles. Raises Refused for what is no such table."""
    if len(data) > limits.size:
        raise Refused(
            Said("The file has more than %(most)s bytes. Split the checklist into several plans.", most=limits.size)
        )
    tables = _xlsx(data, limits) if data.startswith(ZIP) else _csv(data, limits)
    for rows in tables:
        for index, row in enumerate(rows[:HEAD_ROWS]):
            if "Item" in {column_of(cell) for cell in row}:
                _refuse_size(rows, limits)
                return rows, index
    raise Refused(
        Said(
            "No column “Item” was found. The table needs a row of titles with the columns Phase, Section and Item; "
            "the other columns are told in the guide."
        )
    )


def _refuse_size(rows: Rows, limits: Limits) -> None:
    if len(rows) > limits.lines:
        raise Refused(Said("The table has more than %(most)s rows. Split it into several plans.", most=limits.lines))
    widest = max(map(len, rows))
    if widest > limits.columns:
        raise Refused(
            Said(
                "The table has %(number)s columns and at most %(most)s are read. "
                "Leave out the columns that the plan does not need.",
                number=widest,
                most=limits.columns,
            )
        )
    for number, row in enumerate(rows, start=1):
        if any(len(cell) > LONGEST_CELL for cell in row):
            raise Refused(
                Said(
                    "Row %(row)s has a cell of more than %(most)s characters. "
                    "Is a quotation mark missing, or is it text for several items?",
                    row=str(number),
                    most=LONGEST_CELL,
                )
            )


# -- CSV ---------------------------------------------------------------------------------------------------------------


def _csv(data: bytes, limits: Limits) -> list[Rows]:
    """The rows under the delimiter that gives the most columns that we know."""
    text = decode(data, limits).text
    delimiters = DELIMITERS
    if text[:4].lower() == "sep=" and text[5:6] == "\n":  # Excel's own way to say it
        delimiters, text = text[4], text[6:]
    known = {mark: _known_columns(text, mark) for mark in delimiters}
    best = max(delimiters, key=lambda mark: known[mark])
    return [[[undefused(cell) for cell in row] for row in _parsed(text, best, limits.lines + 1)]]


def _known_columns(text: str, mark: str) -> int:
    head = _parsed("\n".join(text.split("\n", HEAD_ROWS * 5)[: HEAD_ROWS * 5]), mark, HEAD_ROWS)
    return max((sum(bool(column_of(cell)) for cell in row) for row in head), default=0)


def _parsed(text: str, mark: str, most: int) -> Rows:
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), most))
    except csv.Error as problem:
        raise Refused(
            Said("The table cannot be read: %(problem)s. Save it again as CSV and try once more.", problem=str(problem))
        ) from problem
    return [[cell.rstrip() for cell in row] for row in rows]


# -- Excel -------------------------------------------------------------------------------------------------------------


def _xlsx(data: bytes, limits: Limits) -> list[Rows]:
    """The rows of each sheet, cut where they are too many or too wide, so that the size is refused."""
    refuse_archive(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            return [_sheet(sheet, limits) for sheet in book.worksheets]
        finally:
            book.close()
    except BREAKS as problem:
        raise Refused(BROKEN) from problem


def _sheet(sheet, limits: Limits) -> Rows:
    rows: Rows = []
    sheet.reset_dimensions()  # what the file says about its size need not be true
    for row in sheet.iter_rows(max_row=limits.lines + 1, max_col=limits.columns + 1, values_only=True):
        cells = [_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        rows.append(cells)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return f"{value:%Y-%m-%d %H:%M}".removesuffix(" 00:00")
        case date() | time():
            return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\r", "\n").rstrip()


def refuse_archive(data: bytes) -> None:
    """Raise Refused for an archive that is no workbook, or that unpacks to more than a workbook of a plan would.

    Nothing is unpacked for this: no more than an entry says of its size is ever read of it.
    """
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError) as problem:
        raise Refused(BROKEN) from problem
    names = [entry.filename.lower() for entry in entries]
    if "xl/workbook.xml" not in names:
        raise Refused(
            Said("This is a Word, zip or other file, not an Excel workbook. Save the table as .xlsx or .csv.")
        )
    if len(entries) > ENTRIES:
        raise Refused(
            Said(
                "The Excel file has %(number)s parts and at most %(most)s are read.", number=len(entries), most=ENTRIES
            )
        )
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED:
        raise Refused(Said("The Excel file unpacks to more than 50 MB. Take out pictures and sheets that are no plan."))
    if unpacked > RATIO * len(data) or any(entry.file_size > RATIO * max(entry.compress_size, 1) for entry in entries):
        raise Refused(Said("The Excel file is packed more tightly than a table of text can be. It was not opened."))
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused(Said("The Excel file has a password. Save it without one and try again."))
    if len(set(names)) < len(names) or any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries):
        raise Refused(BROKEN)
    if any(name.startswith("xl/externallinks/") for name in names):
        raise Refused(
            Said("The workbook has links to other workbooks. Break them in Excel (Data, Edit Links) and try again.")
        )
