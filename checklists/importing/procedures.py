"""What to do when it goes wrong: rollback and incident procedures with their steps, and what calls for them."""

from __future__ import annotations

import re

from .blocks import Block, Bullet, Fence, Listing, Paragraph
from .groups import Group, groups_of
from .items import head_of
from .outline import Procedure, Section, Step
from .places import fill
from .repairs import Line
from .state import Context, State, flatten, flatten_bullet
from .vocabulary import INCIDENT, ROLLBACK, role_of
from .wording import without_bold

ESTIMATE = re.compile(r"(?:estimated|expected|target|rollback)[^:]{0,30}\btime[^:]{0,20}:\s*(.+)", re.IGNORECASE)


def procedure_groups(blocks: list[Block]) -> list[Group]:
    """The groups of a division that tell what to do step by step."""
    return [group for group in groups_of(blocks) if _is_procedure(group)]


def _is_procedure(group: Group) -> bool:
    if role_of(group.title) in {"tripwires", "criteria", "contacts"}:
        return False
    return any(isinstance(block, Listing | Fence) for block in group.blocks)


def fill_procedures(state: State, place: Section, blocks: list[Block], context: Context) -> None:
    """Take each group with steps as a procedure; what else there is becomes criteria, or prose of either."""
    procedure: Procedure | None = None
    for group in groups_of(blocks):
        if not _is_procedure(group):
            _leftover(state, place, group, context, procedure)
            continue
        title = context.procedure or group.title.rstrip(":： ") or (context.trail[-1] if context.trail else "")
        procedure = Procedure(title, group.label.number if group.label else _first_line(group.blocks))
        procedure.kind = _kind(title, context)
        procedure.group = context.group
        state.outline.procedures.append(procedure)
        if group.label and context.procedure:
            state.keep(procedure, [Line(group.label.number, group.title)])
        elif group.label:
            state.ledger.note(group.label.number, "procedure", procedure)
        _steps(state, procedure, group.blocks)
        texts = [*procedure.prose, *(step.text for step in procedure.steps)]
        found = next((match for text in texts if (match := ESTIMATE.search(text))), None)
        procedure.estimate = found[1].strip() if found else ""


def _leftover(state: State, place: Section, group: Group, context: Context, procedure: Procedure | None) -> None:
    if role_of(group.title) or procedure is None:
        label: list[Block] = [Paragraph([group.label])] if group.label else []
        fill(state, place, [*label, *group.blocks], context)
        return
    if group.label:
        state.keep(procedure, [Line(group.label.number, group.title)])
    _steps(state, procedure, group.blocks)


def _kind(title: str, context: Context) -> str:
    for words in (title, *reversed(context.trail)):
        if ROLLBACK.search(words):
            return "rollback"
        if INCIDENT.search(words):
            return "incident"
    return "other"


def _first_line(blocks: list[Block]) -> int:
    lines = flatten(blocks)
    return lines[0].number if lines else 0


def _steps(state: State, procedure: Procedure, blocks: list[Block]) -> None:
    """Numbered entries are the steps; where nothing is numbered, bullets are."""
    numbered = any(isinstance(block, Listing) and block.bullets[0].number for block in blocks)
    for block in blocks:
        if isinstance(block, Fence):
            state.command(procedure, block)
        elif isinstance(block, Listing) and (not numbered or block.bullets[0].number):
            for bullet in block.bullets:
                if not head_of(bullet):
                    state.keep(procedure, flatten_bullet(bullet, ""))
                    continue
                step = Step(without_bold(head_of(bullet)), bullet.line, bullet.number)
                procedure.steps.append(step)
                state.ledger.note(bullet.line, "step", step)
                _below(state, step, bullet)
        else:
            state.keep(procedure, flatten([block]))


def _below(state: State, step: Step, bullet: Bullet) -> None:
    """A procedure is filled in nowhere before it is declared, so boxes and blanks in it stay the text that they are."""
    for block in bullet.blocks:
        if isinstance(block, Fence):
            state.command(step, block)
            continue
        for line in flatten([block]):
            text = line.text.removeprefix("- ")
            if line.number == bullet.line or not text.strip():
                continue
            state.ledger.note(line.number, "detail", step, "details", len(step.details))
            step.details.append(text)
