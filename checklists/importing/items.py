"""Items: lines with a box, what stands below them, and the criteria and slots that look like items."""

from __future__ import annotations

from .blocks import Block, Bullet, Fence, Heading, Listing, Paragraph, Quote, Rule, Table
from .fields import fields_in, says_all
from .outline import Criterion, Field, Item, Section
from .repairs import Line
from .slots import add_slot, plain_slot, slot_in, sworn_slot
from .state import Context, State, flatten, flatten_bullet
from .times import recurrence_in, window_in
from .vocabulary import SIGNING_ITEM
from .wording import OPTIONAL, is_choice_line, key_value, unbox, without_bold

# Signs that may tick a box or only cheer.
TICKS = frozenset("✅✔")


def describe(item: Item, fields: list[Field]) -> None:
    """Read off an item's words what they say about it."""
    item.fields.extend(fields)
    item.optional = bool(OPTIONAL.search(item.text))
    item.recurrence = recurrence_in(item.text)
    item.window = window_in(item.text, anywhere=False)


def admit(state: State, item: Item, place: Section | Item, context: Context) -> Item:
    """Put an item where it belongs: among the criteria below such a heading, else below its place."""
    if context.role in {"criteria", "tripwires"} and not isinstance(place, Item):
        criterion = Criterion(**vars(item))
        criterion.kind = "success" if context.role == "criteria" else "rollback"
        criterion.phase = context.trail[0] if context.trail else ""
        criterion.section = " › ".join(context.trail[1:])
        state.outline.criteria.append(criterion)
        state.ledger.note(item.line, "criterion", criterion)
        return criterion
    place.items.append(item)
    state.ledger.note(item.line, "item", item)
    return item


def head_of(bullet: Bullet) -> str:
    """The first line of text of a list entry."""
    first = bullet.blocks[0] if bullet.blocks else None
    if isinstance(first, Paragraph) and first.lines[0].number == bullet.line:
        return first.lines[0].text
    return ""


def behind_head(bullet: Bullet) -> list[Block]:
    """The blocks of a list entry without its first line."""
    first = bullet.blocks[0] if bullet.blocks else None
    if not isinstance(first, Paragraph):
        return bullet.blocks
    rest: list[Block] = [Paragraph(first.lines[1:])] if first.lines[1:] else []
    return [*rest, *bullet.blocks[1:]]


def lines_below(bullet: Bullet) -> list[Line]:
    """Everything under the first line of a list entry, as plain lines without list marks."""
    return [Line(line.number, line.text.strip().removeprefix("- ")) for line in flatten_bullet(bullet, "")[1:]]


def take_box(state: State, bullet: Bullet, place: Section | Item, context: Context) -> None:
    """A list entry with a box: an item with all that is below it, or a slot, or a row of answers."""
    checked, text = unbox(head_of(bullet))
    if not text:
        state.ledger.note(bullet.line, "litter")
        fill_item_or_prose(state, place, bullet.blocks, context)
        return
    wish = state.corrected.get(bullet.line, "")
    if is_choice_line(head_of(bullet)) and not wish:
        place.fields.append(fields_in(head_of(bullet), bullet.line, context.trail[-1] if context.trail else "")[0])
        state.ledger.note(bullet.line, "field", place.fields[-1])
        fill_item_or_prose(state, place, bullet.blocks, context)
        return
    slot = slot_in(text, context.signing, bullet.line) if not wish else None
    if wish == "slot":
        slot = slot_in(text, True, bullet.line) or plain_slot(text, bullet.line)
    if slot is None and context.signing and not wish and (slot := sworn_slot(text, bullet.line)):
        state.guess(bullet.line, "slot", slot.title)
    if slot:
        add_slot(state, slot, context)
        if checked:
            slot.filled = " ".join(part for part in (slot.filled, "[x]") if part)
        below = lines_below(bullet)
        slot.notes = "\n".join([part for part in (slot.notes, *(line.text for line in below)) if part])
        for line in below:
            state.ledger.note(line.number, "slot", slot)
        return
    if head_of(bullet)[:1] in TICKS:
        state.guess(bullet.line, "tick", text)
    item = Item(text, bullet.line, checked=bool(checked), number=bullet.number)
    fill_item(state, item, bullet.blocks, place, context)


def fill_item(state: State, item: Item, blocks: list[Block], place: Section | Item, context: Context) -> None:
    """Complete an item from the blocks of its list entry: wrapped words, then what is below."""
    rest = blocks
    first = blocks[0] if blocks else None
    wrapped: list[Line] = []
    if isinstance(first, Paragraph):
        lines = first.lines[1:] if first.lines[0].number == item.line else first.lines
        wrapped, lines = _wrapped(lines)
        rest = [Paragraph(lines), *blocks[1:]] if lines else blocks[1:]
    item.text = without_bold(" ".join([item.text, *(line.text for line in wrapped)]))
    describe(item, fields_in(item.text, item.line))
    item = admit(state, item, place, context)
    for line in wrapped:
        kind = "criterion" if isinstance(item, Criterion) else "item"
        state.ledger.note(line.number, kind, item)
    signing = SIGNING_ITEM.search(item.text)
    below(state, item, rest, context.below(item.text, "signoff") if signing else context)


def _wrapped(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Split the further lines of an item into those that go on with its sentence and those that say something else."""
    for index, line in enumerate(lines):
        if unbox(line.text)[0] is not None or key_value(line.text, plain=True) or line.text[:1] in "*_>":
            return lines[:index], lines[index:]
    return lines, []


def below(state: State, item: Item, blocks: list[Block], context: Context, indent: str = "") -> None:
    """What stands below an item: items, fields, commands; all else is detail."""
    for block in blocks:
        match block:
            case Paragraph():
                for line in block.lines:
                    _line_below(state, item, line, context, indent)
            case Listing():
                for bullet in block.bullets:
                    if unbox(head_of(bullet))[0] is not None:
                        take_box(state, bullet, item, context)
                    else:
                        _bullet_below(state, item, bullet, context, indent)
            case Fence():
                state.command(item, block)
            case Rule():
                state.rule(block)
            case Table() | Quote() | Heading():
                _detail(state, item, flatten([block]), indent)


def _bullet_below(state: State, item: Item, bullet: Bullet, context: Context, indent: str) -> None:
    text = head_of(bullet)
    rest = bullet.blocks
    if text:
        number = f"{bullet.number} " if bullet.number else ""
        _line_below(state, item, Line(bullet.line, number + text), context, indent)
        first = bullet.blocks[0]
        lines = first.lines[1:] if isinstance(first, Paragraph) else []
        rest = [Paragraph(lines), *bullet.blocks[1:]] if lines else bullet.blocks[1:]
    below(state, item, rest, context, indent + "  ")


def _line_below(state: State, item: Item, line: Line, context: Context, indent: str) -> None:
    wish = state.corrected.get(line.number, "")
    if wish == "detail":
        _detail(state, item, [line], indent)
        return
    checked, text = unbox(line.text)
    slot = slot_in(text, context.signing, line.number) if not wish else None
    if slot:
        add_slot(state, slot, context)
        return
    if checked is not None and text and not is_choice_line(line.text):
        child = Item(without_bold(text), line.number, checked=checked)
        describe(child, fields_in(text, line.number))
        admit(state, child, item, context)
        return
    fields = fields_in(line.text, line.number, item.text)
    item.fields.extend(fields)
    if fields:
        state.ledger.note(line.number, "field", fields[0])
    if not fields or not says_all(fields, line.text):
        _detail(state, item, [line], indent)


def _detail(state: State, item: Item, lines: list[Line], indent: str) -> None:
    for line in lines:
        state.ledger.note(line.number, "detail", item, "details", len(item.details))
    item.details.append("\n".join(indent + line.text for line in lines))


def fill_item_or_prose(state: State, place: Section | Item, blocks: list[Block], context: Context) -> None:
    """What is below an entry that is itself no item goes to the place above it; its own first line is accounted for."""
    rest = behind_head(Bullet(0, "", False, blocks))
    if isinstance(place, Item):
        below(state, place, rest, context)
    else:
        state.keep(place, [line for line in flatten(rest) if line.text])
