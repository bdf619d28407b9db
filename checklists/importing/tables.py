"""Tables: contacts, escalation levels, sign-off, rows with a box to tick; any other table is kept as prose."""

from __future__ import annotations

import re

from .blocks import Table
from .fields import fields_in, kind_of
from .items import admit, describe
from .outline import Field, Item, Section
from .people import contacts_of_table, is_contact_table, levels_of_table
from .repairs import Line
from .slots import is_signature_table, slots_of_table
from .state import Context, State
from .vocabulary import (
    FACT_COLUMN,
    FACT_VALUE,
    FINISHED,
    NUMBER_COLUMN,
    STATUS_COLUMN,
    TASK_COLUMN,
    TASK_TITLE,
)
from .wording import BOX, unbox, without_bold

EDGE = re.compile(r"(?<!\\)\|")
Row = tuple[Line, list[str]]


def cells_of(text: str) -> list[str]:
    """The cells of a table row; a bar behind a backslash belongs to its cell."""
    bare = text.strip()
    bare = bare[1:] if bare.startswith("|") else bare
    bare = bare[:-1] if bare.endswith("|") and not bare.endswith("\\|") else bare
    return [cell.strip() for cell in EDGE.split(bare)]


def has_box(table: Table) -> bool:
    """Whether the rows are there to be ticked: all have a box, or one is still empty. A tick here and there is a status."""
    rows = [[unbox(cell)[0] for cell in cells_of(row.text) if BOX.match(cell)] for row in table.rows[2:]]
    return any(not all(boxes) for boxes in rows) or (bool(rows) and all(rows))


def fill_table(state: State, place: Section, table: Table, context: Context) -> None:
    """Take a table for what it holds. Its head stays with the rows, or in the prose where the rows do not need it."""
    head = cells_of(table.rows[0].text)
    rows = [(row, cells_of(row.text)) for row in table.rows[2:]]
    if rows and is_contact_table(head):
        contacts_of_table(state, head, rows, context)
        owner: object = state.outline.contacts[-len(rows)]
    elif rows and context.role == "escalation":
        levels_of_table(state, head, rows, context)
        owner = state.outline.escalation[-len(rows)]
    elif rows and is_signature_table(head, context.signing) and not _asks_more(head, rows):
        slots_of_table(state, head, rows, context)
        owner = state.outline.slots[-len(rows)]
    elif has_box(table):
        state.keep(place, table.rows[:2], "table")
        for line, cells in rows:
            _box_row(state, place, head, line, cells, context)
        return
    elif rows and _has_tasks(state, head):
        state.keep(place, table.rows[:2], "table")
        for line, cells in rows:
            _task_row(state, place, head, line, cells, context)
        return
    elif rows and _has_facts(state, head):
        _facts(state, head, table.rows, rows)
        return
    else:
        state.keep(place, table.rows, "table")
        return
    for row in table.rows[:2]:
        state.ledger.note(row.number, "table", owner)


def _has_tasks(state: State, head: list[str]) -> bool:
    """Tasks with their status are items without boxes; in a document without any box the status is not needed."""
    tasked = any(TASK_TITLE.fullmatch(title) for title in head)
    return tasked and (state.boxless or any(STATUS_COLUMN.search(title) for title in head)) and not _is_fact_head(head)


def _is_fact_head(head: list[str]) -> bool:
    return len(head) == 2 and bool(FACT_COLUMN.fullmatch(head[0])) and bool(FACT_VALUE.fullmatch(head[1]))


def _has_facts(state: State, head: list[str]) -> bool:
    """A table of two columns, a fact a row, before the first phase describes the document."""
    return _is_fact_head(head) and not state.outline.phases


def _facts(state: State, head: list[str], lines: list[Line], rows: list[Row]) -> None:
    state.outline.labels.setdefault(head[0], head[1])
    kind = "labels" if state.outline.labels[head[0]] == head[1] else ""
    for line in lines[:2]:
        if kind:
            state.ledger.note(line.number, "table", state.outline, kind, head[0])
    if not kind:
        state.keep(state.outline, lines[:2], "table")
    for line, cells in rows:
        key, *values = cells
        state.metadata(without_bold(key), " | ".join(value for value in values if value), line.number)


def _asks_more(head: list[str], rows: list[Row]) -> bool:
    """A table of tasks may have a column to sign in too; its rows are work, which its boxes tell."""
    return bool(TASK_COLUMN.search(head[0])) and any(BOX.match(cell) for _, cells in rows for cell in cells)


def _box_row(state: State, place: Section, head: list[str], line: Line, cells: list[str], context: Context) -> None:
    boxed = [index for index, cell in enumerate(cells) if BOX.match(cell)]
    subject = _subject(head, cells, boxed)
    if not boxed and any(cell and STATUS_COLUMN.search(_title(head, index)) for index, cell in enumerate(cells)):
        _task_row(state, place, head, line, cells, context)  # "N/A" where the others have a box
        return
    if not boxed or subject is None:
        state.keep(place, [line], "table")
        return
    ticked, behind = unbox(cells[boxed[0]])
    text = cells[subject] if subject != boxed[0] else behind
    item = Item(without_bold(text), line.number, checked=bool(ticked) and len(boxed) == 1)
    describe(item, fields_in(text, line.number))
    if len(boxed) > 1:
        choices = [unbox(cells[index])[1] or _title(head, index) for index in boxed]
        item.fields.append(Field(text, kind_of(choices), choices=choices, line=line.number))
    for index, cell in enumerate(cells):
        if index == subject or not cell or (index in boxed and not unbox(cell)[1]):
            continue
        if index == 0 and NUMBER_COLUMN.fullmatch(_title(head, 0)):
            item.number = cell
            continue
        title = _title(head, index)
        if index in boxed and len(boxed) == 1:
            item.fields.extend(fields_in(cell, line.number, title))
        if index not in boxed or len(boxed) == 1:
            item.details.append(f"{title}: {cell}" if title else cell)
    admit(state, item, place, context)


def _task_row(state: State, place: Section, head: list[str], line: Line, cells: list[str], context: Context) -> None:
    """A row without a box: what its status column says is a detail, and ticks it where it says done."""
    subject = _subject(head, cells, [])
    if subject is None:
        state.keep(place, [line], "table")
        return
    item = Item(without_bold(cells[subject]), line.number)
    describe(item, fields_in(item.text, line.number))
    for index, cell in enumerate(cells):
        title = _title(head, index)
        if index == subject or not cell:
            continue
        if index == 0 and NUMBER_COLUMN.fullmatch(title):
            item.number = cell
            continue
        item.checked = item.checked or bool(STATUS_COLUMN.search(title) and FINISHED.fullmatch(cell))
        item.details.append(f"{title}: {cell}" if title else cell)
    state.guess(line.number, "row-as-item", item.text)
    admit(state, item, place, context)


def _title(head: list[str], index: int) -> str:
    return head[index] if index < len(head) else ""


def _subject(head: list[str], cells: list[str], boxed: list[int]) -> int | None:
    """The column that says what to do: by its title, else the longest text of the row."""
    for index, cell in enumerate(cells):
        if cell and index not in boxed and TASK_COLUMN.search(_title(head, index)):
            return index
    texts = [(len(unbox(cell)[1]), index) for index, cell in enumerate(cells) if unbox(cell)[1]]
    return max(texts)[1] if texts else None
