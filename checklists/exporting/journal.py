"""The journal to take along: as a table for people, as JSON with all that a verification needs."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from django.conf import settings
from django.utils import translation

from checklists.models import JournalEntry
from checklists.models.journal import JournalQuerySet
from checklists.spreadsheets.writing import Row, csv_of, xlsx_of

COLUMNS = ("Number", "UTC", "Person", "What happened", "Item", "Written", "Hash", "Hash before", "Body")
WIDTHS = (9, 22, 24, 60, 8, 50, 20, 20, 60)
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}


@translation.override(settings.LANGUAGE_CODE)
def file_of(entries: JournalQuerySet, form: str, title: str, at: datetime) -> str | bytes:
    """The entries as a file of one of the FORMATS."""
    if form == "json":
        return json_of(entries)
    table = [row_of(entry) for entry in entries]
    return csv_of(table, COLUMNS) if form == "csv" else xlsx_of(table, title, at, COLUMNS, WIDTHS, "Journal")


def row_of(entry: JournalEntry) -> Row:
    number = json.loads(entry.body)["item"]
    return {
        "Number": str(entry.seq),
        "UTC": f"{entry.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
        "Person": entry.actor_name,
        "What happened": entry.sentence,
        "Item": str(number or ""),
        "Written": entry.remark,
        "Hash": entry.hash,
        "Hash before": entry.prev,
        "Body": entry.body,
    }


@translation.override(settings.LANGUAGE_CODE)
def json_of(entries: JournalQuerySet) -> str:
    """Bodies stay text: the hash is over exactly these characters. `hash` is SHA-256 of a mark, `prev` and `body`."""
    columns = ("seq", "prev", "hash", "body", "remark", "salt")
    listed = list(entries.values(*columns))
    return json.dumps({"schema": "golive-journal-1", "entries": listed}, ensure_ascii=False, indent=1) + "\n"
