"""Remarks about the checklist itself: what contradicts, what is missing, what its author left open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .fields import BLANK
from .offsets import offset_of
from .outline import Item, Outline, Phase, items_of, places_of
from .placeholders import BRACKET, WORD
from .repairs import Line
from .said import Counted, Said
from .times import window_in
from .values import Offset, Remark
from .vocabulary import PHASE_TITLE
from .wording import words_of

# Words that stand in so many titles that they name no phase.
LONGEST_TIMELINE = 200
COMMON = frozenset({"phase", "and", "the", "for", "und", "der", "die", "plan", "day", "steps", "checklist"})


IN_ORDER = re.compile(
    r"\b(?:phases?|stages?)\b[^.]{0,60}\b(?:sequential(?:ly)?|in (?:this |that )?(?:order|sequence)|one after (?:the|an)other)\b"
    r"|\bPhasen\b[^.]{0,60}\b(?:nacheinander|der Reihe nach)\b",
    re.IGNORECASE,
)


def remarks(outline: Outline, prose: Iterable[Line] = ()) -> list[Remark]:
    """All that somebody should look at before the run, in the order of the source; line 0 is the whole document."""
    found = [
        *_contradictions(outline),
        *_left_open(outline),
        *_nobody(outline),
        *_twice(outline),
        *_missing(outline),
        *_in_order(prose),
    ]
    nobody = {remark.line for remark in found if remark.code == "empty-contact"}
    told = (remark for remark in found if remark.code != "placeholder-left" or remark.line not in nobody)
    return sorted(told, key=lambda remark: remark.line)


def _contradictions(outline: Outline) -> Iterator[Remark]:
    """A phase that says one moment in its title and another in its text or in the timeline."""
    timeline = [(milestone, _words(milestone.text)) for milestone in outline.milestones[:LONGEST_TIMELINE]]
    for phase in outline.phases:
        titled = offset_of(window_in(phase.title)) if window_in(phase.title) else None
        if _differ(titled, phase.offset):
            yield Remark(
                phase.line,
                "contradicting-offset",
                Said("“%(title)s” has another moment in its text: %(when)s", title=phase.title, when=phase.window),
            )
        named = _names(phase)
        told = [milestone for milestone, words in timeline if named and named <= words]
        if told and all(_differ(phase.offset, milestone.offset) for milestone in told):
            yield Remark(
                told[0].line,
                "contradicting-offset",
                Said(
                    "The timeline has “%(milestone)s” at %(when)s, but “%(title)s” in line %(line)s is at %(other)s",
                    milestone=told[0].text,
                    when=told[0].window,
                    title=phase.title,
                    line=str(phase.line),
                    other=phase.window,
                ),
            )


def _differ(one: Offset | None, other: Offset | None) -> bool:
    if one is None or other is None or one.start is None or other.start is None:
        return False
    ends = [each.end if each.end is not None else float("inf") for each in (one, other)]
    return one.start > ends[1] or other.start > ends[0]


def _names(phase: Phase) -> set[str]:
    return _words(PHASE_TITLE.sub("", phase.title))


def _words(text: str) -> set[str]:
    return {word for word in words_of(text.casefold()) if len(word) > 2 and not word.isdigit()} - COMMON


def _left_open(outline: Outline) -> Iterator[Remark]:
    """Each TBD, and how many other placeholders are left."""
    others = [each for each in outline.placeholders if each.style in {"bracket", "braces"}]
    seen: set[int] = set()
    for each in outline.placeholders:
        if each.style == "word" and each.line not in seen:
            seen.add(each.line)
            words = Said("%(text)s is left", text=each.text)
            if each.name:
                words = Said("%(text)s is left for %(name)s", text=each.text, name=each.name)
            yield Remark(each.line, "placeholder-left", words)
    if others:
        first = others[0]
        words = Said("%(text)s is to be filled in", text=first.text)
        if len(others) > 1:
            words = Counted(
                "%(text)s and %(number)s more placeholder are to be filled in",
                "%(text)s and %(number)s more placeholders are to be filled in",
                text=first.text,
                number=len(others) - 1,
            )
        yield Remark(first.line, "placeholder-left", words)


def _nobody(outline: Outline) -> Iterator[Remark]:
    for contact in outline.contacts:
        parts = (contact.name, contact.phone, contact.email)
        if not any(_is_given(part) for part in parts):
            words = (
                Said("Nobody is named as %(role)s", role=contact.role)
                if contact.role
                else Said("A contact has no name")
            )
            yield Remark(contact.line, "empty-contact", words)


def _is_given(text: str) -> bool:
    return bool(WORD.sub("", BRACKET.sub("", BLANK.sub("", text))).strip(" -–—;,/?"))


def _twice(outline: Outline) -> Iterator[Remark]:
    """The same words to tick in several places: fine, if they are meant so."""
    first: dict[str, Item] = {}
    told: set[str] = set()
    items = [item for place in places_of(outline) for top in place.items for item in items_of(top)]
    for item in items:
        key = " ".join(item.text.casefold().split())
        earlier = first.setdefault(key, item)
        if earlier is not item and key not in told:
            told.add(key)
            words = Said("“%(text)s” stands in line %(line)s too", text=item.text[:80], line=str(earlier.line))
            yield Remark(item.line, "duplicate-text", words)


def _in_order(prose: Iterable[Line]) -> Iterator[Remark]:
    """A text that wants the phases one after the other. Whether nobody may run ahead is for a manager to say."""
    for line in filter(lambda each: IN_ORDER.search(each.text), prose):
        words = Said("Phases are to follow each other. To make them wait for the one before, say so under Readiness")
        yield Remark(line.number, "phases-in-order", words)
        return


def _missing(outline: Outline) -> Iterator[Remark]:
    if not any(procedure.kind == "rollback" and procedure.steps for procedure in outline.procedures):
        yield Remark(0, "no-rollback-procedure", Said("No rollback procedure with steps was found"))
    if not any(criterion.kind == "rollback" for criterion in outline.criteria):
        yield Remark(0, "no-rollback-criteria", Said("Nothing says when to roll back"))
    if not any(slot.kind == "signature" for slot in outline.slots):
        yield Remark(0, "no-approver", Said("Nobody is asked to sign"))
