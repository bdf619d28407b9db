"""Blanks and choices: what a line asks somebody to fill in."""

from __future__ import annotations

import re

from .colours import are_colours
from .outline import Field
from .wording import CHOICE_MARK, key_value, words_of

BLANK = re.compile(r"(?<!\w)(?:\\?_){3,}(?!\w)|(?<!\.)\.{6,}|…{3,}")
YES_NO = frozenset(
    {
        "yes",
        "no",
        "ja",
        "nein",
        "oui",
        "non",
        "sí",
        "si",
        "sim",
        "não",
        "y",
        "n",
        "ya",
        "tidak",
        "是",
        "否",
        "はい",
        "いいえ",
    }
)
MEASURES = re.compile(
    r"%|ms|s|sec|secs|seconds?|min|mins|minutes?|hours?|h|days?|kb|mb|gb|tb|kib|mib|gib|users?|items?|tickets?|rps|req/s",
    re.IGNORECASE,
)
# More than one moment, where a box for one would refuse the second.
SEVERAL_MOMENTS = re.compile(r"\bdates?\s*/\s*times\b|\bdates\b|\bdate\(s\)|\bfechas\b", re.IGNORECASE)
KINDS = (
    ("datetime", re.compile(r"date\s*/\s*times?|\btime of\b|\btime recorded\b|scheduled time|date and time", re.I)),
    ("date", re.compile(r"\bdates?\b|datum|fecha|\bdata\b|日期|日付", re.I)),
    (
        "number",
        re.compile(
            r"\b(?:count|failed|total|number of|participants|rate|percentage|anzahl|nombre de|cantidad)\b|数量", re.I
        ),
    ),
    (
        "long",
        re.compile(
            r"describe|resolution|findings|feedback|suggestions|issues encountered|\bnotes?\b|comments?|bemerkung"
            r"|anmerkung|notizen|remarques|observa|comentarios|备注|備考",
            re.I,
        ),
    ),
)
# `[GO / NO-GO]`; without spaces, `[TEAM/PERSON]` is a placeholder.
SLASH = re.compile(r"\s[/|]\s")
ALTERNATIVES = re.compile(r"\[([^\[\]/|]{1,60}(?:\s[/|]\s[^\[\]/|]{1,60}){1,8})\](?!\()")
EDGES = " \t*:：-–—|,;/()"


def fields_in(text: str, line: int, label: str = "") -> list[Field]:
    """The blanks and choices of a line. `label` names a blank that has no words of its own."""
    marks = list(CHOICE_MARK.finditer(text))
    if len(marks) >= 2:
        return [_choice(text, [mark.span() for mark in marks], line, label)]
    alternatives = ALTERNATIVES.search(text)
    if alternatives:
        choices = [choice.strip() for choice in SLASH.split(alternatives[1])]
        kind = kind_of(choices)
        return [Field(text[: alternatives.start()].strip(EDGES) or label, kind, choices=choices, line=line)]
    return _blanks(text, line, label)


def kind_of(choices: list[str]) -> str:
    """What kind of field asks for one of these."""
    return "colour" if are_colours(choices) else "choice"


def says_all(fields: list[Field], text: str) -> bool:
    """Whether the fields hold every word of the line, so that the line itself need not be kept beside them."""
    kept = " ".join(part for found in fields for part in (found.label, found.unit, *found.choices))
    return words_of(text) <= words_of(kept)


def is_blank_only(text: str) -> bool:
    """A line with nothing on it but room to write."""
    return bool(BLANK.search(text)) and not BLANK.sub("", text).strip(EDGES)


def notes_field(label: str, line: int) -> Field:
    """Room for free text below a label."""
    return Field(label.strip(EDGES) or "Notes", "long", line=line)


def _choice(text: str, marks: list[tuple[int, int]], line: int, label: str) -> Field:
    ends = [start for start, _ in marks[1:]] + [len(text)]
    choices = [
        choice for (_, start), end in zip(marks, ends, strict=True) if (choice := text[start:end].strip(EDGES + "✅❌"))
    ]
    is_question = len(choices) == 2 and {choice.lower() for choice in choices} <= YES_NO
    kind = "yesno" if is_question else kind_of(choices)
    return Field(text[: marks[0][0]].strip(EDGES) or label, kind, choices=choices, line=line)


def _blanks(text: str, line: int, label: str) -> list[Field]:
    found: list[Field] = []
    blanks = list(BLANK.finditer(text))
    begin = 0
    for index, blank in enumerate(blanks):
        last = index + 1 == len(blanks)
        behind = text[blank.end() : len(text) if last else blanks[index + 1].start()]
        before = text[begin : blank.start()]
        unit = _unit(behind, last)
        begin = blank.end() + (len(behind) - len(behind.lstrip()) + len(unit) if unit else 0)
        name = before[before.rfind("(") + 1 :] if before.count("(") > before.count(")") else before
        name = _closed(name.strip(EDGES)) or (found[-1].label if found else label) or text.strip("_ " + EDGES)
        found.append(Field(name, _kind(name, unit), unit, line=line))
    if len(found) == 1 and found[0].kind in ("date", "datetime") and SEVERAL_MOMENTS.search(found[0].label):
        found[0].kind = "text"
    return found


def takes_several_moments(field: Field) -> bool:
    """Whether one blank is for several dates or times, and takes text for that."""
    return field.kind == "text" and bool(SEVERAL_MOMENTS.search(field.label))


def _closed(name: str) -> str:
    """A name that ends with a bracket keeps it."""
    return f"{name})" if name.count("(") > name.count(")") else name


def _unit(behind: str, last: bool) -> str:
    """The measure after a blank: `%`, `ms`, or a word or two that end the line or the bracket (`___ verified)`)."""
    inside = behind.split(")")[0].split("(")[0].strip()
    parts = inside.split()
    if not parts:
        return ""
    if MEASURES.fullmatch(parts[0].rstrip(",.;")):
        return parts[0].rstrip(",.;")
    return inside if last and len(parts) <= 2 and not key_value(inside, plain=True) and ":" not in inside else ""


def _kind(label: str, unit: str) -> str:
    if unit and MEASURES.fullmatch(unit):
        return "number"
    if unit.upper() in {"AM", "PM"}:
        return "datetime"
    for kind, pattern in KINDS:
        if pattern.search(label):
            return kind
    return "text"
