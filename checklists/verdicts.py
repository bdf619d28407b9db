"""What a value says against the limit that the plan sets, and whether a question is asked at all: pure, over plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

SPACES = " \u00a0\u202f"
# Thousands parted by one of these and decimals behind another one, or digits without any parting.
NUMBER = re.compile(
    rf"(?P<sign>[-+−]?)(?P<whole>\d+|\d{{1,3}}(?P<part>[{SPACES}.,])\d{{3}}(?:(?P=part)\d{{3}})*)"
    r"(?:(?P<mark>[.,])(?P<rest>\d+))?"
)
# A thousand and a half for some readers, fifteen hundred for others: nobody can tell, so it is no number.
DOUBTFUL = re.compile(r"[-+−]?[1-9]\d{0,2}[.,]\d{3}")
KEPT, MISSED = "kept", "missed"
# How many of the smallest one are in each unit of a family; values of other families cannot be compared.
FAMILIES: tuple[dict[str, Decimal], ...] = (
    {
        name: Decimal(size)
        for size, names in (
            ("0.001", ("µs", "us")),
            ("1", ("ms", "milliseconds")),
            ("1000", ("s", "sec", "secs", "second", "seconds")),
            ("60000", ("min", "mins", "minute", "minutes")),
            ("3600000", ("h", "hour", "hours")),
        )
        for name in names
    },
    {"kb": Decimal(1), "mb": Decimal(1000), "gb": Decimal(1_000_000), "tb": Decimal(1_000_000_000)},
)


def number_of(value: str) -> Decimal | None:
    """The number that somebody wrote, `1 234,5` and `1,234.5` alike; None for what is none or can be read in two ways."""
    text = value.strip()
    found = NUMBER.fullmatch(text)
    if not found or is_doubtful(text) or (found["part"] and found["part"] == found["mark"]):
        return None
    whole = re.sub(r"\D", "", found["whole"])
    return Decimal(f"{found['sign'].replace('−', '-')}{whole}.{found['rest'] or 0}")


def is_doubtful(value: str) -> bool:
    """Whether readers of different languages take this for different numbers: `1,500` and `1.500`, not `0.500`."""
    return bool(DOUBTFUL.fullmatch(value.strip()))


def verdict(value: str | None, unit: str, threshold: Mapping[str, Any] | None) -> str:
    """`kept` or `missed`; empty where there is no limit, no number, or a unit that cannot be compared with that of the limit."""
    number = number_of(value or "")
    if number is None or not threshold:
        return ""
    limit = Decimal(str(threshold["number"]))
    factors = factors_of(unit, threshold.get("unit") or "")
    if factors is None:
        return ""
    number, limit = number * factors[0], limit * factors[1]
    match threshold["operator"]:
        case "<":
            is_kept = number < limit
        case "<=":
            is_kept = number <= limit
        case ">":
            is_kept = number > limit
        case ">=":
            is_kept = number >= limit
        case _:
            is_kept = number == limit
    return KEPT if is_kept else MISSED


def limit_in(unit: str, threshold: Mapping[str, Any] | None) -> Decimal | None:
    """The limit as a number of this unit; None where there is none that values of it can be compared with."""
    factors = factors_of(unit, threshold.get("unit") or "") if threshold else None
    return Decimal(str(threshold["number"])) * factors[1] / factors[0] if threshold and factors else None


def factors_of(unit: str, wanted: str) -> tuple[Decimal, Decimal] | None:
    """What to multiply a value and its limit by, so that they can be compared. Where one has no unit, it has the other's."""
    mine, theirs = unit.strip().casefold(), wanted.strip().casefold()
    if not mine or not theirs or mine == theirs or mine.rstrip("s") == theirs.rstrip("s"):
        return Decimal(1), Decimal(1)
    for family in FAMILIES:
        if mine in family and theirs in family:
            return family[mine], family[theirs]
    return None


def is_asked(condition: Mapping[str, Any] | None, answers: Mapping[str, str]) -> bool:
    """Whether a question with a condition is asked, by the answers so far under the words of their questions.

    A question that nobody answered yet is not; one that cannot be found is, so that nothing is hidden by mistake.
    """
    if not condition:
        return True
    answer = answers.get(words_of(condition["question"]))
    return answer is None or answer.casefold() == condition["answer"].casefold()


def words_of(question: str) -> str:
    """A question as it is compared: its letters and digits only."""
    return " ".join(re.findall(r"\w+", question.casefold()))
