"""What the author's words mean: moments, rounds, thresholds, results, durations and conditions, beside the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .offsets import offset_of
from .outline import TEAM_LENGTH, Field, Item, Outline, Section
from .repairs import Line
from .rounds import round_of
from .thresholds import duration_in, estimate_in, estimated, expected_in, thresholds_in
from .times import WINDOW
from .values import Condition, Duration, Milestone, Offset
from .wording import key_value, without_marks

IF = re.compile(
    r"\W*(?:if|falls|wenn|si|se|in case of)\s+(?:the answer is\s+)?(?P<answer>yes|no|so|any|ja|nein|oui|non|sí|sim|não)\b",
    re.IGNORECASE,
)
AGREEING = frozenset({"so", "any"})
# Before the one who is meant to do an item, and what stands there while nobody is.
OWNERS = frozenset(
    {
        *("owner", "owners", "owner role", "team", "responsible", "responsible team", "assigned to", "assignee"),
        *("verantwortlich", "zuständig", "υπεύθυνος", "ομάδα"),
    }
)
NOBODY = re.compile(r"\W*|_+.*|.*_{3,}.*|\W*(?:tbd|tba|tbc|n/?a|none|name|offen)\W*|\[.*\]|<.*>|\{.*\}", re.IGNORECASE)
LISTED = frozenset({"prose", "table"})


def explain(outline: Outline) -> None:
    """Read off what the words of the whole outline mean. The words themselves stay as they are."""
    _ask(outline.fields)
    for phase in outline.phases:
        _explain_place(phase, None)
    _explain_items(outline.criteria, None)
    for procedure in outline.procedures:
        procedure.duration = estimated(procedure.estimate)


def milestones_in(lines: Iterable[Line], kinds: dict[int, str]) -> list[Milestone]:
    """The entries of a timeline, `- **T-3 days**: Database`, wherever the plan keeps them as text."""
    found: list[Milestone] = []
    for line in lines:
        if kinds.get(line.number) not in LISTED:
            continue
        text = without_marks(line.text.strip())
        cells = [cell.strip() for cell in text.strip("|").split("|")] if text.startswith("|") else []
        pair = (cells[0], " | ".join(cells[1:])) if len(cells) > 1 else key_value(text, plain=True)
        window = pair[0].strip("* ") if pair else ""
        if pair and pair[1] and WINDOW.match(window) and (offset := offset_of(window)):
            found.append(Milestone(pair[1], line.number, window, offset))
    return found


def _explain_place(place: Section, around: Offset | None) -> None:
    place.offset = offset_of(place.window) if place.window else None
    inner = place.offset if place.offset and place.offset.start is not None else around
    place.round = round_of(place.recurrence, inner) if place.recurrence else None
    if not place.window:
        place.duration = duration_in(place.title)
    _ask(place.fields)
    _explain_items(place.items, inner)
    for section in place.sections:
        _explain_place(section, inner)


def _explain_items(items: Sequence[Item], around: Offset | None, above: Item | None = None) -> None:
    before = above
    for item in items:
        item.offset = offset_of(item.window) if item.window else None
        item.round = round_of(item.recurrence, around) if item.recurrence else None
        wishes = thresholds_in(item.text)
        item.threshold = wishes[0] if wishes else None
        item.targets = [wish for detail in item.details for wish in thresholds_in(detail)]
        item.expected = expected_in(item.text) if item.expects is None else item.expects
        item.duration = duration_of(item) if item.takes is None else _takes(item.takes)
        item.team = team_in(item.details) if item.for_team is None else item.for_team
        item.condition = _condition(item.text, _last_question(before))
        _ask(item.fields, item.condition)
        _explain_items(item.items, around, item)
        before = item


def duration_of(item: Item) -> Duration | None:
    """How long an item takes by its words and details; where it has a time of its own, numbers there are that."""
    if item.window:
        return None
    estimates = (estimated(words) for text in (item.text, *item.details) if (words := estimate_in(text)))
    durations = (duration_in(text) for text in (item.text, *item.details))
    return next((found for found in (*durations, *estimates) if found), None)


def team_in(details: Sequence[str]) -> str:
    """Who is meant to do it, where a detail says so: `Owner: Network team`; a blank or a placeholder is nobody."""
    for detail in details:
        key, who = key_value(without_marks(detail.strip()), plain=True) or ("", "")
        if key.strip("* ").casefold() in OWNERS and not NOBODY.fullmatch(who):
            return " ".join(who.split())[:TEAM_LENGTH]
    return ""


def _takes(minutes: int) -> Duration | None:
    return Duration(minutes, f"{minutes} min") if minutes else None


def _ask(fields: list[Field], condition: Condition | None = None) -> None:
    """Give fields the threshold in their label, and the condition of their item or of the question before them."""
    question: Field | None = None
    for found in fields:
        wishes = thresholds_in(found.label)
        found.threshold = wishes[0] if wishes else None
        found.condition = condition or _condition(found.label, question)
        question = found if found.choices else question


def _last_question(item: Item | None) -> Field | None:
    return next((found for found in reversed(item.fields) if found.choices), None) if item else None


def _condition(text: str, question: Field | None) -> Condition | None:
    """The question that `If yes, ...` goes back to, with the answer in the question's own spelling."""
    match = IF.match(text)
    if not match or question is None:
        return None
    word = match["answer"].lower()
    answer = next((choice for choice in question.choices if choice.lower() == word), "")
    if not answer and word in AGREEING:
        answer = question.choices[0]
    return Condition(question.label, answer or match["answer"], question.line)
