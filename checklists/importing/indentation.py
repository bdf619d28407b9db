"""Indentation that the source lost, put back where words and blank lines tell; each guess is a repair."""

from __future__ import annotations

from .blocks import Block, Bullet, Listing
from .items import head_of
from .outline import Repair
from .said import Said
from .state import State
from .wording import bold_label, key_value, unbox


def is_flat(blocks: list[Block]) -> bool:
    """Whether no list of the document has another list in it."""
    return not any(
        isinstance(inner, Listing)
        for block in blocks
        if isinstance(block, Listing)
        for bullet in block.bullets
        for inner in bullet.blocks
    )


def nest(state: State, listing: Listing) -> Listing:
    """Plain entries right below a box are its details; below a box in bold, plain boxes are its parts."""
    nested: list[Bullet] = []
    leader: Bullet | None = None
    for bullet in listing.bullets:
        text = head_of(bullet)
        boxed, words = unbox(text)
        grouping = leader is not None and _is_group(leader)
        spoken = bullet.line in state.outdented or bullet.line in state.corrected
        if (
            leader is None
            or bullet.spaced
            or spoken
            or (boxed is not None and not (grouping and not bold_label(words)))
        ):
            nested.append(bullet)
            leader = bullet if boxed is not None and bullet.line not in state.corrected else None
            continue
        if boxed is not None and not (state.scraped or state.flat):
            nested.append(bullet)
            leader = bullet
            continue
        _put_below(leader, bullet)
        before = f"{bullet.number or '-'} {text}"
        state.outline.repairs.append(Repair(bullet.line, "indentation", before, f"  {before}"))
        state.guess(bullet.line, "indentation", Said("below “%(text)s”", text=unbox(head_of(leader))[1]))
    if state.scraped:
        for bullet in nested:
            _nest_details(state, bullet)
    return Listing(nested)


def _is_group(bullet: Bullet) -> bool:
    return bool(bold_label(unbox(head_of(bullet))[1]))


def _put_below(leader: Bullet, bullet: Bullet) -> None:
    if leader.blocks and isinstance(leader.blocks[-1], Listing):
        leader.blocks[-1].bullets.append(bullet)
    else:
        leader.blocks.append(Listing([bullet]))


def _nest_details(state: State, item: Bullet) -> None:
    """A detail that ends with a colon opens a list; it ends with the next such line or where the form changes."""
    last = item.blocks[-1] if item.blocks else None
    if not isinstance(last, Listing):
        return
    kept: list[Bullet] = []
    opener: Bullet | None = None
    labelled: bool | None = None
    for bullet in last.bullets:
        text = head_of(bullet)
        if unbox(text)[0] is not None or text.endswith(":"):
            opener = bullet if text.endswith(":") and unbox(text)[0] is None else None
            labelled = None
            kept.append(bullet)
            continue
        form = key_value(text, plain=True) is not None and "`" not in text
        labelled = form if labelled is None else labelled
        spoken = bullet.line in state.outdented
        if opener is None or spoken or form != labelled or text.split()[:1] == head_of(opener).split()[:1]:
            opener = None
            kept.append(bullet)
            continue
        _put_below(opener, bullet)
        state.outline.repairs.append(Repair(bullet.line, "indentation", f"  - {text}", f"    - {text}"))
        state.guess(bullet.line, "indentation", Said("below “%(text)s”", text=head_of(opener)))
    item.blocks[-1] = Listing(kept)
