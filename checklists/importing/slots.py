"""Sign-off: lines and rows where somebody must sign or vote. What fills a blank is text to confirm, no signature."""

from __future__ import annotations

import re

from .fields import BLANK
from .outline import Phase, Slot, sections_of
from .repairs import Line
from .state import Context, State
from .vocabulary import DATE_WORD, DECISION_COLUMN, FINAL, SIGNATURE_COLUMN, SIGNOFF
from .wording import CHOICE_MARK, key_value, without_bold

LABELLED = re.compile(r"(?P<label>[^:：_]{2,80}?)\s*[:：]\s*(?P<rest>.*)", re.DOTALL)
DATED = re.compile(
    r"(?:^|[\s_|,;(/])(?:date|datum|fecha|data|tanggal|signature|unterschrift|firma|assinatura|日期|日付|签名|签字)\s*[:：]",
    re.IGNORECASE,
)
# What stands beside signatures without being one.
NO_SIGNER = re.compile(
    r"\bdates?\b|\btime\b|notes?\b|comments?\b|version|location|environment|\bby$|decision|conditions|reason|ticket"
    r"|datum|uhrzeit|\bhora\b|\bheure\b|时间|時刻|結果|结果"
    r"|bemerkung|anmerkung|fecha|^data$|observa|日期|日付|备注|備考",
    re.IGNORECASE,
)
# A date alone belongs to a signature that has begun; it begins none.
BEGINS_PART = re.compile(r"name|sign|unterschrift|firma|nombre|nom|nome|assinatura", re.IGNORECASE)
# Parts of one signature that stand on lines of their own.
PART = re.compile(
    r"(?:printed )?name|signature|sign|date|title|role|unterschrift|datum|firma|fecha|nombre|nom|nome|data|assinatura",
    re.I,
)
ANSWERS = re.compile(r"\b(?:yes|no|go|no-?go|approved?|rejected?|ja|nein|oui|non|sí|sim|não)\b|是|否", re.IGNORECASE)
READY = re.compile(r"ready (?:for|to) (?:go[- ]?live|launch)|go\s?/\s?no[- ]?go", re.IGNORECASE)
VOTED = re.compile(r"(?:go|approved?|yes|ja|oui|sí|sim)\s*/\s*(?:no[- ]?go|rejected?|no|nein|non|não)\b", re.IGNORECASE)
DECIDED = re.compile(r"\W*(?:\w+\s){0,2}(?:decision|entscheidung|décision|decisi[oó]n|decisão)\W*[:：]", re.IGNORECASE)
GO = re.compile(r"\bgo\b.*\bno-?go\b", re.IGNORECASE | re.DOTALL)
ANSWER = re.compile(r"[^\w]*(?:\[[ xX]?\]\s*)?\W*(?:no[- ]?)?go\b", re.IGNORECASE)
NO_GO = re.compile(r"\bno[- ]?go\b", re.IGNORECASE)
# A line that signs whatever it stands below, under any heading.
SIGNED_BY = re.compile(
    r"\W*(?:(?:section |phase )?sign[- ]?off(?: by)?|signed(?: off)? by|approved by|verified by|reviewed by"
    r"|abgenommen (?:von|durch)"
    r"|freigegeben (?:von|durch)|geprüft (?:von|durch)|approuvé par|validé par|aprobado por|aprovado por|签字|审批人|承認者)\W*",
    re.IGNORECASE,
)
MEANINGS = (
    (
        "performed",
        re.compile(r"deployed|performed|executed|implemented|prepared|durchgeführt|exécuté|ejecutado|executado", re.I),
    ),
    ("verified", re.compile(r"verified|tested|checked|validated|geprüft|vérifié|verificado", re.I)),
    ("reviewed", re.compile(r"reviewed|acknowledged|gesehen|relu|revisado", re.I)),
)
SCOPE_END = re.compile(
    r"\W*(?:ok|okay|approved|complete[d]?|sign[- ]?off|ready|done|accepted|freigegeben|approuvé|aprobado|aprovado)\W*$",
    re.I,
)
# An item whose own words ask for somebody's approval, not one that speaks of approvals.
APPROVAL = re.compile(
    r"(?!.*\b(?:for|of|submit|request|await|pending|seek)\b)(?:[\w’'&/-]+\s+){1,3}(?:approval|sign-?off)"
    r"(?:\s+(?:received|obtained|given|granted))?|.*\b(?:reviewed|checked) and approved(?: by .+)?|.*\bapproved by .+"
    r"|(?:[\w-]+\s+){1,3}(?:freigabe|genehmigung)(?:\s+(?:erteilt|liegt vor|erhalten))?",
    re.IGNORECASE,
)
LAST_WORD = re.compile(
    r"\b(?:go[- ]?live|launch|final|overall)\b.*\b(?:approv\w+|sign-?off|accept\w+|decision)\b|\bfreigabe\b.*\bgo[- ]?live\b",
    re.IGNORECASE,
)
TITLE_START = re.compile(r"^\W*(?:phase\s*\d+|\d+(?:\.\d+)*)?[.:)\s–—-]*", re.IGNORECASE)


def slot_in(text: str, signing: bool, line: int) -> Slot | None:
    """The slot or vote of a line; `signing` says that headings or labels above speak of sign-off."""
    bare = text.replace("**", "").replace("__:", ":")
    match = LABELLED.fullmatch(bare)
    if not match:
        return None
    label, rest = match["label"].strip(), match["rest"].strip()
    if signing and VOTED.match(rest):
        return Slot(label, line, "vote", notes=rest)
    if len(CHOICE_MARK.findall(rest)) >= 2:
        voting = ANSWERS.search(rest) and (signing or READY.search(rest))
        return Slot(label, line, "vote", notes=rest) if voting else None
    dated = DATED.search(rest)
    blank = BLANK.match(rest)
    if blank and SIGNED_BY.fullmatch(label):
        return Slot(label, line, meaning=meaning_of(label), notes=rest[blank.end() :].strip(" |,;"))
    if NO_SIGNER.search(label) and not dated:
        return None
    if blank and (dated or signing) and not PART.fullmatch(label):
        return Slot(label, line, meaning=meaning_of(label), notes=rest[blank.end() :].strip(" |,;"))
    if dated and signing and not PART.fullmatch(label):
        filled = rest[: dated.start()].strip(" |,;_")
        return Slot(label, line, meaning=meaning_of(label), filled=filled, notes=rest[dated.start() :].strip(" |,;"))
    return None


def is_poll(answers: list[str]) -> bool:
    """Whether the entries of a list are the answers to choose from: go, go with risk, no-go."""
    return len(answers) >= 2 and all(ANSWER.match(text) for text in answers) and any(NO_GO.search(t) for t in answers)


def is_decision(text: str) -> bool:
    """`Decision: ☐ GO ☐ NO-GO`, under whatever heading."""
    return bool(DECIDED.match(text) and GO.search(text))


def sworn_slot(text: str, line: int) -> Slot | None:
    """Below a sign-off heading, `**Role**: what they vouch for`."""
    pair = key_value(text)
    return Slot(pair[0], line, meaning=meaning_of(pair[1]), notes=pair[1]) if pair and pair[1] else None


def plain_slot(text: str, line: int) -> Slot:
    """A line that the user says is to be signed, whatever its form; what stands behind a colon is to be confirmed."""
    pair = key_value(text, plain=True)
    title, value = pair if pair else (text, "")
    return Slot(without_bold(title), line, meaning=meaning_of(title), filled=BLANK.sub("", value).strip())


def part_of_slot(text: str, signing: bool) -> str:
    """The label of a line that is one part of a signature ("Name", "Date"); empty for any other line."""
    match = LABELLED.fullmatch(text.replace("**", "")) if signing else None
    if match and PART.fullmatch(match["label"].strip()):
        return match["label"].strip().lower()
    return ""


def asks_for_approval(text: str) -> bool:
    """`Stakeholder approval`, `All communications reviewed and approved`: ticked, and then signed by somebody else."""
    return bool(APPROVAL.fullmatch(text.replace("**", "").strip().rstrip(".")))


def is_last_word(title: str) -> bool:
    """`Go-Live Approved`: signed when all else is."""
    return bool(LAST_WORD.search(title))


def meaning_of(text: str) -> str:
    """What signing says: that the work was done, checked or seen, else that it is approved."""
    return next((meaning for meaning, pattern in MEANINGS if pattern.search(text)), "approved")


def add_slot(state: State, slot: Slot, context: Context) -> Slot:
    """Put a slot into the outline. Inside a phase of work it signs that phase, unless it is the final sign-off."""
    slot.group = context.group
    phase = context.phase
    if phase and not SIGNOFF.search(phase.title) and not any(_is_final(title) for title in context.trail):
        slot.scope = phase.title
    state.outline.slots.append(slot)
    state.ledger.note(slot.line, "vote" if slot.kind == "vote" else "slot", slot)
    return slot


def _is_final(title: str) -> bool:
    return bool(FINAL.search(title) and SIGNOFF.search(title))


def is_signature_table(head: list[str], signing: bool) -> bool:
    """A column to sign in makes it one; below a sign-off heading a date or a decision will do."""
    if any(SIGNATURE_COLUMN.search(title) for title in head):
        return True
    return signing and any(DATE_WORD.search(title) or DECISION_COLUMN.search(title) for title in head)


def slots_of_table(state: State, head: list[str], rows: list[tuple[Line, list[str]]], context: Context) -> None:
    """One slot a row, titled by its first cell; what the others hold is text to confirm."""
    for line, cells in rows:
        title = without_bold(cells[0]) if cells else ""
        filled: list[str] = []
        notes: list[str] = []
        for index, cell in enumerate(cells[1:], start=1):
            column = head[index] if index < len(head) else ""
            if not BLANK.sub("", cell).strip():
                continue
            (filled if SIGNATURE_COLUMN.search(column) or DATE_WORD.search(column) else notes).append(cell)
        labels = {str(index): column for index, column in enumerate(head) if column}
        slot = Slot(title, line.number, filled=", ".join(filled), notes=", ".join(notes), labels=labels)
        slot.meaning = meaning_of(title)
        if any(len(CHOICE_MARK.findall(cell)) >= 2 and GO.search(cell) for cell in cells):
            slot.kind = "vote"
        add_slot(state, slot, context)


def give_scopes(slots: list[Slot], phases: list[Phase]) -> None:
    """Slots such as "Infrastructure OK" sign the phase of that name; others keep their scope or sign the plan."""
    titles = {_core(phase.title): phase.title for phase in phases}
    known: dict[str, str] = {}
    for phase in phases:
        if any(place.items for place in (phase, *sections_of(phase))):
            # A slot was read while the phase's window still stood in brackets behind its title.
            known |= {phase.title: phase.title, f"{phase.title} ({phase.window})": phase.title}
    for slot in slots:
        slot.scope = known.get(slot.scope, "")
        slot.scope = titles.get(_core(SCOPE_END.sub("", slot.title)), slot.scope)


def _core(title: str) -> str:
    return TITLE_START.sub("", title).strip().casefold()
