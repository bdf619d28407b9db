"""The columns of a plan as a table: their names here, the names that people give them, and cells that hold lists."""

from __future__ import annotations

import re
import unicodedata

# In the order of an exported file.
EXPORTED = (
    *("Number", "Phase", "Section", "Level", "Kind", "Item", "Team", "State", "Owner", "Done by", "Done at", "Reason"),
    *("Values", "Notes", "Details", "Commands", "When", "How often", "Fields"),
)
# Their widths in an Excel file, in characters.
WIDTHS = (8, 26, 26, 7, 11, 60, 20, 13, 20, 20, 22, 30, 30, 40, 50, 50, 18, 18, 36)
# What tells of a run. It is shown when a file is read, and is no part of the plan.
RUN = frozenset({"State", "Owner", "Done by", "Done at", "Reason", "Values", "Notes"})
MULTIPLE = frozenset({"Details", "Commands", "Fields"})

# Names in lower case without accents, as `folded` makes them: English, German, Greek.
NAMES = {
    "Number": {"number", "no", "no.", "#", "nr", "nr.", "nummer", "αριθμος", "α/α"},
    "Phase": {"phase", "stage", "φαση", "σταδιο"},
    "Section": {"section", "area", "abschnitt", "bereich", "ενοτητα", "τμημα"},
    "Level": {"level", "indent", "ebene", "stufe", "επιπεδο"},
    "Kind": {"kind", "type", "art", "typ", "ειδος", "τυπος"},
    "Item": {
        *("item", "task", "check", "activity", "description", "aufgabe", "punkt", "prufpunkt", "schritt", "tatigkeit"),
        *("εργασια", "στοιχειο", "βημα", "ελεγχος"),
    },
    "Team": {"team", "owner role", "pool", "ομαδα"},
    "State": {"state", "status", "zustand", "κατασταση"},
    "Owner": {"owner", "responsible", "assignee", "assigned to", "verantwortlich", "zustandig", "υπευθυνος"},
    "Done by": {"done by", "completed by", "erledigt von", "ολοκληρωθηκε απο"},
    "Done at": {"done at", "completed at", "erledigt am", "ολοκληρωθηκε στις"},
    "Reason": {"reason", "grund", "begrundung", "λογος", "αιτια"},
    "Values": {"values", "value", "werte", "wert", "τιμες", "τιμη"},
    "Notes": {
        "notes",
        "note",
        "comment",
        "comments",
        "notizen",
        "bemerkung",
        "bemerkungen",
        "anmerkungen",
        "σημειωσεις",
    },
    "Details": {"details", "detail", "einzelheiten", "λεπτομερειες"},
    "Commands": {"commands", "command", "befehle", "befehl", "εντολες", "εντολη"},
    "When": {"when", "window", "timing", "wann", "zeitpunkt", "ποτε"},
    "How often": {"how often", "recurrence", "frequency", "wie oft", "haufigkeit", "συχνοτητα"},
    "Fields": {"fields", "field", "field label", "feld", "felder", "πεδιο", "πεδια"},
}
COLUMN_OF = {name: column for column, names in NAMES.items() for name in names}
# "Field 2", "Command 3": several columns for what an item may have many of.
COUNTED = re.compile(r"(.*?)\s*\d+")

ITEM, CRITERION, PHASE, SECTION = "Item", "Criterion", "Phase", "Section"
KINDS = {
    ITEM: {"", "item", "task", "check", "aufgabe", "punkt", "εργασια", "στοιχειο"},
    CRITERION: {"criterion", "success criterion", "kriterium", "erfolgskriterium", "κριτηριο"},
    PHASE: NAMES["Phase"],
    SECTION: NAMES["Section"],
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names}
TICKED = frozenset({"done", "x", "✓", "✔", "yes", "true", "1", "erledigt", "fertig", "ja", "ολοκληρωθηκε", "ναι"})

# Between the titles of nested sections, and between commands of one cell.
PATH = " › "
COMMAND_EDGE = "\n⸻\n"
# A line that goes on with the detail above it.
GOES_ON = "↳ "


def folded(text: str) -> str:
    """A name for comparing: lower case, no accents, single spaces."""
    plain = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def column_of(title: str) -> str:
    """Which of our columns a title means; empty for one that is the author's own."""
    name = folded(title).rstrip(":")
    counted = COUNTED.fullmatch(name)
    column = COLUMN_OF.get(name, "")
    if not column and counted and COLUMN_OF.get(counted[1]) in MULTIPLE:
        column = COLUMN_OF[counted[1]]
    return column


def details_cell(details: list[str]) -> str:
    return "\n".join(f"\n{GOES_ON}".join(detail.split("\n")) for detail in details)


def details_in(cell: str) -> list[str]:
    found: list[str] = []
    for line in cell.split("\n") if cell else []:
        if line.startswith(GOES_ON) and found:
            found[-1] += "\n" + line.removeprefix(GOES_ON)
        else:
            found.append(line)
    return [detail for detail in found if detail.strip()]


def path_cell(titles: list[str]) -> str:
    return PATH.join(title.replace("›", "\\›") for title in titles)


def path_in(cell: str) -> list[str]:
    return [title.replace("\\›", "›").strip() for title in re.split(r"(?<!\\)›", cell) if title.strip()]


# -- Formulas ----------------------------------------------------------------------------------------------------------

# What a spreadsheet program may take for a formula, also behind quotes and blanks, also in full-width letters.
FORMULA = re.compile(r"[\s'\"]*[=+\-@＝＋－＠]|[ '\"]*[\t\r\n]")


def defused(text: str) -> str:
    """A cell of a CSV file that no program runs: an apostrophe before whatever could be a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def undefused(text: str) -> str:
    """The cell as it was before `defused`."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text
