"""Entries of the journal in words: kept once, in one language, and said in that of whoever reads them.

What an entry tells in our own words is kept as the English words with their facts, so that it can be said again; what
people wrote is kept, and said, as it is.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from checklists import schedule
from checklists.importing.said import Counted, Said
from checklists.saying import in_words

# Facts that prove and that nobody reads aloud.
PROOFS = {
    *("sha256", "digest", "redacts", "marks", "head", "who", "undoes", "went", "moment", "record", "voids", "note"),
    *("run", "step", "left", "deviation"),
}
# Subjects that are no one's words but ours.
SUBJECTS = {
    "the whole plan": gettext_lazy("the whole plan"),
    "everything before T-0": gettext_lazy("everything before T-0"),
    "all success criteria": gettext_lazy("all success criteria"),
    "phases follow each other": gettext_lazy("phases follow each other"),
    "phases need not follow each other": gettext_lazy("phases need not follow each other"),
    "somebody unknown": gettext_lazy("somebody unknown"),
    "deviations": gettext_lazy("deviations"),
}
# Values of facts that are words of ours: how something ended, how grave it is, what is said of a value.
VALUES: dict[str, dict[str, Any]] = {
    "outcome": {
        "open": pgettext_lazy("outcome", "open"),
        "resolved": pgettext_lazy("outcome", "resolved"),
        "accepted": pgettext_lazy("outcome", "accepted as it is"),
        "finished": pgettext_lazy("outcome", "finished"),
        "stopped": pgettext_lazy("outcome", "stopped"),
        "done": pgettext_lazy("outcome", "done"),
        "failed": pgettext_lazy("outcome", "failed"),
        "skipped": pgettext_lazy("outcome", "skipped"),
    },
    "severity": {
        "low": pgettext_lazy("severity", "low"),
        "medium": pgettext_lazy("severity", "medium"),
        "high": pgettext_lazy("severity", "high"),
        "critical": pgettext_lazy("severity", "critical"),
    },
    "verdict": {
        "kept": pgettext_lazy("limit", "kept"),
        "missed": pgettext_lazy("limit", "missed"),
    },
}


def written(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as an entry keeps them."""
    return {name: _written(fact) for name, fact in facts.items()}


def _written(fact: object) -> object:
    if not isinstance(fact, Said):
        return fact
    many = {"many": fact.many} if isinstance(fact, Counted) else {}
    return {"words": fact.words, **many, **written(fact.facts)}


def read(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they were told when the entry was written."""
    return {name: _read(fact) for name, fact in facts.items()}


def _read(fact: object) -> object:
    if not isinstance(fact, dict) or "words" not in fact:
        return fact
    told = read({name: value for name, value in fact.items() if name not in ("words", "many")})
    words, many = fact["words"], fact.get("many")
    return Counted(words, many, **told) if many else Said(words, **told)


def at(moment: datetime, zone: str) -> dict[str, str]:
    """A moment on the clocks of a zone, as a fact."""
    return {"at": moment.isoformat(), "zone": zone}


def sentence(verb: str, number: int | None, subject: str, facts: dict[str, Any]) -> str:
    """What happened, in words that follow the actor's name."""
    words = [verb]
    if number:
        words.append(f"#{number}")
    if subject:
        words.append(str(SUBJECTS.get(subject, subject)))
    told = {name: _told(name, fact) for name, fact in facts.items() if name not in PROOFS}
    if "old" in told:
        words.append(_("from %(old)s to %(new)s") % {"old": told.pop("old"), "new": told.pop("new")})
    if shown := ", ".join(fact for fact in told.values() if fact):
        words.append(f"({shown})")
    return " ".join(words)


def _told(name: str, fact: Any) -> str:
    if isinstance(fact, dict):
        return schedule.words(datetime.fromisoformat(fact["at"]), zoneinfo.ZoneInfo(fact["zone"]))
    if isinstance(fact, str):
        return str(VALUES.get(name, {}).get(fact, in_words(fact)))
    return str(fact) if fact else ""
