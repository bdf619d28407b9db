"""The whole way from the bytes of a checklist to its outline."""

from __future__ import annotations

from collections.abc import Mapping

from .blocks import Block, Paragraph, Rule, parse
from .bounds import refuse_excess, refuse_items
from .corrections import correct
from .decode import Refused, decode
from .divisions import read_phase, settle_phase, without_rules
from .exported import is_exported, read_exported
from .fields import takes_several_moments
from .frontmatter import take_front_matter
from .groups import has_boxes
from .headings import Division, Layout, divide, lay_out, split_footer
from .indentation import is_flat
from .kept import words_kept
from .limits import Limits
from .lint import remarks
from .meaning import explain, milestones_in
from .outline import Outline, Phase, fields_of
from .placeholders import placeholders_in
from .places import fill
from .repairs import Line, Repaired, repair
from .said import Said
from .slots import give_scopes
from .state import Context, State
from .titled import read_titled, titled_items
from .wording import key_value, without_marks, words_of

__all__ = ["Limits", "Refused", "read_checklist"]

UNTITLED = "Checklist"
USUAL = Limits()


def read_checklist(
    data: bytes, limits: Limits = USUAL, corrections: Mapping[int, str] | Mapping[str, str] | None = None
) -> Outline:
    """Understand a checklist. Raises Refused, with a sentence for the user, for what cannot be read or is too much.

    `corrections` has by line number what the user says that it is, see `corrections.KINDS` and `LEVELS`.
    """
    decoded = decode(data, limits)
    refuse_excess(decoded.text, limits)
    if is_exported(decoded.text):
        return read_exported(decoded, limits)
    repaired = repair(decoded.text)
    state = State(scraped=repaired.scraped)
    outline = state.outline
    outline.repairs = [*decoded.repairs, *repaired.repairs]
    outline.warnings = decoded.warnings
    for number, remnant in repaired.remnants.items():
        state.guess(number, "symbol", Said("“%(text)s” is what is left of a symbol: taken out", text=remnant))
    for number in repaired.litter:
        state.ledger.note(number, "litter")
    lines = take_front_matter(state, repaired.lines)
    blocks = parse(lines)
    state.flat = is_flat(blocks)
    state.boxless = not has_boxes(blocks)
    if corrections:
        wishes = {int(line): wish for line, wish in corrections.items()}
        lines = correct(state, lines, blocks, wishes)
        refuse_excess("\n".join(line.text for line in lines), limits)
        blocks = parse(lines)
    _read_blocks(state, blocks)
    _keep_forgotten(state, repaired)
    give_scopes(outline.slots, outline.phases)
    counts = outline.counts
    refuse_items(counts["items"] + counts["criteria"], limits)
    if not counts["items"]:
        outline.warnings.append(Said("No item to tick was found. Items are list entries such as `- [ ] Backup made`."))
    kinds = state.ledger.kinds
    explain(outline)
    for field in fields_of(outline):
        if takes_several_moments(field):
            state.guess(
                field.line, "blank", Said("“%(label)s” asks for several moments: it takes text", label=field.label)
            )
    outline.milestones = milestones_in(repaired.lines, kinds)
    outline.placeholders = placeholders_in(lines, kinds)
    outline.guesses.sort(key=lambda guess: guess.line)
    outline.lint = remarks(outline, (line for line in repaired.lines if kinds.get(line.number) == "prose"))
    outline.lines = state.ledger.settle(outline)
    outline.repairs.sort(key=lambda done: done.line)
    return outline


def _read_blocks(state: State, blocks: list[Block]) -> None:
    root = divide(blocks)
    last = _last(root)
    last.blocks, footer = split_footer(last.blocks)
    layout = lay_out(root)
    _read_head(state, layout)
    titled = titled_items(state, layout.phases)
    for division in layout.phases:
        if division.line in titled:
            _read_titled(state, division)
            continue
        container = layout.containers.get(division.line)
        known = len(state.outline.phases)
        read_phase(state, division)
        if container:
            state.guess(container.line, "phase", Said("The headings below it are the phases"))
            _keep_container(state, container, state.outline.phases[known:])
    _take_facts(state, footer)


def _read_titled(state: State, division: Division) -> None:
    """Top headings that are items stand together in one phase, named after the document."""
    title = state.outline.title or UNTITLED
    if state.titled is None:
        state.titled = Phase(title, 0)
        state.outline.phases.append(state.titled)
    phase = state.titled
    read_titled(state, division, phase, Context(trail=(title,), phase=phase))


def _last(division: Division) -> Division:
    while division.children:
        division = division.children[-1]
    return division


def _read_head(state: State, layout: Layout) -> None:
    """The title, the facts below it, and any work that stands before the first division."""
    outline = state.outline
    outline.title = layout.title.text if layout.title else outline.metadata.get("title", "")
    for line in layout.title.lines if layout.title else []:
        state.ledger.note(line.number, "title", outline)
    if layout.subtitle:
        state.metadata("Subtitle", layout.subtitle.title, layout.subtitle.line)
        state.guess(layout.subtitle.line, "title", Said("It goes on with the title and is no phase"))
        for line in layout.subtitle.heading.lines:
            state.ledger.note(line.number, "metadata", outline, "metadata", "Subtitle")
        _take_facts(state, layout.subtitle.blocks)
    if not outline.title and layout.phases:
        outline.title = layout.phases[0].title
    phase = Phase(outline.title or UNTITLED, 0)
    fill(state, phase, without_rules(state, layout.head), Context(trail=(phase.title,), phase=phase, head=True))
    settle_phase(state, phase)


def _take_facts(state: State, blocks: list[Block]) -> None:
    for block in blocks:
        if isinstance(block, Rule):
            state.rule(block)
        elif isinstance(block, Paragraph):
            for line in block.lines:
                key, value = key_value(line.text) or (line.text, "")
                state.metadata(key, value, line.number)


def _keep_container(state: State, container: Division, phases: list[Phase]) -> None:
    """The words of a heading above phases go to the first of them."""
    place = phases[0] if phases else state.outline
    state.keep(place, [Line(line.number, container.title) for line in container.heading.lines[:1]])
    for line in container.heading.lines[1:]:
        state.ledger.note(line.number, "rule")
    if phases:
        blocks = without_rules(state, container.blocks)
        fill(state, phases[0], blocks, Context(trail=(container.title,), phase=phases[0]))


def _keep_forgotten(state: State, repaired: Repaired) -> None:
    """Nothing is dropped: a line that no stage took, or whose words are not all there, is kept as prose, and said."""
    kept = words_kept(state.outline)
    silent = {"rule", "litter"}
    for line in repaired.lines:
        text = line.text.strip()
        if not text or state.ledger.kinds.get(line.number) in silent:
            continue
        if line.number in state.ledger.kinds and words_of(without_marks(text)) <= kept:
            continue
        if not text.strip("> -+*"):
            state.ledger.note(line.number, "rule")
            continue
        state.ledger.note(line.number, "prose", state.outline, "prose", len(state.outline.prose))
        state.outline.prose.append(text)
        state.outline.warnings.append(
            Said(
                "Line %(line)s was not fully understood and is kept as text: %(text)s",
                line=str(line.number),
                text=text[:80],
            )
        )
