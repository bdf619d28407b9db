"""The preview of an import: source lines on one side, what became of them on the other, linked by line number."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from checklists.importing.outline import Outline
from checklists.importing.values import Guess
from checklists.kinds import GUESSES
from checklists.saying import in_words

# What a row shows, by the attribute of the thing that it leads to.
TEXTS = ("text", "title", "label", "role")
# Kinds whose rows hang under the row before them.
INNER = {"detail", "command", "field", "step", "prose"}
# Kinds that carry nothing into the plan.
ASIDE = {"litter", "rule"}


@dataclass(frozen=True)
class SourceLine:
    """One line of the source; `row` is the line of the plan row that it went into, 0 for none."""

    number: int
    text: str
    tone: str
    row: int


@dataclass(frozen=True)
class PlanLine:
    """One thing that was understood: its kind, its words, how deep it stands, and the line that it came from."""

    number: int
    kind: str
    text: str
    depth: int
    remark: str


@dataclass(frozen=True)
class OpenGuess:
    """Something that the importer inferred; `key` names it in answers."""

    key: str
    line: int
    text: str


@dataclass(frozen=True)
class GuessGroup:
    """All open guesses of one kind, to be agreed with one by one or together."""

    kind: str
    title: str
    guesses: list[OpenGuess]


def source_lines(text: str, outline: Outline) -> list[SourceLine]:
    """The text as the importer decoded it; repaired lines and those that carry nothing are marked."""
    accounts = {account.line: account for account in outline.lines}
    repaired = {repair.line for repair in outline.repairs}
    guessed = {guess.line for guess in outline.guesses}
    rows: dict[str, int] = {}
    lines = []
    for number, words in enumerate(text.split("\n"), start=1):
        account = accounts.get(number)
        aside = account is not None and account.kind in ASIDE
        tone = "is-aside" if aside else "is-repaired" if number in repaired else "is-asked" if number in guessed else ""
        row = rows.setdefault(account.to, number) if account and not aside else 0
        lines.append(SourceLine(number, words, tone, row))
    return lines


def plan_lines(text: str, outline: Outline) -> list[PlanLine]:
    """What was understood, in the order of the source; lines of one command or one paragraph are one row."""
    whole = outline.as_json()
    source = text.split("\n")
    rows: list[PlanLine] = []
    seen: set[str] = set()
    for account in outline.lines:
        if account.kind in ASIDE or account.to in seen:
            continue
        seen.add(account.to)
        steps = account.to.split("/") if account.to else []
        depth = max(0, steps.count("items") - 1) + (1 if account.kind in INNER and "items" in steps else 0)
        found = resolve(whole, steps)
        rows.append(
            PlanLine(
                account.line,
                account.kind,
                f"{steps[-1]}: {found}"
                if account.kind == "metadata" and len(steps) > 1
                else words_of(found) or source[account.line - 1].strip(),
                min(depth, 4),
                _("ticked in the source") if isinstance(found, dict) and found.get("checked") else "",
            )
        )
    return rows


def open_guesses(outline: Outline, accepted: list[str]) -> list[GuessGroup]:
    """What nobody has agreed with yet, by kind."""
    groups: dict[str, list[OpenGuess]] = {}
    for guess in outline.guesses:
        if (key := key_of(guess)) not in accepted:
            groups.setdefault(guess.kind, []).append(OpenGuess(key, guess.line, in_words(guess.text)))
    return [GuessGroup(kind, str(GUESSES[kind]), guesses) for kind, guesses in groups.items()]


def key_of(guess: Guess) -> str:
    return f"{guess.line}:{guess.kind}"


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
