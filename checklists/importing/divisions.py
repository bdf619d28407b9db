"""From headings to phases and sections; a heading without work below it becomes prose of the plan."""

from __future__ import annotations

from .account import Target
from .blocks import Block, Rule
from .groups import has_boxes
from .headings import Division
from .outline import Phase, Section, items_of, sections_of
from .places import fill
from .procedures import fill_procedures, procedure_groups
from .state import Context, State
from .times import BRACKETS, recurrence_in, timeline_in, window_in
from .titled import read_titled, titled_items
from .vocabulary import FAILED, role_of

PEOPLE_OR_PROCEDURE = frozenset({"contacts", "escalation", "procedure"})


def read_phase(state: State, division: Division) -> None:
    """Read a top division: a phase if there is work in it, else what its heading says, else prose."""
    phase = Phase(division.title, division.line)
    _read(state, division, phase, Context(phase=phase))
    settle_phase(state, phase)


def settle_phase(state: State, phase: Phase) -> None:
    """Keep a phase that has something to do; anything else in it moves up to the plan."""
    places = [phase, *sections_of(phase)]
    worked = any(items_of(item) for place in places for item in place.items)
    role = role_of(phase.title)
    if worked or (not role and any(place.fields or place.commands for place in places)):
        _set_window(phase)
        state.outline.phases.append(phase)
        return
    for place in places:
        _dissolve(state, place)


def _read(state: State, division: Division, place: Section, context: Context) -> None:
    """Fill a place from a division and those below it."""
    own = role_of(division.title)
    role = own or context.role
    if context.role == "tripwires" and own == "procedure":
        role = "tripwires"  # "Immediate rollback" below "Rollback triggers" says what triggers it
    elif context.role == "criteria" and not own and FAILED.search(division.title):
        role = ""
    division.blocks = without_rules(state, division.blocks)
    # A line that the user has made an item does not change what the others are.
    boxed = has_boxes(division.blocks, state.corrected if role in {"contacts", "escalation"} else ())
    if boxed and role in PEOPLE_OR_PROCEDURE:
        role = ""
    inner = Context(role, (*context.trail, division.title), context.phase, procedure=context.procedure)
    if role == "procedure" and not inner.procedure and _procedures_in(division) == 1:
        inner = Context(role, inner.trail, inner.phase, procedure=division.title)
    before = _extracts(state)
    if role == "procedure" and procedure_groups(division.blocks):
        fill_procedures(state, place, division.blocks, inner)
    else:
        fill(state, place, division.blocks, inner)
    titled = titled_items(state, division.children) if not role else set()
    for child in division.children:
        if child.line in titled:
            read_titled(state, child, place, inner)
        else:
            _read_section(state, child, place, inner)
    for line in division.heading.lines:
        _note_heading(state, line.number, place, before, inner)


def _read_section(state: State, division: Division, parent: Section, context: Context) -> None:
    section = Section(division.title, division.line)
    section.recurrence, section.window = recurrence_in(division.title), window_in(division.title)
    parent.sections.append(section)
    _read(state, division, section, context)
    empty = not (section.items or section.fields or section.sections or section.commands or section.prose)
    if empty and not state.ledger.stands_for(division.line, section):
        parent.sections.remove(section)


def _procedures_in(division: Division) -> int:
    """How many procedures a division tells of, those of its subdivisions included."""
    own = len(procedure_groups(division.blocks)) if not has_boxes(division.blocks) else 0
    children = (child for child in division.children if role_of(child.title) in {"", "procedure"})
    return own + sum(_procedures_in(child) for child in children)


def _extracts(state: State) -> list[int]:
    return [len(found) for found in _lists(state)]


def _lists(state: State) -> list[list[object]]:
    outline = state.outline
    return [
        list(found)
        for found in (outline.procedures, outline.contacts, outline.escalation, outline.slots, outline.criteria)
    ]


def without_rules(state: State, blocks: list[Block]) -> list[Block]:
    """Rules between the blocks of a division part nothing that the headings do not part already."""
    for block in blocks:
        if isinstance(block, Rule):
            state.rule(block)
    return [block for block in blocks if not isinstance(block, Rule)]


def _note_heading(state: State, line: int, place: Section, before: list[int], context: Context) -> None:
    """A heading is its phase or section; one that only announced contacts, slots and the like is the first of these."""
    kind = "phase" if isinstance(place, Phase) else "section"
    found = [after[count] for after, count in zip(_lists(state), before, strict=True) if len(after) > count]
    worked = any(inner.items for inner in (place, *sections_of(place)))
    filled = place.fields or place.sections or place.commands or (place.prose and kind == "section")
    if found and not worked and (context.signing or not filled):
        state.ledger.note(line, "section", found[0])
    else:
        state.ledger.note(line, kind, place)


def _set_window(phase: Phase) -> None:
    """When a phase happens: from the line that says so, from the bracket of its title, else from the title itself."""
    stated = next((window for text in phase.prose if (window := timeline_in(text))), "")
    in_title = window_in(phase.title)
    phase.window = stated or in_title
    phase.recurrence = recurrence_in(phase.title)
    brackets = [match for match in BRACKETS.finditer(phase.title) if match[1].strip() == in_title]
    if brackets and not stated:
        phase.title = " ".join((phase.title[: brackets[-1].start()] + phase.title[brackets[-1].end() :]).split())


def _dissolve(state: State, place: Section) -> None:
    """Move a place's texts into the prose of the plan and its blanks to the plan, and the account with them."""
    outline = state.outline
    if state.ledger.stands_for(place.line, place):
        state.ledger.demote(place, Target(outline, "prose", len(outline.prose)))
        outline.prose.append(place.title)
    for attribute in ("prose", "commands"):
        for index, text in enumerate(getattr(place, attribute)):
            state.ledger.move(place, attribute, index, Target(outline, "prose", len(outline.prose)))
            info = place.languages[index] if attribute == "commands" else ""
            outline.prose.append(text if attribute == "prose" else f"```{info}\n{text}\n```")
    outline.fields.extend(place.fields)
