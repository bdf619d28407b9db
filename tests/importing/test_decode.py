"""Whatever an editor wrote, the same text is read; what had to be guessed is said."""

from __future__ import annotations

import pytest

from checklists.importing.decode import decode
from checklists.importing.limits import Limits
from checklists.importing.reading import read_checklist

TEXT = "# Prüfung\n\n- [ ] Größe geprüft – für alle Räume\n\t- [ ] Lüftung geöffnet\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_unicode_with_and_without_a_mark(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), Limits()).text == TEXT


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_line_ends_of_all_systems(ending: str) -> None:
    outline = read_checklist(TEXT.replace("\n", ending).encode())
    assert [entry.line for entry in outline.lines] == [1, 3, 4]
    assert outline.counts["items"] == 2


def test_a_western_code_page_is_read_and_said() -> None:
    outline = read_checklist(TEXT.encode("cp1252"))
    assert outline.title == "Prüfung"
    assert [repair.kind for repair in outline.repairs] == ["encoding"]
    assert "not UTF-8" in outline.warnings[0]


def test_utf_8_needs_no_word() -> None:
    outline = read_checklist(TEXT.encode())
    assert (outline.repairs, outline.warnings) == ([], [])


def test_lone_pipes_of_a_few_are_kept_as_written() -> None:
    outline = read_checklist(b"# Plan\n\n- [ ] a\n\n|\n\n- [ ] b\n")
    assert {entry.line: entry.kind for entry in outline.lines}[5] == "prose"
    assert outline.repairs == []


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        (
            "- [ ] ðŸ“ Notes â€” kept",
            "- [ ] Notes — kept",
        ),  # a byte was lost, so the rest of the line was beyond repair
        ("- [ ] ðŸ“ž Call ðŸ\u201c", "- [ ] 📞 Call "),
        ("- [ ] ðŸ", "- [ ] "),
    ],
)
def test_what_is_left_of_a_symbol_keeps_nothing_else_from_being_mended(line: str, mended: str) -> None:
    outline = read_checklist(f"# Plan\n\n- [ ] a\n{line}\n".encode())
    assert [(repair.line, repair.kind, repair.after) for repair in outline.repairs] == [(4, "mojibake", mended)]
    assert [guess.line for guess in outline.guesses if guess.kind == "symbol"] == [4]


def test_letters_of_the_north_are_no_damage() -> None:
    assert read_checklist("# Plan\n\n- [ ] Viðey og Ÿ\n".encode()).repairs == []
