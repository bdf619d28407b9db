"""What is no checklist is refused, in a sentence, before it can cost anything."""

from __future__ import annotations

import time

import pytest

from checklists.importing.decode import Refused
from checklists.importing.limits import Limits
from checklists.importing.reading import read_checklist

BOX = b"- [ ] item\n"
TOO_MUCH = {
    "empty": (b"", "empty"),
    "blank": (b" \n\t\r\n", "empty"),
    "binary": (b"\x00\x01\x02\xff" * 300, "binary"),
    "control characters": (b"a\x01\x02\x03" * 300, "binary"),
    "pdf": (b"%PDF-1.7\n", "a PDF"),
    "word": (b"PK\x03\x04 and more", "Word"),
    "half a character in utf-16": (b"\xff\xfea", "UTF-16"),
    "fifty megabytes": (BOX * 4_600_000, "bytes"),
    "a hundred thousand boxes": (b"- [ ]\n" * 100_000, "lines"),
    "too many boxes": (BOX * 5_001, "5,001 items"),
    "a wide table": (b"|" + b"a|" * 500 + b"\n|" + b"-|" * 500 + b"\n", "500 columns"),
    "a deep list": (b"".join(b"  " * depth + b"- a\n" for depth in range(400)), "nested"),
    "a deep list in one line": (b"- " * 9_000 + b"a\n", "nested"),
    "deep quotes": (b"> " * 900 + b"a\n", "nested"),
    "dense quotes": (b">" * 10_000 + b"a\n", "tangle"),
    "brackets": (b"[" * 15_000, "tangle"),
    "stars": (b"*_" * 400_000, "tangle"),
    "a long line": (b"word " * 10_000, "characters"),
    "many lines": (b"a\n" * 60_000, "lines"),
    "a table of many cells": ((b"|" + b"a|" * 49 + b"\n") * 4_000, "cells"),
    "many blanks in a few lines": ((b"x: " + b"___ a " * 3_000 + b"\n") * 40, "blanks"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_it_is_refused_quickly_with_a_reason(name: str) -> None:
    data, reason = TOO_MUCH[name]
    begun = time.perf_counter()
    with pytest.raises(Refused, match=reason):
        read_checklist(data)
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize("name", TOO_MUCH)
def test_the_reason_says_what_to_do(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_checklist(TOO_MUCH[name][0])
    sentences = str(refusal.value).split(". ")
    assert len(sentences) == 2
    assert sentences[1].startswith(("Split", "Save", "Choose", "Leave", "Flatten", "Remove", "Break"))


def test_limits_can_be_set() -> None:
    assert read_checklist(BOX * 3, Limits(items=3)).counts["items"] == 3
    with pytest.raises(Refused, match="4 items and at most 3"):
        read_checklist(BOX * 4, Limits(items=3))


def test_items_without_boxes_count_as_well() -> None:
    with pytest.raises(Refused, match="4 items and at most 3"):
        read_checklist(b"# Plan\n\n## Phase\n\n" + b"- do it\n" * 4, Limits(items=3))


def test_code_may_look_deep_and_twelve_levels_are_read() -> None:
    code = "```\n" + "".join("  " * depth + "- a\n" for depth in range(40)) + "```\n"
    deep = "".join("  " * depth + "- [ ] a\n" for depth in range(12))
    assert read_checklist((deep + "\n" + code).encode()).counts["items"] == 12


DEAR = {
    "steps of a rollback": b"# P\n\n- [ ] a\n\n## Rollback\n\n" + b"1. do it\n" * 19_000,
    "bold lines": b"# P\n\n- [ ] a\n\n## Rollback\n\n" + b"**G**\n\n1. a\n\n" * 4_900,
    "headings as items": b"# P\n\n" + b"## H\n\ntext\n\n" * 4_900,
    "contacts": b"# P\n\n- [ ] a\n\n## Contacts\n\n" + b"- **R**: a@b.cc\n" * 19_000,
    "half an address": b"# P\n\n- [ ] a\n\n## Contacts\n\n" + (b"x: " + b"a.a.a.a." * 2_000 + b"\n") * 50,
    "moments in a heading": (b"## " + b"T-1 to " * 2_700 + b"\n- [ ] a\n") * 50,
    "lost indentation": b"# P\n\n- [ ] **a**\n" + b"- b\n" * 19_000,
}


@pytest.mark.parametrize("name", DEAR)
def test_what_is_accepted_cannot_hang_a_worker(name: str) -> None:
    begun = time.process_time()
    read_checklist(DEAR[name])
    assert time.process_time() - begun < 10


def test_five_thousand_items_take_about_as_long_each_as_five_hundred() -> None:
    def seconds(count: int) -> float:
        begun = time.perf_counter()
        assert read_checklist(b"# Plan\n\n## Phase\n\n" + BOX * count).counts["items"] == count
        return time.perf_counter() - begun

    seconds(100)
    few, many = seconds(500), seconds(5_000)
    assert many < 5
    assert many < few * 40
