"""What the importer says: in English where it is kept, and in the language of whoever reads it."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from django.utils import translation

from checklists import kinds, preview
from checklists.importing.decode import Refused
from checklists.importing.outline import Outline
from checklists.importing.reading import read_checklist
from checklists.importing.said import Counted, Said
from checklists.saying import in_words
from checklists.spreadsheets.documents import read_document
from checklists.spreadsheets.reading import BrokenRows
from golive_site import catalogues
from tests.importing.cases import corpus, read, seed_bytes
from tests.importing.test_refusals import TOO_MUCH

LANGUAGES = pytest.mark.parametrize("language", catalogues.LANGUAGES)
# One of each that no document at hand calls for.
ODD = """# Plan

## Before (T-3 days)

- [ ] Backup made
- [ ] Backup made
- [ ] Call TBD
- [ ] Mail [CUSTOMER_NAME] and [SYSTEM]

## Contacts

| Role | Name | Phone |
|------|------|-------|
| Lead | ____ | ____ |
|  | TBD | |
"""


def documents() -> list[bytes]:
    return [
        *(seed_bytes(f"00{number}") for number in range(5)),
        *(path.read_bytes() for path in corpus()),
        ODD.encode(),
        "# Übung\n\n- [ ] größer".encode("cp1252"),
        b"# No item\n\nOnly words.\n",
    ]


def said_of(outline: Outline) -> list[str]:
    """What is said of a reading that is not its author's."""
    texts = {guess.text for guess in outline.guesses}
    return [*outline.warnings, *(remark.text for remark in outline.lint), *(t for t in texts if isinstance(t, Said))]


@LANGUAGES
def test_nothing_that_is_said_of_a_document_stays_english(language):
    spoken = 0
    with translation.override(language):
        for outline in map(read_checklist, documents()):
            for text in said_of(outline):
                assert isinstance(text, Said), text
                assert translation.gettext(text.words) != text.words, text.words
                assert in_words(text) != text
                spoken += 1
    assert spoken > 100


@LANGUAGES
def test_nothing_that_is_called_by_its_name_stays_english(language):
    for outline in map(read_checklist, documents()):
        with translation.override(language):
            rows = preview.plan_lines("\n" * len(outline.lines) * 9, outline)
            guesses = preview.open_guesses(outline, [])
            named = [kinds.called(row.kind) for row in rows] + [group.title for group in guesses]
            named += [str(kinds.REPAIRS[repair.kind]) for repair in outline.repairs]
            named += [name for name, _ in (kinds.counted(*each) for each in outline.counts.items())]
            assert all(named)


@LANGUAGES
@pytest.mark.parametrize("name", TOO_MUCH)
def test_a_refusal_is_in_the_language_of_the_reader(name, language):
    with pytest.raises(Refused) as refusal:
        read_checklist(TOO_MUCH[name][0])
    with translation.override(language):
        assert in_words(refusal.value.sentence) != str(refusal.value)


@LANGUAGES
def test_every_broken_row_is_told_in_the_language_of_the_reader(language):
    table = "Phase,Level,Kind,Item\n,,,a\nP,x,,b\nP,3,,c\nP,1,Bus,d\nP,1,Section,\nP,1,,\n"
    with pytest.raises(BrokenRows) as refusal:
        read_document(table.encode(), "plan.csv")
    english = refusal.value.problems
    assert len(english) == 6
    with translation.override(language):
        told = [in_words(problem) for problem in english]
    assert all(german.startswith(("Zeile", "Γραμμή")) for german in told)
    assert not any(words in german for german in told for words in ("is empty", "is not", "too deep", "though"))


def test_numbers_are_written_as_the_reader_writes_them():
    said = Counted("%(number)s line", "%(number)s lines", number=1234)
    assert said == "1,234 lines"
    with translation.override("de"):
        assert in_words(said) == "1.234 lines"
        assert "Niemand ist genannt als Lead" in [in_words(remark.text) for remark in read(ODD).lint]


def test_what_is_kept_and_exported_is_plain_english():
    with translation.override("de"):
        outline = read(ODD)
        told = json.loads(json.dumps(outline.as_json()))["lint"]
    assert {"line": 0, "code": "no-approver", "text": "Nobody is asked to sign"} in told
    assert [remark.text for remark in deepcopy(outline).lint] == [remark.text for remark in outline.lint]
