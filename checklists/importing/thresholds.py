"""What a text asks a value to be: thresholds, results to expect and times to take, each in the author's words."""

from __future__ import annotations

import re

from .offsets import size_of
from .values import Duration, Threshold

CODE = re.compile(r"`[^`]*`")
NUMBER = r"\d{1,9}(?:[.,]\d{1,9})*"
MEASURE = (
    r"%|/\d(?:\.\d)?|(?:[µm]?s|secs?|seconds?|sekunden?|min|mins|minutes?|minuten|h|hours?|stunden?|days?|tage?|weeks?"
    r"|[kmgt]i?b(?:/s)?|mbps|gbps|rps|qps|fps|(?:req|files|requests|tickets|users|records|errors)/(?:s|sec|min|hour)"
    r"|users?|tickets?|errors?|records?|findings?)\b"
)
SIGNED = re.compile(rf"(?<![-=<>~])(?P<sign>[<>≤≥＜＞]=?)\s?(?P<number>{NUMBER})\s?(?P<unit>{MEASURE})?", re.IGNORECASE)
WORDED = re.compile(
    r"\b(?:(?P<least>at least|minimum(?: of)?|min\.|no less than|mindestens|au moins|al menos|pelo menos|≥)"
    r"|(?P<over>more than|over|above|exceed(?:s|ing)?|greater than|über|plus de|más de|mais de)"
    r"|(?P<most>at most|maximum(?: of)?|max\.?|no more than|up to|within|höchstens|maximal|innerhalb von|au plus|máximo)"
    r"|(?P<under>less than|under|below|fewer than|unter|weniger als|moins de|menos de))\s+"
    rf"(?P<number>{NUMBER})\s?(?P<unit>{MEASURE})",
    re.IGNORECASE,
)
# "99% uptime minimum", "50%+ free", "0.5+ files/sec": a bare "1.24+" is a version and "15+" one too.
OPEN = re.compile(rf"(?<![\w.,])(?P<number>{NUMBER})(?:\s?(?P<unit>%)\s?\+|\+\s?(?P<more>{MEASURE}))", re.IGNORECASE)
KEPT = re.compile(
    rf"(?<![\w.,])(?P<number>{NUMBER})\s?(?P<unit>%)(?=\s+(?:\w+\s+)?(?:minimum|uptime|availability|coverage|within)\b)",
    re.IGNORECASE,
)
COMPARED = (("least", ">="), ("over", ">"), ("most", "<="), ("under", "<"))
OPERATORS = {"≤": "<=", "≥": ">=", "＜": "<", "＞": ">"}

EXPECTED = (
    re.compile(r"\b(?:returns?|responds? with|renvoie|devuelve|retorna|返回)\s+(?:http\s)?`?(?P<result>\d{3}|true|ok)\b", re.I),
    re.compile(r"(?P<result>\bHTTP\s?\d{3})\b"),
    re.compile(r"[:：=]\s*`?(?P<result>PASS(?:ED)?|OK|SUCCESS|GREEN|Up \(healthy\)|0 (?:errors?|warnings?))`?\s*$", re.I),
    re.compile(r"\((?P<result>\d{1,4}/\d{1,4})\)"),
    re.compile(r"\(`?(?P<result>[A-Z]+_?(?:RUNNING|ACTIVE|READY|HEALTHY|PASS|OK))`?\)"),
    re.compile(r"\((?P<result>100\s?%)[^()]*\)"),
)  # fmt: skip
LONG = re.compile(
    r"(?:~|ca\.|approx\.?|about|max\.?)?\s*(?:\d{1,4}(?:[.,]\d{1,2})?\s?[-–]\s?)?(?P<number>\d{1,4}(?:[.,]\d{1,2})?)\s?"
    r"(?P<unit>min(?:ute)?[sn]?|minutos?|h|hrs?|hours?|stunden?|heures?|horas?|days?|tage?n?|jours?|d[ií]as?|weeks?)\.?",
    re.IGNORECASE,
)
BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
TAKES = re.compile(
    r"^\W*(?:duration|dauer|durée|duraci[oó]n|duração|estimated (?:time|duration)|zeitbedarf)\W+(.+)", re.I
)
ESTIMATED = re.compile(
    r"(?:estimated|expected|target|rollback|geschätzte?)[^:]{0,30}\b(?:time|dauer|zeit)[^:]{0,20}:\s*(.+)",
    re.IGNORECASE,
)
FREE = re.compile(rf"(?:[<>≤≥~]|ca\.|about|target)?\s*{LONG.pattern}", re.IGNORECASE)


def thresholds_in(text: str) -> list[Threshold]:
    """What the text asks of values, in its order; what stands in code is no wish."""
    bare = CODE.sub(lambda code: " " * len(code[0]), text)
    found: list[tuple[int, int, Threshold]] = []
    for match in SIGNED.finditer(bare):
        found.append(_wish(text, match, OPERATORS.get(match["sign"], match["sign"])))
    for match in WORDED.finditer(bare):
        operator = next(sign for name, sign in COMPARED if match[name])
        found.append(_wish(text, match, operator))
    for match in (*OPEN.finditer(bare), *KEPT.finditer(bare)):
        found.append(_wish(text, match, ">="))
    wishes: list[Threshold] = []
    behind = 0
    for start, stop, wish in sorted(found, key=lambda each: each[:2]):
        if start >= behind:
            wishes.append(wish)
            behind = stop
    return wishes


def _wish(text: str, match: re.Match[str], operator: str) -> tuple[int, int, Threshold]:
    groups = match.groupdict()
    unit = groups.get("unit") or groups.get("more") or ""
    return *match.span(), Threshold(operator, _number(match["number"]), unit, match[0].strip())


def _number(written: str) -> float:
    """`1,000` has a thousand, `2,5` two and a half: three figures behind each comma are thousands."""
    if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})+", written) and not written.startswith("0"):
        return float(re.sub(r"[.,]", "", written))
    head, _, rest = written.replace(",", ".").partition(".")
    return float(f"{head}.{rest.replace('.', '') or 0}")


def expected_in(text: str) -> str:
    """The result that the text expects: `returns 200`, `PASS`, `(3/3)`."""
    found = next((match for pattern in EXPECTED if (match := pattern.search(text))), None)
    return found["result"].strip() if found else ""


def duration_in(text: str) -> Duration | None:
    """How long it takes, from a bracket that says nothing else: `(4 hours)`; `(30+ days)` and `(1.24+)` are none."""
    for inside in BRACKETS.findall(text):
        if found := _duration(inside.strip(), LONG):
            return found
    line = TAKES.match(text)
    return _duration(line[1].strip(), FREE) if line else None


def estimate_in(text: str) -> str:
    """The words behind `Estimated rollback time:` and its like."""
    found = ESTIMATED.search(text)
    return found[1].strip() if found else ""


def estimated(words: str) -> Duration | None:
    """The minutes of an estimate such as `< 30 minutes`; None while it is still to be filled in."""
    return _duration(words.strip(), FREE)


def _duration(words: str, pattern: re.Pattern[str]) -> Duration | None:
    match = pattern.fullmatch(words)
    if not match:
        return None
    minutes = float(match["number"].replace(",", ".")) * size_of(match["unit"])
    return Duration(round(minutes), words)
