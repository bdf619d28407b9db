"""Words for when something happens and how often; they are kept as written, `offsets` and `rounds` read them."""

from __future__ import annotations

import re

from .offsets import COUNT, FIRST, LAUNCH, UNIT

OFFSET = rf"[TDJH]\s?[-+−–]\s?\d+(?:[.,]\d+)?(?:\s?{UNIT}\b)?"
SPANNED = rf"{COUNT}(?:\s?[-–]\s?\d+)?\s?{UNIT}"
OPENED = rf"{FIRST}\s+(?:{COUNT}\s?)?{UNIT}\b"
WINDOW = re.compile(
    rf"\b{OFFSET}(?:(?:\s(?:to|bis|à|a|até|and|-|–)\s|,\s){OFFSET})*"  # T-3 days, D+1 to D+7, J-1, T+4h, T+8h
    r"|\bD-Day\b|\bDay\s?[-+−–]?\s?\d+|\bTag\s?[-+−–]?\d+"
    rf"|\b{SPANNED}\s+(?:before|after|prior|post|vor|nach|avant|après|antes|después|depois)"
    rf"|\b{OPENED}|\b(?:week|month|woche|monat|semaine|semana)s?\s\d+(?:\s?[-–]\s?\d+|\+)?"
    rf"|\b{LAUNCH}\s+(?:minus|plus)\s+{COUNT}\s?{UNIT}\b"
    r"|\b\d{1,2}:\d{2}\b|\b\d{1,2}\s?[ap]\.?m\b|\b(?:morning|afternoon|evening|overnight)\b",
    re.IGNORECASE,
)
FIRST_OF_ALL = re.compile(rf"\b{OPENED}", re.IGNORECASE)
LAUNCH_DAY = re.compile(r"\b(?:go-?live[- ]day|launch day|jour j)\b", re.IGNORECASE)
SINCE = re.compile(rf"(?:after|nach|après|después de|após)\s+{COUNT}\s?{UNIT}\b", re.IGNORECASE)
# A bare length of time tells when only after the launch: "(4 hours)" behind a training is its duration.
BY_THEN = re.compile(rf"(?:by|at|before|from|around|until|~)?\s*(?:{WINDOW.pattern})", re.IGNORECASE)
SPAN = re.compile(r"\d+\s?h", re.IGNORECASE)
AFTERWARDS = re.compile(r"\b(?:post|after|launch|first)\b", re.IGNORECASE)
LONGEST = 2_000  # letters; no title or task that says when is longer
BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
TIMELINE = re.compile(
    r"(?:timeline|timing|when|window|zeitpunkt|zeitraum|quand|cuándo|quando)\s*[:：]\s*(.+)", re.IGNORECASE
)

OFTEN = (
    r"hourly|daily|weekly|monthly|quarterly|annual(?:ly)?|every|each"
    r"|stündlich\w*|täglich\w*|wöchentlich\w*|monatlich\w*|quartalsweise"
    r"|quotidien\w*|hebdomadaire\w*|mensuel\w*|diari[oa]s?|semanal\w*|mensual\w*|mensal|harian|mingguan|bulanan"
)
OFTEN_FIRST = re.compile(
    rf"\W*(?P<often>(?:every|each)\s+(?:\d+\s+)?\w+|{OFTEN})\b|\W*(?P<east>每[日天周月]|毎[日週月])", re.I
)
OFTEN_INSIDE = re.compile(rf"(?:^|[(,;]\s*)(?P<often>(?:every|each)\s+\d*\s*{UNIT}\b|every\s+\w+|each\s+morning)", re.I)
CHECKING = re.compile(
    r"\b(?:checks?|reviews?|reports?|tests?|audits?|meetings?|stand-?ups?|syncs?|summary"
    r"|verification|monitoring|inspections?"
    r"|prüfung\w*|kontrolle\w*|bericht\w*|revue|contrôle\w*|revisi[oó]n\w*|revis[aã]o|verificaç\w*)\b|检查|確認",
    re.IGNORECASE,
)
# "Daily checks documented" is a thing to do once.
ONCE = re.compile(
    r"\b(?:documented|configured|defined|scheduled|enabled|established|finali[sz]ed|prepared|set up|created|planned)\b",
    re.I,
)


def window_in(text: str, anywhere: bool = True) -> str:
    """The words for when, from the last bracket or the text itself; empty where nothing tells.

    A heading may say it `anywhere`; the words of an item are about other things too, so only its beginning counts.

    Durations, versions, ports and counts in brackets are no times (`(4 hours)`, `(1.24+)`, `(30+ days)`).
    """
    if len(text) > LONGEST:
        return ""
    leading = SINCE.match(text)
    if leading:
        return leading[0].strip()
    for inside in reversed(BRACKETS.findall(text)):
        told = WINDOW.search(inside) if anywhere else BY_THEN.match(inside)
        if told or (SPAN.fullmatch(inside.strip()) and AFTERWARDS.search(text)):
            return inside.strip()
    outside = BRACKETS.sub(" ", text)
    match = (FIRST_OF_ALL.search(outside) or WINDOW.search(outside)) if anywhere else WINDOW.match(outside)
    match = match or (LAUNCH_DAY.search(outside) if anywhere else None)
    return match[0].strip() if match else ""


def timeline_in(text: str) -> str:
    """What a line such as `Timeline: T-7 days` says."""
    match = TIMELINE.fullmatch(text.replace("**", "").strip())
    return match[1].strip() if match and WINDOW.search(match[1]) else ""


def recurrence_in(text: str) -> str:
    """How often a check comes round, in the author's words with their bracket; empty for what is done once."""
    if len(text) > LONGEST or ONCE.search(text):
        return ""
    brackets = BRACKETS.search(text)
    bound = f" ({brackets[1].strip()})" if brackets else ""
    first = OFTEN_FIRST.match(text)
    alone = first and not BRACKETS.sub("", text[first.end() :]).strip(" :")
    if first and (alone or CHECKING.search(text)):
        return (first["often"] or first["east"]) + bound
    inside = OFTEN_INSIDE.search(brackets[1]) if brackets else None
    return brackets[1].strip() if brackets and inside else ""
