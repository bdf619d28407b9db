"""From words for when to minutes from T-0.

A day counts 24 hours and a month 30 days: what is due at a date is worked out where the go-live date is known.
"""

from __future__ import annotations

import re

from .values import Offset

MINUTE, HOUR, DAY = 1, 60, 24 * 60
WEEK, MONTH = 7 * DAY, 30 * DAY
UNITS = (
    (MINUTE, r"min(?:ute)?[sn]?|minutos?"),
    (HOUR, r"h|hrs?|hours?|stunden?|heures?|horas?"),
    (DAY, r"d|days?|tage?n?|jours?|d[ií]as?"),
    (WEEK, r"w|weeks?|wochen?|semaines?|semanas?"),
    (MONTH, r"months?|monate?n?|mois|mes(?:es)?|m[eê]s"),
)
UNIT = "(?:" + "|".join(pattern for _, pattern in UNITS) + ")"
UNIT_SIZES = tuple((size, re.compile(pattern, re.IGNORECASE)) for size, pattern in UNITS)
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "twelve": 12, "ein": 1, "eine": 1, "einer": 1, "einem": 1, "zwei": 2, "drei": 3, "vier": 4,
    "un": 1, "une": 1, "deux": 2, "trois": 3, "una": 1, "dos": 2, "tres": 3, "uma": 1, "um": 1, "dois": 2, "duas": 2,
}  # fmt: skip
WORDS = "|".join(sorted(NUMBERS, key=len, reverse=True))
# Four figures at most: more are years, ports or somebody's joke.
COUNT = rf"(?:\d{{1,4}}(?:[.,]\d{{1,2}})?(?![\d])|(?:{WORDS})\b)"
FIRST = r"(?:first|erste[nrs]?|premi[eè]re?s?|primer[oa]?s?|primeir[oa]s?)"
LAUNCH = r"(?:go-?live|launch|release|cutover|t-?0|d-?day|start)"

POINT = re.compile(
    rf"\b(?P<letter>[tdjh])\s?(?P<sign>[-+])\s?(?P<number>\d{{1,4}}(?:[.,]\d{{1,2}})?)(?!\d)(?:\s?(?P<unit>{UNIT})\b)?"
    r"|\b(?P<zero>d-day|go-?live[- ]day|launch day|jour j|día d|dia d|tag x)\b"
    r"|\b(?:day|tag|jour|d[ií]a)\s?(?P<day>[-+]?\d{1,4})\b(?:\s?(?:-|to|bis|à|a)\s?(?P<last>\d{1,4})\b)?",
    re.IGNORECASE,
)
BEFORE = re.compile(
    rf"\b(?P<low>{COUNT})(?:\s?(?:-|to|bis)\s?(?P<high>{COUNT}))?\s?(?P<unit>{UNIT})\s+"
    r"(?:(?P<before>before|prior|ahead|earlier|vor(?:her)?|avant|antes)|"
    r"(?:after|post|later|nach(?:her)?|après|después|depois))\b",
    re.IGNORECASE,
)
SHIFTED = re.compile(rf"\b{LAUNCH}\s+(?P<sign>minus|plus)\s+(?P<number>{COUNT})\s?(?P<unit>{UNIT})\b", re.IGNORECASE)
SINCE = re.compile(rf"\b(?:after|nach|après|después de|após)\s+(?P<number>{COUNT})\s?(?P<unit>{UNIT})\b", re.IGNORECASE)
OPENING = re.compile(rf"\b(?:{FIRST}\s+(?:(?P<number>{COUNT})\s?)?(?P<unit>{UNIT})\b)", re.IGNORECASE)
NUMBERED = re.compile(
    r"\b(?P<unit>hours?|stunden?|weeks?|wochen?|semaines?|semanas?|months?|monate?|mois|mes)\s"
    r"(?P<low>\d{1,3})\b(?:\s?(?:-|to|bis)\s?(?P<high>\d{1,3})\b|(?P<open>\+))?",
    re.IGNORECASE,
)
STRETCH = re.compile(rf"(?P<low>\d{{1,4}})\s?-\s?(?P<high>\d{{1,4}})\s?(?P<unit>{UNIT})", re.IGNORECASE)
BARE = re.compile(rf"(?P<number>{COUNT})\s?(?P<unit>{UNIT})", re.IGNORECASE)
CLOCK = re.compile(
    r"(?<![\d:.])(?P<hour>\d{1,2})(?:[:h](?P<minute>\d{2}))?\s?(?P<half>[ap]\.?m\b\.?)?(?![\d:])", re.IGNORECASE
)
LONGEST = 200  # letters; whoever needs more says something else
DASHES = str.maketrans(dict.fromkeys("–—−‐‑‒", "-"))


def offset_of(words: str) -> Offset | None:
    """What the words for when say, None where they name no moment. `T+24 to T+7 days` is 24 hours to 7 days."""
    text = words[:LONGEST].translate(DASHES)
    found = _points(text) or _shifted(text) or _opening(text) or _numbered(text) or _bare(text.strip())
    rest = text
    for pattern in (POINT, SHIFTED, BEFORE, SINCE, OPENING, NUMBERED):
        rest = pattern.sub(" ", rest)
    clocks = [] if found and BARE.fullmatch(text.strip()) else clocks_in(rest)
    if clocks:
        found = found or Offset()
        found.clock, found.clock_end = clocks[0], clocks[1] if len(clocks) > 1 else ""
    return found


def clocks_in(text: str) -> list[str]:
    """The times of day in a text as `08:00`; a bare number is none."""
    found = []
    for match in CLOCK.finditer(text.translate(DASHES)):
        if not match["minute"] and not match["half"]:
            continue
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        half = (match["half"] or "").lower()[:1]
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        if hour < 24 and minute < 60:
            found.append(f"{hour:02}:{minute:02}")
    return found


def minutes_in(number: str, unit: str) -> int:
    """So many of a unit in minutes; numbers may be words."""
    return round(number_of(number) * size_of(unit))


def number_of(number: str) -> float:
    """A number in figures or in words."""
    known = NUMBERS.get(number.lower())
    return float(known) if known is not None else float(number.replace(",", "."))


def size_of(unit: str) -> int:
    """A unit's minutes."""
    return next((size for size, pattern in UNIT_SIZES if pattern.fullmatch(unit)), DAY)


def _points(text: str) -> Offset | None:
    minutes: list[int] = []
    matches = list(POINT.finditer(text))
    for index, match in enumerate(matches):
        if match["zero"]:
            minutes.append(0)
        elif match["day"]:
            minutes.append(int(match["day"]) * DAY)
            minutes.extend([int(match["last"]) * DAY] if match["last"] else [])
        else:
            count = number_of(match["number"]) * (-1 if match["sign"] == "-" else 1)
            minutes.append(round(count * _size_of_point(matches, index)))
    return Offset(min(minutes), max(minutes)) if minutes else None


def _size_of_point(matches: list[re.Match[str]], index: int) -> int:
    """A point's own unit; `T+24 to T+7 days` lends its unit only where the range then runs forward."""
    match = matches[index]
    if match["unit"]:
        return size_of(match["unit"])
    letter = match["letter"].lower()
    if letter != "t":
        return HOUR if letter == "h" else DAY
    number = number_of(match["number"])
    lender = next((later for later in matches[index + 1 :] if later["unit"]), None)
    if lender and lender["sign"] == match["sign"]:
        size = size_of(lender["unit"])
        forward = (number <= number_of(lender["number"])) == (match["sign"] == "+")
        return size if forward or size <= HOUR else HOUR
    # Nobody plans by the 48th day, but everybody by the 48th hour.
    return HOUR if number >= 24 and number % 24 == 0 else DAY


def _shifted(text: str) -> Offset | None:
    """`2 weeks before`, `1-4 weeks after`, `after 12 hours`, `go-live minus 3 days`."""
    if match := SHIFTED.search(text):
        minutes = minutes_in(match["number"], match["unit"]) * (-1 if match["sign"].lower() == "minus" else 1)
        return Offset(minutes, minutes)
    if match := BEFORE.search(text):
        ends = [minutes_in(count, match["unit"]) for count in (match["low"], match["high"]) if count]
        ends = sorted(-end if match["before"] else end for end in ends)
        return Offset(ends[0], ends[-1])
    if match := SINCE.search(text):
        minutes = minutes_in(match["number"], match["unit"])
        return Offset(minutes, minutes)
    return None


def _opening(text: str) -> Offset | None:
    """`first 24 hours`, `first week`."""
    match = OPENING.search(text)
    return Offset(0, minutes_in(match["number"] or "1", match["unit"])) if match else None


def _numbered(text: str) -> Offset | None:
    """`week 1`, `weeks 2-4`, `month 2+`: the first week begins at T-0."""
    match = NUMBERED.search(text)
    if not match or int(match["low"]) == 0:
        return None
    size = size_of(match["unit"])
    start = (int(match["low"]) - 1) * size
    return Offset(start, None if match["open"] else int(match["high"] or match["low"]) * size)


def _bare(text: str) -> Offset | None:
    """`24h` behind "Post launch"; `0-4h` in a plan of a rollout."""
    if match := STRETCH.fullmatch(text):
        return Offset(minutes_in(match["low"], match["unit"]), minutes_in(match["high"], match["unit"]))
    match = BARE.fullmatch(text)
    if not match:
        return None
    minutes = minutes_in(match["number"], match["unit"])
    return Offset(minutes, minutes)
