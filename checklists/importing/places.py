"""Fill a phase or section from its blocks, group by group: what the lines in bold make of what stands below them."""

from __future__ import annotations

from .blocks import Block, Fence, Listing, Paragraph, Rule, Table
from .fields import fields_in, is_blank_only, says_all
from .filler import Filler
from .groups import Group, groups_of, has_blanks, has_boxes
from .outline import Item, Section
from .people import add_level, column_of, contact_block
from .repairs import Line
from .state import Context, State, flatten
from .times import recurrence_in, window_in
from .vocabulary import role_of
from .wording import key_value


def fill(state: State, place: Section, blocks: list[Block], context: Context) -> None:
    """Fill a place, making a section of each bold line that has work or blanks below it."""
    groups = groups_of(blocks)
    asking = [group for group in groups if group.label and (has_boxes(group.blocks) or has_blanks(group.blocks))]
    for group in groups:
        if group.label is None and context.role == "contacts" and _one_contact(state, group, context):
            continue
        if group.label is None:
            Filler(state, place, context).blocks(group.blocks)
        else:
            _fill_group(state, place, group, context, bool(asking))


def _fill_group(state: State, place: Section, group: Group, context: Context, asking: bool) -> None:
    label = group.label or Line(0, "")
    role = role_of(group.title)
    boxed = has_boxes(group.blocks)
    if context.role in {"contacts", "escalation"} and not boxed and _people(state, group, label, context):
        return
    if role in {"tripwires", "criteria"} and not boxed and any(isinstance(block, Listing) for block in group.blocks):
        first = len(state.outline.criteria)
        inner = context.below(group.title, role)
        Filler(state, place, inner).blocks(group.blocks)
        if len(state.outline.criteria) > first:
            state.ledger.note(label.number, "prose", state.outline.criteria[first])
        else:
            state.keep(place, [label])
        return
    if context.signing or role == "signoff":
        _signing_group(state, place, group, label, context.below(group.title, "signoff"))
        return
    if asking and not context.role and _belongs_to_item(place, group, boxed):
        item = place.items[-1]
        _blanks_of_item(state, item, group, label)
        return
    if asking and not context.role and not all(isinstance(block, Paragraph) for block in group.blocks):
        section = Section(group.title.rstrip(":："), label.number)
        section.recurrence, section.window = recurrence_in(group.title), window_in(group.title)
        place.sections.append(section)
        state.ledger.note(label.number, "section", section)
        Filler(state, section, context.below(group.title)).blocks(group.blocks)
        return
    filler = Filler(state, place, context, group.title)
    if _is_room(group):
        filler.long_field(label)
    else:
        state.keep(place, [label])
    filler.blocks(group.blocks)


def _people(state: State, group: Group, label: Line, context: Context) -> bool:
    lines = [Line(line.number, line.text.strip().removeprefix("- ")) for line in flatten(group.blocks) if line.text]
    if any(isinstance(block, Table | Fence | Rule) for block in group.blocks):
        return False
    if context.role == "contacts":
        return contact_block(state, label, group.title, lines, context)
    return add_level(state, label, group.title, lines, context)


def _one_contact(state: State, group: Group, context: Context) -> bool:
    """`Name:`, `Phone:` and the like right below a heading are one contact, named by the heading."""
    lines = [Line(line.number, line.text.strip().removeprefix("- ")) for line in flatten(group.blocks) if line.text]
    if not lines or not all(isinstance(block, Listing | Paragraph) for block in group.blocks):
        return False
    keys = [pair[0] if (pair := key_value(line.text, plain=True)) else "" for line in lines]
    if len(lines) < 2 or column_of(keys[0]) not in {"name", "phone"} or len(set(keys)) < len(keys):
        return False
    return contact_block(state, Line(lines[0].number, ""), context.trail[-1], lines, context)


def _signing_group(state: State, place: Section, group: Group, label: Line, context: Context) -> None:
    """Below "Approved by:" the slots carry the label on; a label with nothing but room below it is a note."""
    filler = Filler(state, place, context, group.title)
    if _is_room(group):
        filler.long_field(label)
        filler.blocks(group.blocks)
        return
    first = len(state.outline.slots)
    filler.blocks(group.blocks)
    if len(state.outline.slots) > first:
        state.ledger.note(label.number, "prose", state.outline.slots[first])
    else:
        state.keep(place, [label])


def _is_room(group: Group) -> bool:
    return bool(group.blocks) and all(is_blank_only(line.text) for line in flatten(group.blocks))


def _belongs_to_item(place: Section, group: Group, boxed: bool) -> bool:
    """Statistics in groups under one item stand below it without indentation: it has nothing of its own to show."""
    last = place.items[-1] if place.items else None
    listed = all(isinstance(block, Listing) for block in group.blocks)
    return last is not None and not boxed and listed and not last.details and not last.items


def _blanks_of_item(state: State, item: Item, group: Group, label: Line) -> None:
    prefix = group.title.rstrip(":： ")
    for line in flatten(group.blocks):
        text = line.text.strip().removeprefix("- ")
        fields = fields_in(text, line.number)
        for found in fields:
            found.label = f"{prefix}: {found.label}"
        item.fields.extend(fields)
        if fields and says_all(fields, text):
            state.ledger.note(line.number, "field", fields[0])
            state.ledger.note(label.number, "field", fields[0])
        else:
            state.ledger.note(line.number, "detail", item, "details", len(item.details))
            item.details.append(text)
    if label.number not in state.ledger.kinds:
        state.ledger.note(label.number, "detail", item, "details", len(item.details))
        item.details.append(group.title)
