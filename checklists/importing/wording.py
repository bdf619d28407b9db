"""What a single line of text is: a box, a label in bold, a key with its value."""

from __future__ import annotations

import re

BOX = re.compile(
    r"(?:[-*+•‣▪●]\s*)?(?:\\?\[(?P<mark>[ xX✓✔\u3000]?)\\?\]|(?P<glyph>[☐□▢⬜◻❏❑☑☒✅✔])\ufe0f?)(?:\s+|$)(?P<text>.*)",
    re.DOTALL,
)
TICKED = frozenset("xX✓✔☑☒✅")
ANSWER = re.compile(
    r"yes|no|n/?a|not applicable|go|no-?go|ok|not ok|pass(?:ed)?|fail(?:ed)?|true|false|done|open|closed|high|medium|low"
    r"|critical|major|minor|none|green|yellow|amber|red|resolved|in progress|pending|blocked|approved?|rejected?|partial"
    r"|ja|nein|hoch|mittel|niedrig|gering|gr(?:ü|u)n|gelb|rot|offen|erledigt|oui|non|s[ií]|n[ãa]o|sim|ya|tidak"
    r"|ναι|όχι|是|否|高|中|低|はい|いいえ",
    re.IGNORECASE,
)
CHOICE_MARK = re.compile(r"\[[ xX]?\](?!\()|[☐□⬜☑☒]")
WHOLE_BOLD = re.compile(r"(\*\*|__)(?P<bold>(?:(?!\1).)+)\1(?P<after>\s*(?:\([^()]*\))?\s*[:：]?)")
BOLD_KEY = re.compile(r"(\*\*|__)(?P<key>(?:(?!\1).){1,100})\1\s*(?P<colon>[:：]?)\s*(?P<value>.*)", re.DOTALL)
PLAIN_KEY = re.compile(r"(?P<key>[^\W_][^:：*|`\[\]]{0,50}?)\s*[:：](?:\s+|$|(?<=：))(?P<value>.*)", re.DOTALL)
OPTIONAL = re.compile(
    r"\b(?:if (?:needed|exists|applicable|possible|required|available)|as needed|optional"
    r"|falls (?:nötig|vorhanden|möglich)"
    r"|si (?:besoin|nécessaire|aplica)|se (?:necessário|aplicável)|bei bedarf|opsional)\b|可选|任意",
    re.IGNORECASE,
)
LIST_MARK = re.compile(r"^(?:[-*+]|\d{1,9}[.)])\s+")
WORD = re.compile(r"\w+")


def unbox(text: str) -> tuple[bool | None, str]:
    """Whether the box at the start of a line is ticked, and the text behind it; None where there is no box."""
    match = BOX.match(text)
    if not match:
        return None, text
    mark = match["glyph"] or match["mark"]
    return mark in TICKED and mark != "", match["text"].strip()


def is_choice_line(text: str) -> bool:
    """A row of answers such as `[ ] Yes [ ] No`: every box is followed by a usual answer; else it is a task."""
    marks = list(CHOICE_MARK.finditer(text))
    if len(marks) < 2 or marks[0].start() > 2:
        return False
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    answers = [text[mark.end() : end].strip(" ,;/|.") for mark, end in zip(marks, ends, strict=True)]
    return all(ANSWER.fullmatch(answer) for answer in answers)


def bold_label(text: str) -> str:
    """The words of a line that is bold as a whole, a colon or bracket behind it included; empty for any other line."""
    match = WHOLE_BOLD.fullmatch(text)
    return (match["bold"] + match["after"]).strip() if match else ""


def without_bold(text: str) -> str:
    """Group items are set in bold as a whole; the emphasis says "group", which the outline says by nesting."""
    return bold_label(text) or text


def key_value(text: str, plain: bool = False) -> tuple[str, str] | None:
    """`**Key:** value` and `**Key**: value`; with `plain` also `Key: value` of at most five words before the colon."""
    match = BOLD_KEY.fullmatch(text)
    if match:
        key = match["key"].strip()
        if match["colon"] or key.endswith((":", "：")):
            return key.rstrip(":： "), match["value"].strip()
        return None
    match = PLAIN_KEY.fullmatch(text) if plain else None
    if match and len(match["key"].split()) <= 5:
        return match["key"].strip(), match["value"].strip()
    return None


def without_marks(text: str) -> str:
    """A line without what the outline says in other ways: its place in a list and the tick of its box."""
    bare = LIST_MARK.sub("", text.lstrip("> \t"), count=1)
    checked, words = unbox(bare)
    return words if checked is not None else bare


def words_of(text: str) -> set[str]:
    """The words of a text, for telling whether all of them were kept. A row of underscores is room, not a word."""
    return {word for word in WORD.findall(text) if word.strip("_")}
