"""Variables of a template: the places of its Markdown that wait for a word, and the text with the words put in.

Three styles are asked for: `[CUSTOMER_NAME]`, a date or time such as `[YYYY-MM-DD]`, and a value that is `TBD`. Blanks
(`____`) are filled during the run and stay; what a shell reads (`$VERSION`, `YYYYMMDD_HHMMSS`) stays literal. Nothing
here knows Django.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from checklists.importing.said import Said

# A longer form would be refused by the server, and nobody fills one in. What is beyond stays as it is written.
ASKED = 200

NAMED = re.compile(r"(?<![\w!\]}$])\\?\[(?P<name>[A-Z][A-Z0-9]+(?:(?:\\?_| )[A-Z0-9]+)*)\\?\](?![(\[])")
DATED = re.compile(r"\\?\[(?P<form>(?:YYYY|DD|MM)(?:[-./](?:YYYY|DD|MM)){2}(?:[ T]HH:MM)?|HH:MM)\\?\](?![(\[])")
UNKNOWN = re.compile(r"(?P<open>\[)?\bTB[ACD]\b(?(open)\])")
# Words in brackets that say how grave or how far something is, forms of a moment, and numbers of phases: no blanks.
TAG = re.compile(
    r"OPTIONAL|REQUIRED|RECOMMENDED|MANDATORY|CRITICAL|BLOCKER|HIGH|MEDIUM|LOW|MUST|SHOULD|COULD|TODO|WIP|NEW|PASS|FAIL"
    r"|PASSED|FAILED|INFO|WARN|WARNING|ERROR|DEBUG|FATAL|NOTE|OK|YES|NO|GO|NO GO|NA|DONE|DRAFT|XX+|TB[ACD]|[YMDHS_ ]+"
    r"|[A-Z]\d+|(?:PHASE|STEP|STAGE|LEVEL|TIER|SEV|PRIORITY|OPTION)[ _]?\d+"
)
# Names that stand for another person or thing on every line.
EACH_ITS_OWN = re.compile(r"NAME|PERSON|PHONE|MOBILE|EMAIL|MAIL|DATE|TIME|ROLE|NUMBER|URL|LINK|CONTACT|TITLE|VALUE|WHO")
ACRONYMS = frozenset(
    {"API", "CDN", "CI", "DB", "DNS", "DPO", "ERP", "HTTPS", "ID", "IP", "IT", "SSO", "TLS", "URL", "VPN"}
)
ANSWERS = (
    ("customer", re.compile(r"(?:CUSTOMER|CLIENT|COMPANY|ORGANI[SZ]ATION)(?: NAME)?")),
    ("system", re.compile(r"(?:SYSTEM|APPLICATION|APP|PRODUCT)(?: NAME)?")),
    ("name", re.compile(r"PROJECT(?: NAME)?")),
    ("date", re.compile(r"(?:GO LIVE|LAUNCH|CUTOVER)(?: DATE)?")),
    ("time", re.compile(r"(?:GO LIVE|LAUNCH|CUTOVER) TIME")),
    ("zone", re.compile(r"TIME ?ZONE|ZONE")),
)
LAUNCH = re.compile(r"\b(?:(?:target )?(?:go-?live|launch|cutover)(?: date| time)?|t-0)\b", re.IGNORECASE)
NOT_LAUNCH = re.compile(r"backup|fall-?back|updated|review|end\b|until|approved", re.IGNORECASE)

FENCE = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)])\s+)?(?P<mark>`{3,}|~{3,})")
MARKS = re.compile(r"^\s*(?:>\s*)*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(?:\[[ xX]?\]\s+)?")
KEY = re.compile(r"(?P<key>[^:|]{1,80}?)\s*:(?:\*\*|__)?\s")
BOLD_LINE = re.compile(r"\s*(?:#{1,6}\s+(?P<heading>.+)|\*\*(?P<bold>[^*]+)\*\*:?\s*)")


@dataclass(frozen=True)
class Place:
    """Where a placeholder stands: the line from 1 on, and the part of it."""

    line: int
    start: int
    end: int
    in_row: bool = False


@dataclass(frozen=True)
class Variable:
    """One thing to ask for. `answer` names what the launch itself answers (customer, date, …), empty if nothing does."""

    key: str
    text: str
    label: str
    form: str = ""  # of a date or time, such as YYYY-MM-DD
    answer: str = ""
    places: list[Place] = field(default_factory=list, compare=False)

    @property
    def is_date(self) -> bool:
        """Whether a calendar date answers it."""
        return "YYYY" in self.form and "HH" not in self.form

    def worded(self, value: date | str) -> str:
        """The value as it goes into the text: a date in the author's own form."""
        if not isinstance(value, date):
            return " ".join(value.split())
        form = self.form or "YYYY-MM-DD"
        for part, code in (("YYYY", "%Y"), ("MM", "%m"), ("DD", "%d")):
            # Minutes have the letters of months, but stand behind a colon.
            form = re.sub(rf"(?<!:){part}", value.strftime(code), form)
        moment = value if isinstance(value, datetime) else None
        return form.replace("HH:MM", f"{moment:%H:%M}") if moment else form


@dataclass(frozen=True)
class _Line:
    """A line of the text, and what stands around it."""

    number: int
    text: str
    in_code: bool
    head: tuple[str, ...]  # titles of the columns, for a row of a table
    above: str  # the heading or bold line above

    @property
    def is_row(self) -> bool:
        return self.text.lstrip().startswith("|")


def variables_of(text: str) -> list[Variable]:
    """The variables of a template, in the order in which they first stand in it."""
    lines = list(_lines(text))
    in_words = {_name(found) for line in lines if not line.in_code for found in _named(line)}
    variables: dict[str, Variable] = {}
    for line in lines:
        for variable, place in _found_in(line, in_words):
            variables.setdefault(variable.key, variable).places.append(place)
    return _told_apart(list(variables.values()))


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the values, by key, in place of their variables; a variable without a value stays as written."""
    lines = text.split("\n")
    places = [(place, values[each.key]) for each in variables_of(text) if values.get(each.key) for place in each.places]
    for place, value in sorted(places, key=lambda pair: pair[0].start, reverse=True):
        line = lines[place.line - 1]
        word = value.replace("|", "\\|") if place.in_row else value
        lines[place.line - 1] = line[: place.start] + word + line[place.end :]
    return "\n".join(lines)


def _lines(text: str) -> Iterator[_Line]:
    fence, above, in_table = "", "", False
    head: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), start=1):
        mark = FENCE.match(line)
        if mark and (not fence or (mark["mark"].startswith(fence) and not line.strip("`~ \t"))):
            fence = "" if fence else mark["mark"]
            continue
        row = not fence and line.lstrip().startswith("|")
        if row and not in_table:
            head = tuple(_cells(line))
        in_table = row
        if not fence and (title := BOLD_LINE.fullmatch(line)):
            above = (title["heading"] or title["bold"]).strip(" :")
        yield _Line(number, line, bool(fence), head if row else (), above)


def _found_in(line: _Line, in_words: set[str]) -> Iterator[tuple[Variable, Place]]:
    """The placeholders of one line, from left to right."""
    spans: list[tuple[int, int, Variable]] = []
    for found in _named(line):
        name = _name(found)
        if (line.in_code or _quoted(line, found.start())) and not ("_" in found["name"] or name in in_words):
            continue  # `${LIST[INDEX]}` and the like belong to a shell
        alone = EACH_ITS_OWN.fullmatch(name)
        key = f"{line.number}.{found.start()}" if alone else name
        label = _label(line, found) if alone else _in_words(name)
        spans.append((*found.span(), Variable(key, found[0], label, answer="" if alone else _answer(name))))
    for pattern in () if line.in_code else (DATED, UNKNOWN):
        for found in pattern.finditer(line.text):
            if _quoted(line, found.start()) or (pattern is UNKNOWN and not _is_value(line, found)):
                continue
            form = found["form"] if pattern is DATED else ""
            label = _label(line, found)
            key = f"{line.number}.{found.start()}"
            spans.append((*found.span(), Variable(key, found[0], label, form, _launch_answer(label, form))))
    for start, end, variable in sorted(spans, key=lambda span: span[0]):
        yield replace(variable, places=[]), Place(line.number, start, end, line.is_row)


def _named(line: _Line) -> Iterator[re.Match[str]]:
    """The placeholders in capitals; `[NAME]: address` at the beginning of a line defines a link."""
    for found in NAMED.finditer(line.text):
        is_link = line.text[found.end() :].startswith(":") and not line.text[: found.start()].strip()
        if not is_link and not TAG.fullmatch(_name(found)):
            yield found


def _name(found: re.Match[str]) -> str:
    return re.sub(r"\\?_", " ", found["name"])


def _quoted(line: _Line, at: int) -> bool:
    """Whether the place is inside `code`."""
    return line.text[:at].count("`") % 2 == 1


def _is_value(line: _Line, found: re.Match[str]) -> bool:
    """TBD is a blank where it is what a line, a cell or a bracket says, not where a sentence speaks of it."""
    before = re.sub(r"[*_\s]+$", "", line.text[: found.start()])
    return bool(found["open"]) or before.endswith((":", "：", "|" if line.is_row else ":"))


def _label(line: _Line, found: re.Match[str]) -> str:
    """What a nameless placeholder is about: its row and column, the words before its colon, or its line."""
    if line.is_row:
        cells, column = _cells(line.text), len(_cells(line.text[: found.start()] + "x")) - 1
        title = line.head[column] if column < len(line.head) else ""
        return ", ".join(part for part in (cells[0] if column else "", title) if part) or line.above
    before = line.text[: found.start()]
    bare = MARKS.sub("", line.text).replace("**", "")
    key = KEY.match(MARKS.sub("", before).replace("**", "") + " ")
    label = (key["key"] if key else bare.replace(found[0], "…")).strip(" *_")
    return label[:80] or line.above or found[0]


def _cells(row: str) -> list[str]:
    return [cell.strip().strip("*") for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))]


def _in_words(name: str) -> str:
    words = [word if word in ACRONYMS else word.lower() for word in name.split()]
    label = " ".join(words)
    return label[:1].upper() + label[1:]


def _answer(name: str) -> str:
    return next((answer for answer, pattern in ANSWERS if pattern.fullmatch(name)), "")


def _launch_answer(label: str, form: str) -> str:
    """The launch answers a date or time that its label calls the go-live's."""
    if not LAUNCH.fullmatch(label.strip()) or NOT_LAUNCH.search(label):
        return ""
    if form:
        return "time" if form == "HH:MM" else "moment" if "HH" in form else "date"
    return "time" if "time" in label.lower() else "date"


def _told_apart(variables: list[Variable]) -> list[Variable]:
    """Two variables that would be asked with the same words get their line, so that people can tell them apart."""
    labels = [variable.label for variable in variables]
    return [
        replace(each, label=Said("%(label)s (line %(line)s)", label=each.label, line=str(each.places[0].line)))
        if labels.count(each.label) > 1
        else each
        for each in variables
    ]
