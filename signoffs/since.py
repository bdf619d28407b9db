"""What differs between two snapshots, item by item, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _

from checklists import schedule
from checklists.models.item import State
from signoffs.models import Decision
from signoffs.snapshot import SCHEMA


@dataclass(frozen=True)
class Told:
    """What snapshots do not hold: names of people by their keys, reasons by the number of their journal entry, and the zone
    of the project, on whose clocks the moments are said."""

    names: Mapping[int, str] = field(default_factory=dict)
    remarks: Mapping[int, str] = field(default_factory=dict)
    zone: tzinfo = UTC

    def name(self, key: int | None) -> str:
        return self.names.get(key, f"#{key}") if key else ""


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was: what it was and what it is, or in words where that says more."""

    subject: str
    was: str = ""
    now: str = ""
    words: str = ""
    state: str = ""

    def __str__(self) -> str:
        if self.words:
            return f"{self.subject} {self.words}" if self.subject else self.words
        return _("%(what)s was %(before)s, is %(now)s") % {"what": self.subject, "before": self.was, "now": self.now}


def happened_to(item: dict[str, Any], told: Told) -> str:
    """The state of an item of a snapshot: `done by Nia Okafor, 6 Feb 2027, 21:04 EET (“On the spare machine”)`."""
    words = str(State(item["state"]).label).lower() if item["state"] in State else item["state"]
    if item["by"]:
        words = _("%(state)s by %(who)s, %(when)s") % {
            "state": words,
            "who": told.name(item["by"]),
            "when": schedule.words(datetime.fromisoformat(item["at"]), told.zone),
        }
    reason = told.remarks.get(item["reason"][0], "")
    return words + (f" (“{reason}”)" if reason else "")


def of_item(earlier: dict[str, Any], item: dict[str, Any], told: Told) -> list[Difference]:
    """What differs between an item then and now."""
    subject = f"#{item['number']} {item['text']}:"
    found = []
    was, now = happened_to(earlier, told), happened_to(item, told)
    state = {name: earlier[name] != item[name] for name in ("state", "by", "at", "reason")}
    if any(state.values()):
        found.append(Difference(subject, was, now, state=item["state"]))
    if earlier["text"] != item["text"]:
        found.append(Difference(subject, f"“{earlier['text']}”", f"“{item['text']}”", state=item["state"]))
    found += [
        replace(each, subject=f"{subject} {each.subject}", state=item["state"])
        for each in of_values(earlier["values"], item["values"])
    ]
    if earlier["waived"] != item["waived"]:
        words = _("is waived now") if item["waived"] else _("is not waived any more")
        found.append(Difference(subject, words=words, state=item["state"]))
    rest = ("details", "commands", "expected", "optional")
    if any(earlier[name] != item[name] for name in rest):
        found.append(Difference(subject, words=_("details or commands changed"), state=item["state"]))
    return found


def of_values(before: list[list[str]], now: list[list[str]]) -> list[Difference]:
    """Which blanks hold something else; both in the order of the plan."""
    if [label for label, _value in before] != [label for label, _value in now]:
        return [Difference(_("The blanks"), words=_("are others now"))]
    return [
        Difference(label, earlier or _("blank"), value or _("blank"))
        for (_label, earlier), (label, value) in zip(before, now, strict=True)
        if earlier != value
    ]


def of_evidence(before: list[list[str]], now: list[list[str]]) -> list[Difference]:
    """Files that came, and files that were withdrawn."""
    then, here = ({uuid: name for uuid, name, _digest in files} for files in (before, now))
    came = [Difference(name, words=_("is new evidence")) for uuid, name in here.items() if uuid not in then]
    gone = [
        Difference(name, words=_("was withdrawn from the evidence")) for uuid, name in then.items() if uuid not in here
    ]
    return came + gone


def of_earlier(before: list, now: list, told: Told) -> list[Difference]:
    """Signatures of earlier stages that came or went."""

    def signatures(slots: list) -> dict[str, tuple[int, int, str]]:
        return {uuid: (number, by, decision) for number, given in slots for uuid, by, decision, _digest in given}

    then, here = signatures(before), signatures(now)
    found = []
    for signed, others, words in ((then, here, _("holds no more")), (here, then, _("is new"))):
        for uuid, (number, by, decision) in signed.items():
            if uuid not in others:
                label = Decision(decision).label
                subject = _("The signature of %(who)s in slot %(number)s (%(decision)s)") % {
                    "who": told.name(by),
                    "number": number,
                    "decision": label,
                }
                found.append(Difference(subject, words=words))
    if not found and before != now:
        found.append(Difference("", words=_("other signatures are asked for before this one")))
    return found


def differences(before: str, now: str, told: Told) -> list[Difference]:
    """Everything that differs between two snapshots; none if they are the same."""
    old, new = json.loads(before), json.loads(now)
    if old.get("schema") != SCHEMA:
        return [Difference("", words=_("it was signed by an earlier version of this application"))]
    was = {item["number"]: item for item in old["items"]}
    found = []
    for item in new["items"]:
        earlier = was.get(item["number"])
        if earlier is None:
            added = f"#{item['number']} {item['text']}"
            found.append(Difference(added, words=_("was added"), state=item["state"]))
        elif earlier != item:
            found += of_item(earlier, item, told)
    here = [item["number"] for item in new["items"]]
    found += [Difference(f"#{number}", words=_("was taken out")) for number in was if number not in set(here)]
    known = set(here)
    if [number for number in was if number in known] != [number for number in here if number in was]:
        found.append(Difference("", words=_("the items stand in another order")))
    found += of_values(old["values"], new["values"])
    found += of_evidence(old["evidence"], new["evidence"])
    found += of_earlier(old["earlier"], new["earlier"], told)
    others = {
        "project": _("name or T-0 of the project changed"),
        "slot": _("what this signature asks for changed"),
        "scope": _("what is signed here changed"),
        "statement": _("the statement means something else now"),
    }
    found += [Difference("", words=words) for part, words in others.items() if old[part] != new[part]]
    return found
