"""The preview of an import: source lines on one side, what became of them on the other, linked by line number."""

from __future__ import annotations

from dataclasses import dataclass

from checklists.importing.decode import decode
from checklists.importing.limits import Limits
from checklists.importing.outline import Outline

# What a row shows, by the attribute of the thing that it leads to.
TEXTS = ("text", "title", "label", "role")
# Kinds whose rows hang under the row before them.
INNER = {"detail", "command", "field", "step", "prose"}


@dataclass(frozen=True)
class SourceLine:
    number: int
    text: str
    tone: str


@dataclass(frozen=True)
class PlanLine:
    """One thing that was understood: its kind, its words, how deep it stands, and the line that it came from."""

    number: int
    kind: str
    text: str
    depth: int
    remark: str


def source_lines(data: bytes, outline: Outline) -> list[SourceLine]:
    """The file as the importer decoded it; repaired lines and those that carry nothing are marked."""
    kinds = {account.line: account.kind for account in outline.lines}
    repaired = {repair.line for repair in outline.repairs}
    lines = []
    for number, text in enumerate(decode(data, Limits()).text.split("\n"), start=1):
        kind = kinds.get(number, "")
        tone = "is-aside" if kind in ("litter", "rule") else "is-repaired" if number in repaired else ""
        lines.append(SourceLine(number, text, tone))
    return lines


def plan_lines(data: bytes, outline: Outline) -> list[PlanLine]:
    """What was understood, in the order of the source; lines of one command or one paragraph are one row."""
    whole = outline.as_json()
    source = decode(data, Limits()).text.split("\n")
    rows: list[PlanLine] = []
    before = ""
    for account in outline.lines:
        if account.kind in ("litter", "rule") or account.to == before:
            continue
        before = account.to
        steps = account.to.split("/") if account.to else []
        depth = max(0, steps.count("items") - 1) + (1 if account.kind in INNER and "items" in steps else 0)
        found = resolve(whole, steps)
        rows.append(
            PlanLine(
                account.line,
                account.kind,
                words_of(found) or source[account.line - 1].strip(),
                min(depth, 4),
                "ticked in the source" if isinstance(found, dict) and found.get("checked") else "",
            )
        )
    return rows


def resolve(whole: object, steps: list[str]) -> object:
    """What a path such as `phases/0/items/2` leads to; None where it leads nowhere."""
    for step in steps:
        if isinstance(whole, dict):
            whole = whole.get(step)
        elif isinstance(whole, list) and step.isdigit() and int(step) < len(whole):
            whole = whole[int(step)]
        else:
            return None
    return whole


def words_of(found: object) -> str:
    if isinstance(found, str):
        return found
    if not isinstance(found, dict):
        return ""
    texts = [found[name] for name in TEXTS if found.get(name)]
    return ": ".join([*texts[:1], *(found[name] for name in ("name", "window", "recurrence") if found.get(name))])
