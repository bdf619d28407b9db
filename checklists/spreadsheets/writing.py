"""A project as a table, and the table as a CSV or Excel file."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils import translation
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from checklists.exporting.forms import blank_of
from checklists.exporting.markdown import heading_of
from checklists.exporting.plan import Place, Rows
from checklists.importing import outline as written
from checklists.importing.dialect import item_of
from checklists.models import Item, Phase, Section
from checklists.models.phase import PhaseKind

from .columns import (
    COMMAND_EDGE,
    CRITERION,
    EXPORTED,
    FORMULA,
    ITEM,
    PHASE,
    SECTION,
    WIDTHS,
    defused,
    details_cell,
    path_cell,
)

Row = dict[str, str]
LONGEST_CELL = 32_767  # what Excel can hold
CUT = " … (cut here: the Markdown export has all of it)"


@dataclass
class _Where:
    """The place whose rows are being made, with the titles that have been used beside it."""

    phase: str
    titles: list[str] = field(default_factory=list)

    def row(self, kind: str) -> Row:
        return {"Phase": self.phase, "Section": path_cell(self.titles), "Kind": kind}


@translation.override(settings.LANGUAGE_CODE)
def table_of(rows: Rows) -> list[Row]:
    """One row an item, in the order of the plan.

    A phase or section has a row of its own where it holds more than items, or where its title alone would not tell it
    from the one before.
    """
    return _Tabler(rows).table


class _Tabler:
    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.table: list[Row] = []
        used: set[str] = set()
        for phase in rows.phases:
            self.phase(phase, used)

    def phase(self, phase: Phase, used: set[str]) -> None:
        title = heading_of(written.Phase(phase.title, 0, phase.recurrence, phase.window))
        where = _Where(title or phase.title)
        key = (phase.pk, None, None)
        criteria = phase.kind == PhaseKind.CRITERIA
        if not criteria and (not title or where.phase in used or self.holds_more(phase, key)):
            self.heading(phase, key, where, PHASE, timed=not title)
        used.add(where.phase)
        kind = CRITERION if criteria else ITEM
        for item in self.rows.items[key]:
            self.item(item, where, kind, 1)
        titles: dict[int | None, list[str]] = {None: []}
        for section in self.rows.sections[phase.pk]:
            titles[section.pk] = [*titles[section.parent_id], section.title]
            self.section(phase, section, _Where(where.phase, titles[section.pk]), kind, used)

    def section(self, phase: Phase, section: Section, where: _Where, kind: str, used: set[str]) -> None:
        key = (phase.pk, section.pk, None)
        path = f"{phase.pk} {path_cell(where.titles)}"
        read = written.Section(section.title, 0, section.recurrence, section.window)
        timed = not heading_of(read)
        if kind == ITEM and (timed or path in used or self.holds_more(section, key)):
            self.heading(section, key, where, SECTION, timed=timed)
        used.add(path)
        for item in self.rows.items[key]:
            self.item(item, where, kind, 1)

    def holds_more(self, place: Phase | Section, key: Place) -> bool:
        return bool(place.prose or place.commands or self.rows.fields[key] or not self.rows.items[key])

    def heading(self, place: Phase | Section, key: Place, where: _Where, kind: str, *, timed: bool) -> None:
        row = where.row(kind)
        row["Details"] = details_cell(place.prose)
        row["Commands"] = COMMAND_EDGE.join(place.commands)
        if timed:
            row["When"], row["How often"] = place.window or "-", place.recurrence or "-"
        self.fill_in(row, key, place.title)
        self.table.append(row)

    def item(self, item: Item, where: _Where, kind: str, level: int) -> None:
        project = self.rows.project
        read = item_of(item.text)
        row = where.row(kind)
        row |= {
            "Number": str(item.number),
            "Level": str(level),
            "Item": item.text,
            "Team": item.team,
            "State": item.get_state_display(),
            "Owner": str(item.owner or ""),
            "Done by": str(item.settled_by or ""),
            "Done at": f"{project.local(item.settled_at):%Y-%m-%d %H:%M %Z}" if item.settled_at else "",
            "Reason": item.reason,
            "Details": details_cell(item.details),
            "Commands": COMMAND_EDGE.join(item.commands),
            "When": item.window or ("-" if read.window else ""),
            "How often": item.recurrence or ("-" if read.recurrence else ""),
            "Notes": "\n".join(
                f"{note.author}, {project.local(note.at):%Y-%m-%d %H:%M %Z}: {note.text}"
                for note in self.rows.notes[item.pk]
            ),
        }
        key = (None, None, item.pk)
        self.fill_in(row, key, item.text)
        if read.fields and not row["Fields"]:
            row["Fields"] = "-"
        self.table.append(row)
        for child in self.rows.items[key]:
            self.item(child, where, kind, level + 1)

    def fill_in(self, row: Row, key: Place, label: str) -> None:
        """The blanks of a place, and the values that hold now."""
        blanks, values = [], []
        for blank in self.rows.fields[key]:
            blanks.append(blank_of(written.Field(blank.label, blank.kind, blank.unit, list(blank.choices)), label))
            for reading in self.rows.readings[blank.pk][-1:]:
                values.append(f"{blank.label}: {reading.value} {blank.unit}".rstrip())
        row["Fields"], row["Values"] = "\n".join(blanks), "\n".join(values)


def csv_of(table: list[Row], columns: tuple[str, ...] = EXPORTED) -> str:
    """For Excel and everything else: a byte order mark, so that letters are right, and no cell that is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in table:
        writer.writerow([defused(_clean(row.get(column, ""))) for column in columns])
    return "\ufeff" + out.getvalue()


def xlsx_of(
    table: list[Row],
    title: str,
    at: datetime,
    columns: tuple[str, ...] = EXPORTED,
    widths: tuple[int, ...] = WIDTHS,
    name: str = "Plan",
) -> bytes:
    """Every cell is text by its type, and one that looks like a formula is marked as quoted, as Excel itself does it."""
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = ILLEGAL_CHARACTERS_RE.sub(" ", title), "Go-live"
    book.properties.created = at.replace(tzinfo=None)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(table) + 1}"
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_cell(sheet, column, head=True) for column in columns])
    for row in table:
        sheet.append([_cell(sheet, row.get(column, "")) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WRAPPED = Alignment(wrap_text=True, vertical="top")
BOLD = Font(bold=True)


def _cell(sheet, text: str, *, head: bool = False):
    if not text:
        return None
    cell = WriteOnlyCell(sheet, _clean(text))
    cell.data_type = "s"  # openpyxl would make a formula of a text with an equals sign
    cell.alignment = WRAPPED
    if FORMULA.match(text):
        cell.quotePrefix = True
    if head:
        cell.font = BOLD
    return cell


def _clean(text: str) -> str:
    """Without what no spreadsheet can hold; one kind of line break."""
    text = ILLEGAL_CHARACTERS_RE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - len(CUT)] + CUT
