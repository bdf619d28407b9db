"""Words and signs by which people mean a colour: the green, yellow and red of a status report."""

from __future__ import annotations

from collections.abc import Iterable

NAMES: dict[str, tuple[str, ...]] = {
    "green": ("green", "grün", "πράσινο", "vert", "verde", "🟢", "✅"),
    "yellow": ("yellow", "amber", "gelb", "κίτρινο", "jaune", "amarillo", "giallo", "🟡"),
    "orange": ("orange", "πορτοκαλί", "naranja", "arancione", "🟠"),
    "red": ("red", "rot", "κόκκινο", "rouge", "rojo", "rosso", "🔴", "❌"),
    "blue": ("blue", "blau", "μπλε", "bleu", "azul", "blu", "🔵"),
    "grey": ("grey", "gray", "grau", "γκρι", "gris", "grigio", "⚪"),
}
COLOURS = {name: colour for colour, names in NAMES.items() for name in names}
# What stands in the choice of a colour for which nobody gave the colours.
USUAL = ("Green", "Yellow", "Red")


def colour_of(word: str) -> str:
    """The colour that a word means, alone or behind its sign (`🟢 Green`); empty for none."""
    parts = word.casefold().replace("\ufe0f", "").split()
    found = {COLOURS.get(part, "") for part in parts}
    return found.pop() if len(found) == 1 else ""


def are_colours(choices: Iterable[str]) -> bool:
    """Whether all of several choices are colours, so that they can be shown as such."""
    found = [colour_of(choice) for choice in choices]
    return len(found) > 1 and all(found)
