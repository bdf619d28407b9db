"""Whom to call: contacts and escalation levels, from tables, lists and blocks under a bold name."""

from __future__ import annotations

import re

from .fields import BLANK
from .outline import Contact, EscalationLevel
from .repairs import Line
from .state import Context, State
from .vocabulary import (
    EMAIL_COLUMN,
    EMERGENCY,
    NAME_COLUMN,
    PHONE_COLUMN,
    RESPONSE_WORD,
    ROLE_COLUMN,
    TRIGGER_WORD,
)
from .wording import key_value, without_bold

EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
PHONE = re.compile(r"\+?\d[\d ()/.-]{5,}\d")
LEVEL = re.compile(r"\b(?:level|tier|stufe|ebene|niveau|nivel|nível|l|p)\s*\d\b|[一二三四五\d]级", re.IGNORECASE)
BRACKET_END = re.compile(r"^(?P<who>.*?)\s*[(（](?P<time>[^()（）]*\d[^()（）]*|immediate\w*)[)）]$", re.IGNORECASE)
COLUMNS = (("email", EMAIL_COLUMN), ("phone", PHONE_COLUMN), ("role", ROLE_COLUMN), ("name", NAME_COLUMN))


def column_of(title: str) -> str:
    """Which of our columns a title means; anything else is a note."""
    return next((column for column, pattern in COLUMNS if pattern.search(title)), "notes")


def is_contact_table(head: list[str]) -> bool:
    """Somebody, and a way to reach them."""
    columns = {column_of(title) for title in head}
    return bool(columns & {"role", "name"}) and bool(columns & {"phone", "email"})


def contacts_of_table(state: State, head: list[str], rows: list[tuple[Line, list[str]]], context: Context) -> None:
    """One contact a row. The first column is the role where no title says so."""
    columns = [column_of(title) for title in head]
    if "role" not in columns and columns:
        columns[0] = "role"
    for line, cells in rows:
        contact = _contact("", line.number, context)
        for index, cell in enumerate(cells):
            column = columns[index] if index < len(columns) else "notes"
            _put(contact, column, without_bold(cell), head[index] if index < len(head) else "")
        _add_contact(state, contact)


def contact_in(text: str, context: Context, line: int) -> Contact | None:
    """`**Role**: somebody`, with an address or a number among the words."""
    pair = key_value(text, plain=True)
    if not pair or (BLANK.search(pair[0])):
        return None
    contact = _contact(pair[0], line, context)
    fill_contact(contact, pair[1])
    return contact


def fill_contact(contact: Contact, value: str) -> None:
    """Take the address and the number out of a value; the rest is the name."""
    value = BLANK.sub("", value)
    email = EMAIL.search(value)
    if email and not contact.email:
        contact.email = email[0]
        value = value.replace(email[0], " ", 1)
    phone = PHONE.search(value)
    if phone and not contact.phone:
        contact.phone = phone[0]
        value = value.replace(phone[0], " ", 1)
    contact.name = " ".join(part for part in (contact.name, " ".join(value.split()).strip(" |,;/<>()")) if part)


def contact_block(state: State, label: Line, title: str, lines: list[Line], context: Context) -> bool:
    """A name in bold with `Name:`, `Phone:`, `E-mail:` below it. False if none of these is there."""
    parts = [(line, key_value(line.text, plain=True)) for line in lines]
    if not any(pair and column_of(pair[0]) != "notes" for _, pair in parts):
        return False
    contact = _contact(title.rstrip(":： "), label.number, context)
    for line, pair in parts:
        column = column_of(pair[0]) if pair else "notes"
        if pair and column != "notes" and column not in contact.labels:
            _put(contact, column, pair[1], pair[0])
        else:
            _put(contact, "notes", line.text, "")
    _add_contact(state, contact)
    for line, _ in parts:
        state.ledger.note(line.number, "contact", contact)
    return True


def add_contact_line(state: State, line: Line, context: Context) -> bool:
    """Take a line as a contact. False if it is none."""
    contact = contact_in(line.text, context, line.number)
    if contact:
        _add_contact(state, contact)
    return contact is not None


def _contact(role: str, line: int, context: Context) -> Contact:
    return Contact(role, line=line, group=context.group, emergency=bool(EMERGENCY.search(f"{role} {context.group}")))


def _put(contact: Contact, column: str, value: str, label: str) -> None:
    value = BLANK.sub("", value).strip()
    if column in contact.labels or (column == "notes" and label):
        value = f"{label}: {value}" if value else ""
        column = "notes"
    earlier = str(getattr(contact, column))
    setattr(contact, column, "; ".join(part for part in (earlier, value) if part))
    if label:
        contact.labels.setdefault(column if column not in contact.labels else label, label)


def _add_contact(state: State, contact: Contact) -> None:
    contact.emergency = contact.emergency or bool(EMERGENCY.search(contact.role))
    state.outline.contacts.append(contact)
    state.ledger.note(contact.line, "contact", contact)


def add_level(state: State, line: Line, text: str, below: list[Line], context: Context) -> bool:
    """`**Level 1**: On-call engineer (15 minutes)`, or a level in bold with who and how soon below it."""
    pair = key_value(text, plain=True)
    title = pair[0] if pair else without_bold(text).rstrip(":： ")
    value = pair[1] if pair else ""
    if not (LEVEL.search(title) or (value and context.role == "escalation") or below):
        return False
    level = EscalationLevel(title, line=line.number, group=context.group)
    bracket = BRACKET_END.match(value)
    level.who, level.response = (bracket["who"], bracket["time"]) if bracket else (value, "")
    level.trigger = title.partition(" - ")[2]
    for detail in below:
        _level_detail(level, detail.text)
    state.outline.escalation.append(level)
    for kept in (line, *below):
        state.ledger.note(kept.number, "escalation", level)
    return True


def _level_detail(level: EscalationLevel, text: str) -> None:
    pair = key_value(text, plain=True)
    if pair and RESPONSE_WORD.search(pair[0]) and not level.response:
        level.response, level.labels["response"] = pair[1], pair[0]
    elif pair and TRIGGER_WORD.search(pair[0]):
        level.trigger, level.labels["trigger"] = pair[1], pair[0]
    elif not pair and not level.who:
        level.who = text
    else:
        level.details.append(text)


def levels_of_table(state: State, head: list[str], rows: list[tuple[Line, list[str]]], context: Context) -> None:
    """One level a row: the first cell names it, the others say after what, who and how soon."""
    for line, cells in rows:
        level = EscalationLevel(without_bold(cells[0]) if cells else "", line=line.number, group=context.group)
        for index, cell in enumerate(cells[1:], start=1):
            column = head[index] if index < len(head) else ""
            if RESPONSE_WORD.search(column) and not level.response:
                level.response = cell
            elif (ROLE_COLUMN.search(column) or NAME_COLUMN.search(column)) and not level.who:
                level.who = cell
            elif TRIGGER_WORD.search(column) and not level.trigger:
                level.trigger = cell
            elif cell:
                level.details.append(f"{column}: {cell}" if column else cell)
        level.labels = {str(index): column for index, column in enumerate(head) if column}
        state.outline.escalation.append(level)
        state.ledger.note(line.number, "escalation", level)
