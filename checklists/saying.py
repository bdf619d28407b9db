"""What the importer says, in the reader's language."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from checklists.importing.said import Counted, Said


def in_words(text: str) -> str:
    """A sentence of the importer as the reader says it; whatever else it is, such as an author's words, as it is."""
    if not isinstance(text, Said):
        return text
    words = gettext(text.words)
    if isinstance(text, Counted):
        words = ngettext(text.words, text.many, text.facts["number"])
    return words % {name: _fact(fact) for name, fact in text.facts.items()} if text.facts else words


def _fact(fact: str | int) -> str:
    return in_words(fact) if isinstance(fact, str) else number_format(fact, force_grouping=True)
