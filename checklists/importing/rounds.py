"""From words for how often to a schedule: every so many units, at a time of day, until some moment."""

from __future__ import annotations

import re

from .offsets import COUNT, DAY, HOUR, MINUTE, MONTH, UNIT, WEEK, clocks_in, number_of, offset_of, size_of
from .values import Offset, Round

UNIT_NAMES = {MINUTE: "minute", HOUR: "hour", DAY: "day", WEEK: "week", MONTH: "month"}
EVERY = re.compile(
    rf"\b(?:every|each|alle|jede[nrs]?|tou(?:te)?s les|cada|a cada|todos l[oa]s|setiap)\s+"
    rf"(?:(?P<number>{COUNT})\s?)?(?P<unit>{UNIT})\b",
    re.IGNORECASE,
)
PART_OF_DAY = re.compile(
    r"\b(?:every|each|jeden|chaque|cada)\s+(?:morning|evening|night|morgen|abend|matin|soir)", re.I
)
WEEKDAY = re.compile(r"\b(?:every|each)\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)
NAMED: tuple[tuple[str, int, str], ...] = (
    (r"hourly|stündlich|horari[oa]|toutes les heures|每小时", 1, "hour"),
    (r"twice (?:a day|daily)|zweimal täglich", 12, "hour"),
    (r"daily|täglich|quotidien|diari[oa]|harian|每[日天]|毎日", 1, "day"),
    (r"bi-?weekly|fortnightly", 2, "week"),
    (r"weekly|wöchentlich|hebdomadaire|semanal|mingguan|每周|毎週", 1, "week"),
    (r"quarterly|quartalsweise|trimest", 3, "month"),
    (r"monthly|monatlich|mensuel|mensual|mensal|bulanan|每月|毎月", 1, "month"),
    (r"annual|yearly|jährlich|annuel|anual", 12, "month"),
)
NAMES = tuple((re.compile(pattern, re.IGNORECASE), every, unit) for pattern, every, unit in NAMED)


def round_of(words: str, around: Offset | None = None) -> Round | None:
    """What the words for how often say; without a bound of their own they end with what is `around` them."""
    found = _often(words)
    if not found:
        return None
    found.at = next(iter(clocks_in(words)), "")
    bound = offset_of(words)
    if bound is None or bound.start is None:
        bound = around
    if bound:
        found.start, found.until = bound.start, bound.end if bound.end != bound.start else None
    return found


def _often(words: str) -> Round | None:
    if match := EVERY.search(words):
        every = number_of(match["number"] or "1")
        return Round(max(round(every), 1), UNIT_NAMES[size_of(match["unit"])])
    if PART_OF_DAY.search(words):
        return Round(1, "day")
    if WEEKDAY.search(words):
        return Round(1, "week")
    return next((Round(every, unit) for pattern, every, unit in NAMES if pattern.search(words)), None)
