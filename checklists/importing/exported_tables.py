"""The tables of an exported plan: contacts, escalation levels and slots, one a row."""

from __future__ import annotations

from . import dialect
from .dialect import Token
from .outline import OF_TEAM, Contact, EscalationLevel, Outline, Slot

HEADS = {
    dialect.CONTACTS: dialect.CONTACT_HEAD,
    dialect.ESCALATION: dialect.ESCALATION_HEAD,
    dialect.SIGNOFF: dialect.SIGNOFF_HEAD,
}
SLOT_KINDS = frozenset({"signature", "vote", "decision"})
MEANINGS = frozenset({"approved", "performed", "verified", "reviewed", "acknowledged"})
ABOUT = frozenset({"plan", "before", "criteria", "phase", "section", "item"})
WHO = frozenset({"manager", "technician", "approver", "external"})
MOST = 99
# No row that a person wrote has so many cells that are the titles by chance.
FEWEST = 5


def is_head(row: str, division: str) -> bool:
    """Whether a row has the titles of the division's table, or is the line below them."""
    cells = dialect.cells_in(row)
    return set(row) <= set("|-: ") or (len(cells) > FEWEST and cells == [*HEADS[division][: len(cells)]])


def add_row(outline: Outline, division: str, token: Token) -> tuple[str, object]:
    """Put what a row says into the outline; the kind of its line, and the thing that it became."""
    titles = HEADS[division]
    cell = dict(zip(titles, [*dialect.cells_in(token.text), *[""] * len(titles)], strict=False))
    if division == dialect.CONTACTS:
        parts = (cell["Role"], cell["Name"], cell["Phone"], cell["Email"], bool(cell["Emergency"]), cell["Notes"])
        contact = Contact(*parts, token.line, cell["Under"])
        outline.contacts.append(contact)
        return "contact", contact
    if division == dialect.ESCALATION:
        details = cell["Details"].split("\n") if cell["Details"] else []
        told = (cell["Level"], cell["Trigger"], cell["Who"], cell["Response"])
        level = EscalationLevel(*told, details, token.line, cell["Under"])
        outline.escalation.append(level)
        return "escalation", level
    kind = cell["Kind"] if cell["Kind"] in SLOT_KINDS else "signature"
    meaning = cell["Meaning"] if cell["Meaning"] in MEANINGS else "approved"
    filled = ", ".join(part for part in (cell["Signature"], cell["Date"]) if part)
    slot = Slot(cell["Item"], token.line, kind, meaning, cell["Phase"], filled, cell["Notes"], cell["Under"])
    slot.about = cell["About"] if cell["About"] in ABOUT else ""
    slot.place = cell["Section"]
    slot.who = cell["Who"] if cell["Who"] in WHO or cell["Who"].startswith(OF_TEAM) else ""
    slot.stage, slot.needed = count_in(cell["Stage"]), count_in(cell["How many"])
    slot.required = cell["Required"] != dialect.ADVISORY
    outline.slots.append(slot)
    return "vote" if kind == "vote" else "slot", slot


def count_in(cell: str) -> int:
    """A small number that people count to; nought for anything else."""
    return int(cell) if cell.isascii() and cell.isdigit() and int(cell) <= MOST else 0
