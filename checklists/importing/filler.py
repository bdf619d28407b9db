"""Take the blocks of one group in order: items, fields, slots, commands, and prose for everything else."""

from __future__ import annotations

from .blocks import Block, Bullet, Fence, Heading, Listing, Paragraph, Quote, Rule, Table
from .fields import BLANK, fields_in, is_blank_only, notes_field, says_all
from .groups import has_boxes
from .indentation import nest
from .items import admit, behind_head, describe, fill_item, head_of, lines_below, take_box
from .outline import Item, Section, Slot
from .people import LEVEL, add_contact_line, add_level
from .repairs import Line
from .slots import BEGINS_PART, LABELLED, add_slot, is_decision, is_poll, part_of_slot, slot_in
from .state import Context, State, flatten, flatten_bullet
from .tables import fill_table
from .times import recurrence_in, window_in
from .wording import is_choice_line, key_value, unbox, without_bold


class Filler:
    """Takes the blocks of one group in order; `title` names blanks and signatures that have no words of their own."""

    def __init__(self, state: State, place: Section, context: Context, title: str = "") -> None:
        self.state = state
        self.place = place
        self.context = context
        self.title = title or (context.trail[-1] if context.trail else "")
        self.signature: Slot | None = None
        self.parts: set[str] = set()
        self.room = notes_field(self.title, 0)  # becomes a field with the first line of room to write

    def blocks(self, blocks: list[Block]) -> None:
        for block in blocks:
            match block:
                case Paragraph():
                    self.paragraph(block.lines)
                case Listing():
                    self.listing(block)
                case Table():
                    fill_table(self.state, self.place, block, self.context)
                case Fence():
                    self.state.command(self.place, block)
                case Quote():
                    self.blocks(block.blocks)
                case Rule():
                    self.state.rule(block)
                case Heading():
                    self.state.keep(self.place, flatten([block]))

    def paragraph(self, lines: list[Line]) -> None:
        plain: list[Line] = []
        for line in lines:
            if self.line(line):
                self.state.keep(self.place, plain)
                plain = []
            else:
                plain.append(line)
        self.state.keep(self.place, plain)

    def line(self, line: Line) -> bool:
        """Take a line of text for what it asks. False if it is prose."""
        wish = self.state.corrected.get(line.number)
        if wish in {"prose", "detail"}:
            return False
        if wish == "field":
            return self.fields(line)
        checked, text = unbox(line.text)
        if is_blank_only(line.text):
            self.long_field(line)
            return True
        if self.signature_part(line) or self.slot(text, line.number):
            return True
        if checked is not None and text and not is_choice_line(line.text):
            item = Item(without_bold(text), line.number, checked=checked)
            describe(item, fields_in(text, line.number))
            admit(self.state, item, self.place, self.context)
            return True
        if self.context.head and (pair := key_value(line.text, plain=True)):
            self.state.metadata(*pair, line.number)
            return True
        if self.context.role == "escalation" and LEVEL.search(line.text[:30]) and key_value(line.text, plain=True):
            return add_level(self.state, line, line.text, [], self.context)
        if self.context.role == "contacts" and add_contact_line(self.state, line, self.context):
            return True
        return self.fields(line)

    def fields(self, line: Line) -> bool:
        fields = fields_in(line.text, line.number, self.title)
        self.place.fields.extend(fields)
        if fields:
            self.state.ledger.note(line.number, "field", fields[0])
        return bool(fields) and says_all(fields, line.text)

    def slot(self, text: str, number: int) -> bool:
        slot = slot_in(text, self.context.signing or is_decision(text), number)
        if slot:
            add_slot(self.state, slot, self.context)
        return slot is not None

    def signature_part(self, line: Line) -> bool:
        """`Name: ____`, `Signature: ____`, `Date: ____` on lines of their own make one slot."""
        part = part_of_slot(line.text, self.context.signing)
        if not part or (self.signature is None and not BEGINS_PART.search(part)):
            return False
        if self.signature is None or part in self.parts:
            self.signature = add_slot(self.state, Slot(self.title.rstrip(":： "), line.number), self.context)
            self.parts = set()
        self.parts.add(part)
        match = LABELLED.fullmatch(line.text.replace("**", ""))
        self.signature.labels[part] = match["label"] if match else part
        rest = BLANK.sub("", match["rest"]).strip() if match else ""
        self.signature.filled = ", ".join(words for words in (self.signature.filled, rest) if words)
        self.state.ledger.note(line.number, "slot", self.signature)
        return True

    def long_field(self, line: Line) -> None:
        """Several empty lines below each other are one room to write."""
        if not self.room.line:
            self.room.line = line.number
            self.place.fields.append(self.room)
        self.state.ledger.note(line.number, "field", self.room)

    def listing(self, listing: Listing) -> None:
        prose: list[Line] = []
        if is_poll([head_of(bullet) for bullet in listing.bullets]):
            self.poll(listing)
            return
        for bullet in nest(self.state, listing).bullets:
            if self.bullet(bullet):
                self.state.keep(self.place, prose)
                prose = []
            else:
                prose.extend(flatten_bullet(bullet, ""))
        self.state.keep(self.place, prose)

    def poll(self, listing: Listing) -> None:
        """A list of answers is one vote, titled by the heading."""
        lines = flatten([listing])
        slot = Slot(self.title.rstrip(":： "), lines[0].number, "vote", notes="\n".join(line.text for line in lines))
        add_slot(self.state, slot, self.context)
        for line in lines:
            self.state.ledger.note(line.number, "vote", slot)

    def bullet(self, bullet: Bullet) -> bool:
        """Take a list entry for what it is. False if it is prose."""
        text = head_of(bullet)
        wish = self.state.corrected.get(bullet.line)
        if wish in {"prose", "detail", "field"} and text:
            self.corrected_bullet(bullet, Line(bullet.line, text))
            return True
        if unbox(text)[0] is not None:
            take_box(self.state, bullet, self.place, self.context)
            return True
        if has_boxes(bullet.blocks):
            self.group_without_box(bullet, text)
            return True
        role = self.context.role
        line = Line(bullet.line, text)
        if role == "escalation" and text and add_level(self.state, line, text, lines_below(bullet), self.context):
            return True
        if role in {"criteria", "tripwires"} or (self.state.boxless and not role and not self.context.head):
            if text and not BLANK.search(text):
                if not role:
                    self.state.guess(bullet.line, "bullet-as-item", text)
                fill_item(
                    self.state, Item(text, bullet.line, number=bullet.number), bullet.blocks, self.place, self.context
                )
                return True
        return bool(text) and not lines_below(bullet) and self.line(line)

    def corrected_bullet(self, bullet: Bullet, line: Line) -> None:
        """An entry of which the user says that it is text or a blank; what stands below it is read for itself."""
        if not self.line(line):
            mark = bullet.number or "-"
            self.state.keep(self.place, [Line(line.number, f"{mark} {line.text}")])
        self.blocks(behind_head(bullet))

    def group_without_box(self, bullet: Bullet, text: str) -> None:
        """A plain entry with boxes below it does a heading's work."""
        if not text:
            self.blocks(bullet.blocks)
            return
        title = f"{bullet.number} {without_bold(text)}".strip()
        section = Section(title, bullet.line, recurrence_in(text), window_in(text))
        self.place.sections.append(section)
        self.state.ledger.note(bullet.line, "section", section)
        Filler(self.state, section, self.context.below(section.title)).blocks(behind_head(bullet))
