"""The small forms of which an exported plan is written: blanks, prose, code, tables, facts."""

from __future__ import annotations

from collections.abc import Iterator

from checklists.importing import dialect
from checklists.importing.dialect import FACT, RUN, escaped, tokens_of
from checklists.importing.outline import Field, Item, Procedure, Section, Step

# Where a blank line belongs; several in a row make one. Blank lines of code are none of these.
GAP = "\x00"


def division(title: str, words: str) -> Iterator[str]:
    yield f"## {one_line(title)}"
    yield GAP
    yield f"{FACT}{words}"
    yield GAP


def times(place: Section, read: tuple[str, str, str]) -> Iterator[str]:
    """When and how often, where the heading does not tell it."""
    if place.window != read[1]:
        yield f"{FACT}{dialect.WHEN}: {place.window}"
    if place.recurrence != read[2]:
        yield f"{FACT}{dialect.OFTEN}: {place.recurrence}"
    if (place.window, place.recurrence) != read[1:]:
        yield GAP


def blanks(fields: list[Field], label: str, indent: str = "") -> Iterator[str]:
    for blank in fields:
        yield f"{indent}- {blank_of(blank, label)}"


def blank_of(blank: Field, label: str) -> str:
    """A blank as it is filled in on paper, where that reads back as the same, else as a fact."""
    answers = " ".join(f"[ ] {choice}" for choice in blank.choices)
    forms = [f"{blank.label}: {answers}", f"{answers}"] if answers else [f"{blank.label}: {dialect.ROOM} {blank.unit}"]
    for form in forms:
        form = form.strip()
        tokens = tokens_of(f"- {form}")
        read = dialect.field_in(form, label)
        if len(tokens) == 1 and tokens[0].kind == "bullet" and read and same([read], [blank]):
            return form
    told = [escaped(part, "|") for part in (blank.label, blank.unit, *blank.choices)]
    while told[-1:] == [""] and len(told) > 1:
        told.pop()
    return f"{FACT}{dialect.ASK}{blank.kind}: {' | '.join(told)}"


def same(some: list[Field], others: list[Field]) -> bool:
    """Whether they ask for the same, wherever they stand."""
    return [(f.label, f.kind, f.unit, f.choices) for f in some] == [
        (f.label, f.kind, f.unit, f.choices) for f in others
    ]


def said(run: list[str], indent: str = "") -> Iterator[str]:
    for text in run:
        yield f"{indent}- {RUN}{escaped(text)}"


def prose(texts: list[str], label: str, *, head: bool = False, steps: bool = False) -> Iterator[str]:
    for text in texts:
        if dialect.is_plain(text, label, head=head, steps=steps):
            yield text
        else:
            yield from quote(text, "")
        yield GAP


def quote(text: str, indent: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield f"{indent}> {line}" if line else f"{indent}>"
    if indent:
        yield GAP


def commands(owner: Item | Section | Step | Procedure) -> Iterator[tuple[str, str]]:
    languages = [*owner.languages, *[""] * len(owner.commands)]
    return zip(owner.commands, languages, strict=False)


def fence(command: str, language: str, indent: str) -> Iterator[str]:
    """Code between marks that do not occur in it."""
    sign = "~" if "`" in language else "`"
    mark = sign * 3
    while mark in command:
        mark += sign
    yield f"{indent}{mark}{language}"
    for line in command.split("\n") if command else []:
        yield f"{indent}{line}" if line else ""
    yield f"{indent}{mark}"


def table(head: tuple[str, ...], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield f"| {' | '.join(escaped(cell, '|') for cell in row)} |"
    yield GAP


def one_line(text: str) -> str:
    return " ".join(text.split("\n"))
