"""The evidence: everything that somebody needs who wants to check a record without this application, as canonical JSON.

It travels inside the sealed PDF as `evidence.json` and is read by verify.py. What people wrote stands beside its salt, so
that the hashes in the journal can be checked; what was removed from the journal is not in it either.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from django.db.models import Model

from checklists.chain import canonical
from checklists.models import Deviation, Evidence, JournalEntry
from signoffs.models import Signature

if TYPE_CHECKING:
    from signoffs.report import Report
    from signoffs.story import Blank

SCHEMA = "golive-evidence-1"
NAME = "evidence.json"
# Of a signature: keys of this database, and where from it was signed, which is nobody's business outside.
NOT_TOLD = {"id", "slot", "signer", "ip", "user_agent"}


@dataclass(frozen=True)
class Head:
    """Where the journal ends."""

    seq: int
    hash: str


def evidence_of(report: Report, revision: int) -> str:
    """Canonical JSON: the same report always gives the same text."""
    project = report.project
    signatures = Signature.objects.filter(slot__project=project, signed_at__lte=report.at).select_related("slot")
    journal = report.journal
    facts = {
        "schema": SCHEMA,
        "instance": JournalEntry.objects.instance_of(project),
        "at": told(report.at),
        "project": {
            "uuid": str(project.uuid),
            "revision": revision,
            "source_sha256": project.source_sha256,
            **{
                name: told(getattr(project, name))
                for name in ("slug", "name", "customer", "system", "zone", "go_live_at")
            },
        },
        "items": [item_facts(entry) for entry in report.entries],
        "values": [blank_facts(blank) for part in report.parts for place in part.places for blank in place.blanks]
        + [blank_facts(blank) for blank in report.blanks],
        "evidence": [place_facts(row) for row in Evidence.objects.filter(project=project, at__lte=report.at)],
        "deviations": [place_facts(row) for row in Deviation.objects.filter(project=project, raised_at__lte=report.at)],
        "signatures": [
            {"slot": [signature.slot.number, signature.slot.title]} | row_facts(signature, NOT_TOLD)
            for signature in signatures
        ],
        "journal": [
            {"seq": entry.seq, "hash": entry.hash, "body": entry.body, "remark": entry.remark, "salt": entry.salt}
            for entry in journal
        ],
        "head": {"seq": journal[-1].seq, "hash": journal[-1].hash} if journal else None,
    }
    return canonical(facts)


def item_facts(entry) -> dict:
    item = entry.item
    return {
        "number": item.number,
        "text": item.text,
        "state": item.state,
        "by": str(item.settled_by) if item.settled_by else "",
        "at": told(item.settled_at),
        "reason": item.reason,
        "values": [blank_facts(blank) for blank in entry.blanks],
    }


def place_facts(row: Evidence | Deviation) -> dict:
    """A row that somebody put at a place of the plan."""
    return {"place": "-".join(map(str, row.key))} | row_facts(row, {"id"})


def blank_facts(blank: Blank) -> dict:
    return {
        "label": blank.field.label,
        "unit": blank.field.unit,
        "readings": [row_facts(reading, {"id", "field", "by"}) for reading in blank.readings],
    }


def row_facts(row: Model, left_out: set[str]) -> dict:
    """The columns of a row, whatever they will be."""
    return {
        column.name: told(getattr(row, column.attname))
        for column in row._meta.concrete_fields
        if column.name not in left_out and not column.is_relation
    }


def told(value: object) -> object:
    """A value as JSON has it, without fractions: numbers of the database become text."""
    if value is None or isinstance(value, bool | int | str | list | dict):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else str(value)
