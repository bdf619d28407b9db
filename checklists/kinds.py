"""What the kinds of things in a document are called: in a preview, in what differs between two, where they are counted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, ngettext_lazy, pgettext_lazy

# By the importer's own names of kinds, singular and plural.
KINDS = {
    "title": ngettext_lazy("title", "titles", "number"),
    "metadata": ngettext_lazy("fact", "facts", "number"),
    "fact": ngettext_lazy("fact", "facts", "number"),
    "prose": ngettext_lazy("text", "texts", "number"),
    "phase": ngettext_lazy("phase", "phases", "number"),
    "section": ngettext_lazy("section", "sections", "number"),
    "item": ngettext_lazy("item", "items", "number"),
    "detail": ngettext_lazy("detail", "details", "number"),
    "command": ngettext_lazy("command", "commands", "number"),
    "field": ngettext_lazy("field", "fields", "number"),
    "round": ngettext_lazy("round", "rounds", "number"),
    "criterion": ngettext_lazy("criterion", "criteria", "number"),
    "trigger": ngettext_lazy("trigger", "triggers", "number"),
    "procedure": ngettext_lazy("procedure", "procedures", "number"),
    "step": ngettext_lazy("step", "steps", "number"),
    "contact": ngettext_lazy("contact", "contacts", "number"),
    "escalation": ngettext_lazy("escalation level", "escalation levels", "number"),
    "slot": ngettext_lazy("sign-off", "sign-offs", "number"),
    "signature": ngettext_lazy("signature", "signatures", "number"),
    "vote": ngettext_lazy("vote", "votes", "number"),
    "table": ngettext_lazy("table", "tables", "number"),
}
# Names of counts that are not the kind with an s.
COUNTED = {"criteria": "criterion", "escalation_levels": "escalation"}
# What an entry says beside its text (entries.py).
FACTS = {
    "value": pgettext_lazy("fact", "value"),
    "kind": pgettext_lazy("fact", "kind"),
    "when": pgettext_lazy("fact", "when"),
    "how often": pgettext_lazy("fact", "how often"),
    "prose": pgettext_lazy("fact", "text below"),
    "commands": pgettext_lazy("fact", "what to run"),
    "fields": pgettext_lazy("fact", "to fill in"),
    "optional": pgettext_lazy("fact", "optional"),
    "ticked": pgettext_lazy("fact", "ticked"),
    "details": pgettext_lazy("fact", "more"),
    "estimated time": pgettext_lazy("fact", "estimated time"),
    "name": pgettext_lazy("fact", "name"),
    "phone": pgettext_lazy("fact", "phone"),
    "e mail": pgettext_lazy("fact", "e-mail"),
    "notes": pgettext_lazy("fact", "notes"),
    "trigger": pgettext_lazy("fact", "called when"),
    "who": pgettext_lazy("fact", "who"),
    "response": pgettext_lazy("fact", "answers within"),
    "scope": pgettext_lazy("fact", "signs"),
    "about": pgettext_lazy("fact", "about"),
    "meaning": pgettext_lazy("fact", "meaning"),
    "stage": pgettext_lazy("fact", "stage"),
    "how many": pgettext_lazy("fact", "how many"),
    "required": pgettext_lazy("fact", "required"),
}
# How an entry differs between two documents (differences.py).
SORTS = {
    "added": pgettext_lazy("difference", "added"),
    "removed": pgettext_lazy("difference", "removed"),
    "changed": pgettext_lazy("difference", "changed"),
    "moved": pgettext_lazy("difference", "moved"),
}
# What the importer inferred, and what it mended.
GUESSES = {
    "indentation": gettext_lazy("what stands below what"),
    "bullet-as-item": gettext_lazy("a bullet is an item"),
    "row-as-item": gettext_lazy("a row is an item"),
    "heading-as-item": gettext_lazy("a heading is an item"),
    "tick": gettext_lazy("a sign is a tick"),
    "phase": gettext_lazy("what the phases are"),
    "title": gettext_lazy("what the title is"),
    "slot": gettext_lazy("who signs"),
    "blank": gettext_lazy("what a blank takes"),
    "symbol": gettext_lazy("what is left of a symbol"),
}
REPAIRS = {
    "encoding": gettext_lazy("encoding"),
    "mojibake": gettext_lazy("damaged letters"),
    "litter": gettext_lazy("left out"),
    "line-break": gettext_lazy("line break"),
    "indentation": gettext_lazy("indentation"),
}


def called(kind: str, number: int = 1) -> str:
    """The kind's name in the reader's language, for one or for so many."""
    return str(KINDS[kind] % {"number": number})


def counted(name: str, number: int) -> tuple[str, int]:
    """What was counted under such a name as `escalation_levels`, called by its name, and the number."""
    return called(COUNTED.get(name, name.removesuffix("s")), number), number
