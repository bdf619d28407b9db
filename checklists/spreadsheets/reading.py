"""From the rows of a table to an outline. Every broken row is found before anything is refused."""

from __future__ import annotations

import re

from checklists.importing.account import Ledger
from checklists.importing.bounds import refuse_items
from checklists.importing.decode import Refused
from checklists.importing.dialect import FACT, asked, field_in, item_of, phase_heading, section_heading
from checklists.importing.fields import fields_in
from checklists.importing.limits import Limits
from checklists.importing.lint import remarks
from checklists.importing.meaning import explain
from checklists.importing.outline import TEAM_LENGTH, Criterion, Field, Item, Outline, Phase, Section
from checklists.importing.said import Said
from checklists.importing.wording import unbox

from .columns import (
    COMMAND_EDGE,
    CRITERION,
    KIND_OF,
    MULTIPLE,
    PATH,
    PHASE,
    RUN,
    SECTION,
    TICKED,
    column_of,
    details_in,
    folded,
    path_in,
)
from .opening import Rows

NOTHING = frozenset({"-", "–", "—"})
MOST_TOLD = 100
# A sign such as ✅ may belong to the words; these are boxes only.
BOXED = re.compile(r"(?:\[[ xX]?\]|[☐☑☒])\s")
UNTITLED = "Checklist"


class BrokenRows(Refused):
    """Rows that cannot be read; `problems` has a sentence for each."""

    def __init__(self, problems: list[Said]):
        more = len(problems) - MOST_TOLD
        self.problems = [*problems[:MOST_TOLD], *([Said("And %(number)s more.", number=more)] if more > 0 else [])]
        together = " ".join(self.problems)
        super().__init__(Said(together))


def read_rows(rows: Rows, head: int, title: str, limits: Limits) -> Outline:
    """The outline of a table whose titles stand in the row at the index `head`. Raises BrokenRows, or Refused."""
    reader = _Reader(rows[head], limits)
    reader.above(rows[:head], title)
    reader.titles(head + 1)
    for number, row in enumerate(rows[head + 1 :], start=head + 2):
        if any(cell.strip() for cell in row):
            reader.row(number, row)
    if reader.problems:
        raise BrokenRows(reader.problems)
    outline = reader.outline
    counts = outline.counts
    refuse_items(counts["items"] + counts["criteria"], limits)
    if not counts["items"]:
        outline.warnings.append(Said("No item to tick was found: the table has no rows below its titles."))
    explain(outline)
    outline.lint = remarks(outline)
    outline.lines = reader.ledger.settle(outline)
    return outline


class _Reader:
    """`open_items` has the items that the next row may stand below, outermost first."""

    def __init__(self, titles: list[str], limits: Limits) -> None:
        self.names = titles
        self.columns = [column_of(title) for title in titles]
        self.limits = limits
        self.outline = Outline()
        self.ledger = Ledger()
        self.problems: list[Said] = []
        self.phases: dict[str, Phase] = {}
        self.sections: dict[tuple[int, tuple[str, ...]], Section] = {}
        self.place: tuple[str, str] = ("", "")
        self.open_items: list[Item] = []
        self.indents: list[int] = []

    # -- Above the rows ------------------------------------------------------------------------------------------------

    def above(self, rows: Rows, title: str) -> None:
        """What stands over the titles: the name of the plan, then whatever its author wrote there."""
        self.outline.title = title
        for number, row in enumerate(rows, start=1):
            text = " ".join(cell.strip() for cell in row if cell.strip())
            if not text:
                continue
            if "title" not in self.ledger.kinds.values():
                self.outline.title = text
                self.ledger.note(number, "title", self.outline)
            else:
                self.ledger.note(number, "prose", self.outline, "prose", len(self.outline.prose))
                self.outline.prose.append(text)
        self.outline.title = self.outline.title or UNTITLED

    def titles(self, number: int) -> None:
        self.ledger.note(number, "rule")
        seen: set[str] = set()
        for column in self.columns:
            if column and column in seen and column not in MULTIPLE:
                self.problem(number, self.name(column), Said("two columns have this meaning. Rename or remove one"))
            seen.add(column)
        if "Phase" not in seen:
            self.problems.insert(0, Said("Row %(row)s: there is no column “Phase”.", row=str(number)))
        run = [name for name, column in zip(self.names, self.columns, strict=True) if column in RUN]
        if run:
            self.outline.warnings.append(
                Said(
                    "These columns tell of a run and are no part of the plan: %(names)s. "
                    "Ticked items are shown as ticked in the source; nothing counts as done.",
                    names=", ".join(run),
                )
            )

    # -- Rows ----------------------------------------------------------------------------------------------------------

    def row(self, number: int, cells: list[str]) -> None:
        row: dict[str, list[str]] = {}
        own: list[str] = []
        for index, cell in enumerate(cells):
            column = self.columns[index] if index < len(self.columns) else ""
            if column:
                row.setdefault(column, []).append(cell)
            elif cell.strip():
                name = self.names[index].strip() if index < len(self.names) else ""
                own.append(f"{name}: {cell.strip()}" if name else cell.strip())
        one = {column: "\n".join(part for part in parts if part.strip()) for column, parts in row.items()}
        kind = KIND_OF.get(folded(one.get("Kind", "")))
        if kind is None:
            words = Said("“%(kind)s” is not one of Item, Criterion, Phase, Section", kind=one["Kind"])
            self.problem(number, self.name("Kind"), words)
            return
        if not self.enter(number, one):
            return
        if kind == PHASE:
            phase = self.new_phase(number, one)
            self.ledger.note(number, "phase", phase)
            self.fill(number, phase, one, own)
        elif kind == SECTION and path_in(self.place[1]):
            section = self.new_section(number, one)
            self.ledger.note(number, "section", section)
            self.fill(number, section, one, own)
        elif kind == SECTION:
            self.problem(number, self.name("Section"), Said("it is empty, though the row is a section"))
        else:
            self.item(number, one, own, kind)

    def enter(self, number: int, one: dict[str, str]) -> bool:
        """Find out where the row stands; an empty cell goes on with the one above. False if that cannot be told."""
        phase, section = one.get("Phase", "").strip(), one.get("Section", "").strip()
        before = self.place
        if phase:
            self.place = (phase, section)
        elif not before[0]:
            self.problem(number, self.name("Phase"), Said("it is empty, and no row above names a phase"))
            return False
        else:
            self.place = (before[0], section or before[1])
        if self.place != before:
            self.open_items, self.indents = [], []
        return True

    def new_phase(self, number: int, one: dict[str, str]) -> Phase:
        words = self.place[0]
        title, window, recurrence = phase_heading(words)
        if one.get("When"):
            title, window, recurrence = words, _given(one["When"]), _given(one.get("How often", ""))
        phase = Phase(title, number, recurrence, window)
        self.phases[words] = phase
        self.outline.phases.append(phase)
        return phase

    def new_section(self, number: int, one: dict[str, str]) -> Section:
        section = self.add_section(number, path_in(self.place[1]))
        if one.get("When"):
            section.window, section.recurrence = _given(one["When"]), _given(one.get("How often", ""))
        return section

    def add_section(self, number: int, path: list[str]) -> Section:
        parent = self.section(number, path[:-1])
        title, window, recurrence = section_heading(path[-1])
        section = Section(title, number, recurrence, window)
        parent.sections.append(section)
        phase = self.phase(number)
        inside = [key for key in self.sections if key[0] == id(phase) and key[1][: len(path)] == tuple(path)]
        for key in inside:  # an earlier section of this name is closed, with those in it
            del self.sections[key]
        self.sections[id(phase), tuple(path)] = section
        return section

    def phase(self, number: int) -> Phase:
        return self.phases.get(self.place[0]) or self.new_phase(number, {})

    def section(self, number: int, path: list[str]) -> Section:
        """The place of these titles, made where there is none yet."""
        phase = self.phase(number)
        if not path:
            return phase
        return self.sections.get((id(phase), tuple(path))) or self.add_section(number, path)

    # -- Items ---------------------------------------------------------------------------------------------------------

    def item(self, number: int, one: dict[str, str], own: list[str], kind: str) -> None:
        lines = one.get("Item", "").split("\n")
        text = lines[0].strip()
        checked, text = unbox(text) if BOXED.match(text) else (False, text)
        if not text:
            self.problem(number, self.name("Item"), Said("it is empty"))
            return
        level = self.level(number, one, len(lines[0]) - len(lines[0].lstrip()))
        if level is None:
            return
        item = item_of(text)
        item.line = number
        item.checked = bool(checked) or folded(one.get("State", "")) in TICKED
        item.window = _given(one["When"]) if one.get("When") else item.window
        item.recurrence = _given(one["How often"]) if one.get("How often") else item.recurrence
        if one.get("Fields"):
            item.fields = []
        # In a table that somebody wrote by hand, who owns a row is whoever is meant to do it.
        named = " ".join(one.get("Team" if "Team" in self.columns else "Owner", "").split())[:TEAM_LENGTH]
        item.for_team = named if named or "Team" in self.columns else None
        item.details = [line.strip() for line in lines[1:] if line.strip()]
        if kind == CRITERION:
            item = Criterion(**vars(item), phase=self.place[0], section=PATH.join(path_in(self.place[1])))
        self.put(item, level, kind, number)
        self.ledger.note(number, "criterion" if kind == CRITERION else "item", item)
        self.fill(number, item, one, own)

    def level(self, number: int, one: dict[str, str], indent: int) -> int | None:
        """How deep the item stands: by its column, else by the blanks before its words. None if that is broken."""
        if "Level" not in self.columns:
            while self.indents and self.indents[-1] >= indent:
                self.indents.pop()
            self.indents.append(indent)
            return min(len(self.indents), len(self.open_items) + 1)
        words = one.get("Level", "").strip() or "1"
        most = self.limits.levels
        if not words.isdecimal() or not 1 <= int(words) <= most:
            said = Said("“%(level)s” is not a number from 1 to %(most)s", level=words, most=most)
            self.problem(number, self.name("Level"), said)
            return None
        if int(words) > len(self.open_items) + 1:
            said = Said("%(level)s is too deep, because no item stands above it here", level=words)
            if self.open_items:
                said = Said(
                    "%(level)s is too deep, because the item above has %(above)s",
                    level=words,
                    above=len(self.open_items),
                )
            self.problem(number, self.name("Level"), said)
            return None
        return int(words)

    def put(self, item: Item, level: int, kind: str, number: int) -> None:
        del self.open_items[level - 1 :]
        if self.open_items:
            self.open_items[-1].items.append(item)
        elif isinstance(item, Criterion):
            self.outline.criteria.append(item)
        else:
            self.section(number, path_in(self.place[1])).items.append(item)
        self.open_items.append(item)

    def fill(self, number: int, owner: Item | Section, one: dict[str, str], own: list[str]) -> None:
        """Take the other columns of a row; those of the author become details, those of a run stand beside the plan."""
        texts = owner.details if isinstance(owner, Item) else owner.prose
        texts += [*details_in(one.get("Details", "")), *own]
        commands = one.get("Commands", "")
        owner.commands += commands.split(COMMAND_EDGE) if commands.strip() else []
        owner.languages += [""] * (len(owner.commands) - len(owner.languages))
        label = owner.text if isinstance(owner, Item) else owner.title
        for line in one.get("Fields", "").split("\n"):
            if line.strip() and line.strip() not in NOTHING:
                owner.fields += _blanks(line.strip(), label)
        for blank in owner.fields:
            blank.line = number
        owner.run += [f"{column}: {one[column]}" for column in self.columns if column in RUN and one.get(column)]

    # -- Problems ------------------------------------------------------------------------------------------------------

    def name(self, column: str) -> str:
        """The column as the file names it."""
        return next((n for n, known in zip(self.names, self.columns, strict=True) if known == column), column)

    def problem(self, number: int, column: str, problem: Said) -> None:
        self.problems.append(
            Said("Row %(row)s, %(column)s: %(problem)s.", row=str(number), column=column.strip(), problem=problem)
        )


def _given(words: str) -> str:
    return "" if words.strip() in NOTHING else words.strip()


def _blanks(line: str, label: str) -> list[Field]:
    """What one line of the column of blanks asks: in the words of a plan, or only a name."""
    told = asked(line.removeprefix(FACT)) if line.startswith(FACT) else None
    found = told or field_in(line, label)
    return [found] if found else fields_in(line, 0, label) or [Field(line)]
