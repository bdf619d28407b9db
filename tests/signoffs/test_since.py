"""What differs between two snapshots, said thing by thing: every kind of difference, and nothing where there is none."""

from __future__ import annotations

import copy
import json
from zoneinfo import ZoneInfo

import pytest

from signoffs.since import Told, differences
from signoffs.snapshot import SCHEMA

TOLD = Told({1: "Nia Okafor", 2: "Tom Technician"}, {7: "On the spare machine"}, ZoneInfo("Europe/Athens"))
NIGHT, LATER = "2027-02-06T19:04:00.000000+00:00", "2027-02-06T20:10:00.000000+00:00"


def an_item(number: int, text: str) -> dict:
    plain = {"details": "", "commands": "", "expected": "", "optional": False, "waived": 0, "reason": [0, ""]}
    return plain | {"number": number, "text": text, "state": "done", "by": 2, "at": NIGHT, "values": [["Rows", "17"]]}


def snapshot() -> dict:
    return {
        "schema": SCHEMA,
        "items": [an_item(1, "Lamps lit"), an_item(2, "Rows counted"), an_item(3, "Doors open")],
        "values": [["Oil", ""]],
        "evidence": [["a", "lamps.png", "00"]],
        "earlier": [[4, [["b", 1, "approve", "00"]]]],
        "project": {"name": "Harbour"},
        "slot": {"title": "Before"},
        "scope": ["plan", ""],
        "statement": 1,
    }


def said(after: dict, before: dict | None = None) -> list[str]:
    return [str(each) for each in differences(json.dumps(before or snapshot()), json.dumps(after), TOLD)]


def changed(*path, to) -> dict:
    """The snapshot with another value at this place."""
    found = copy.deepcopy(snapshot())
    *way, last = path
    there = found
    for step in way:
        there = there[step]
    there[last] = to
    return found


DONE = "#2 Rows counted: was done by Tom Technician, 6 Feb 2027, 21:04 EET, is "
DIFFERENT = [
    (changed("items", 1, "state", to="reopened"), [DONE + "reopened by Tom Technician, 6 Feb 2027, 21:04 EET"]),
    (changed("items", 1, "by", to=1), [DONE + "done by Nia Okafor, 6 Feb 2027, 21:04 EET"]),
    (changed("items", 1, "by", to=9), [DONE + "done by #9, 6 Feb 2027, 21:04 EET"]),
    (changed("items", 1, "by", to=None), [DONE + "done"]),
    (changed("items", 1, "at", to=LATER), [DONE + "done by Tom Technician, 6 Feb 2027, 22:10 EET"]),
    (changed("items", 1, "state", to="lost"), [DONE + "lost by Tom Technician, 6 Feb 2027, 21:04 EET"]),
    (
        changed("items", 1, "reason", to=[7, "ff"]),
        [DONE + "done by Tom Technician, 6 Feb 2027, 21:04 EET (“On the spare machine”)"],
    ),
    (changed("items", 1, "text", to="Rows read"), ["#2 Rows read: was “Rows counted”, is “Rows read”"]),
    (changed("items", 1, "values", to=[["Rows", "18"]]), ["#2 Rows counted: Rows was 17, is 18"]),
    (changed("items", 1, "values", to=[["Rows", ""]]), ["#2 Rows counted: Rows was 17, is blank"]),
    (changed("items", 1, "values", to=[["Lines", "17"]]), ["#2 Rows counted: The blanks are others now"]),
    (changed("items", 1, "waived", to=8), ["#2 Rows counted: is waived now"]),
    (changed("items", 1, "details", to="Twice"), ["#2 Rows counted: details or commands changed"]),
    (changed("items", 1, "optional", to=True), ["#2 Rows counted: details or commands changed"]),
    (changed("items", to=[*snapshot()["items"], an_item(4, "Tide low")]), ["#4 Tide low was added"]),
    (changed("items", to=snapshot()["items"][:2]), ["#3 was taken out"]),
    (changed("items", to=snapshot()["items"][::-1]), ["the items stand in another order"]),
    (changed("values", to=[["Oil", "Full"]]), ["Oil was blank, is Full"]),
    (changed("values", to=[["Oil", ""], ["Wick", ""]]), ["The blanks are others now"]),
    (changed("evidence", to=[["a", "lamps.png", "00"], ["c", "tide.png", "11"]]), ["tide.png is new evidence"]),
    (changed("evidence", to=[]), ["lamps.png was withdrawn from the evidence"]),
    (changed("earlier", 0, 1, to=[]), ["The signature of Nia Okafor in slot 4 (Approved) holds no more"]),
    (
        changed("earlier", to=[*snapshot()["earlier"], [5, [["d", 2, "conditions", "22"]]]]),
        ["The signature of Tom Technician in slot 5 (Approved with conditions) is new"],
    ),
    (changed("earlier", to=[*snapshot()["earlier"], [5, []]]), ["other signatures are asked for before this one"]),
    (changed("project", "name", to="Pier"), ["name or T-0 of the project changed"]),
    (changed("slot", "title", to="After"), ["what this signature asks for changed"]),
    (changed("scope", to=["before", ""]), ["what is signed here changed"]),
    (changed("statement", to=2), ["the statement means something else now"]),
]


@pytest.mark.parametrize(("after", "words"), DIFFERENT, ids=[words[-1] for _after, words in DIFFERENT])
def test_every_difference_is_said(after, words):
    assert said(after) == words


def test_what_is_the_same_differs_in_nothing():
    assert said(snapshot()) == []


def test_a_waiver_that_ended_is_said_too():
    assert said(snapshot(), changed("items", 1, "waived", to=8)) == ["#2 Rows counted: is not waived any more"]


def test_another_version_of_snapshots_is_not_compared():
    assert said(snapshot(), changed("schema", to="golive-snapshot-1")) == [
        "it was signed by an earlier version of this application"
    ]
