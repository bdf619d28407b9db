"""What paper cannot show becomes what it can: emoji and other characters without a glyph turn into a sign or into words.

A box instead of a character hides a fact, and a text test would not see it. Emoji are replaced whatever fonts there are, so
that the same report looks the same on every machine; everything else only where no font of this machine has it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

# Status signs of checklists, with what DejaVu Sans (always installed beside Pango) can draw, or the word that they stand for.
SUBSTITUTES = {
    "✅": "✔",
    "❌": "✘",
    "❎": "✘",
    "⏳": "[pending]",
    "⌛": "[pending]",
    "⏰": "[alarm]",
    "⏱": "[timer]",
    "⌚": "[watch]",
    "⏸": "[paused]",
    "⏹": "[stopped]",
    "⛔": "[no entry]",
    "🚨": "[alert]",
    "🚫": "[forbidden]",
    "🛑": "[stop]",
    "❗": "!",
    "❕": "!",
    "❓": "?",
    "❔": "?",
    "⭐": "★",
    "🌟": "★",
    "📞": "☎",
    "☎": "☎",
    "📱": "[mobile]",
    "📧": "✉",
    "📝": "✎",
    "🔄": "↻",
    "🔁": "↻",
    "🔴": "[red]",
    "🟠": "[orange]",
    "🟡": "[yellow]",
    "🟢": "[green]",
    "🔵": "[blue]",
    "⚪": "○",
    "⚫": "●",
    "⬜": "□",
    "⬛": "■",
    "🔲": "□",
    "🔳": "■",
    "➡": "→",
    "⬅": "←",
    "⬆": "↑",
    "⬇": "↓",
    "👍": "[thumbs up]",
    "👎": "[thumbs down]",
}
# They only choose how the character before them looks: as an emoji, as a key, in a skin tone, as a flag of a region.
MODIFIERS = {0xFE0E, 0xFE0F, 0x20E3, *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)}
FLAG_LETTERS = range(0x1F1E6, 0x1F200)
EMOJI = range(0x1F000, 0x1FB00)
# They reorder the text around them, which must not happen in a record unseen.
REORDERING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}


def printable(text: str, missing: Callable[[set[str]], set[str]]) -> str:
    """The text with every character that cannot be printed replaced; `missing` says which of a set have no glyph."""
    unusual = {character for character in set(text) if not character.isascii() or not character.isprintable()} - {
        "\n",
        "\t",
    }
    table = {character: replacement for character in unusual if (replacement := _always(character)) is not None}
    # Format characters are invisible on purpose: no font needs a glyph for them.
    asked = {character for character in unusual - table.keys() if unicodedata.category(character) != "Cf"}
    table |= {character: _named(character) for character in missing(asked)}
    return text.translate({ord(character): words for character, words in table.items()}) if table else text


def isolated(name: str) -> str:
    """The name between marks of direction if it runs right to left, else a date after it would change sides with it."""
    runs_left = any(unicodedata.bidirectional(character) in {"R", "AL"} for character in name)
    return f"\u200e{name}\u200e" if runs_left else name


def _always(character: str) -> str | None:
    """What stands for the character on every machine; None for one that may print as it is."""
    code = ord(character)
    if character in SUBSTITUTES:
        return SUBSTITUTES[character]
    if code in MODIFIERS:
        return ""
    if code in FLAG_LETTERS:
        return chr(ord("A") + code - FLAG_LETTERS.start)
    if code in EMOJI:
        return _named(character)
    if code in REORDERING or unicodedata.category(character) in {"Cc", "Cs"}:
        return _coded(character)
    return None


def _named(character: str) -> str:
    """A symbol's name in brackets; a letter's code, because a name per letter would bury the text."""
    name = unicodedata.name(character, "")
    return f"[{name.lower()}]" if name and unicodedata.category(character).startswith("S") else _coded(character)


def _coded(character: str) -> str:
    return f"[U+{ord(character):04X}]"
