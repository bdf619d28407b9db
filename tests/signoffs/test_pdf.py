"""The PDF: everything is in it, nothing is fetched for it, no character is an empty box, and it is always the same."""

from __future__ import annotations

import io
import logging
import os
import sys
from datetime import timedelta

import pytest
from django.core.management import call_command
from pypdf import PdfReader

from checklists.models import Contact, Field
from signoffs import glyphs, pdf
from signoffs.report import report_of
from tests import builders
from tests.conftest import NOON

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)

HOSTILE = """# Hostile <script>alert(1)</script>

## Phase 1 <img src="http://127.0.0.1:9/a.png">

- [ ] Picture ![x](http://127.0.0.1:9/b.png) and <iframe src="file:///etc/passwd"></iframe>
- [ ] Links [bad](javascript:alert(1)), [file](file:///etc/passwd), [here](/admin), [good](https://example.org/x)
- [ ] <link rel="stylesheet" href="http://127.0.0.1:9/c.css"><style>@import "http://127.0.0.1:9/d.css"</style>
"""
EMOJI = "✅ ⏳ ❌ ⚠️ 🚨 📞 🚀 👩‍💻 🇬🇷 1️⃣ 👍🏽 ☑ ⛔ \U0001f9ff"


# No type of the report has room for more letters beside the margins; a header counts as one line with its other half.
LETTERS_IN_A_LINE = 130


def text_of(content: bytes) -> str:
    """All words of the PDF with one space between them."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def squeezed(content: bytes) -> str:
    """The same without any space: for words that a line's end has cut."""
    return text_of(content).replace(" ", "")


@pytest.fixture
def drawn(caplog):
    """Render a project, with WeasyPrint's complaints at hand; a character drawn as an empty box is one."""

    def render(project) -> bytes:
        with caplog.at_level(logging.WARNING, logger="weasyprint"):
            return pdf.render(report_of(project, NOON))

    return render


def test_everything_of_the_plan_is_printed(project, technician, approver, act, drawn):
    builders.item(project, "Backup").note(act(technician), "Took 14 minutes")
    builders.item(project, "Certificates").block(act(technician), "The vendor sleeps")
    Field.objects.create(project=project, position=99, label="Deployment date", kind="text").read(
        act(technician), "Today"
    )
    text = text_of(drawn(project))
    for item in project.items.all():
        assert item.text.replace("**", "").split(" (")[0] in text
    for words in (
        "In progress, as of",
        "Took 14 minutes",
        "Deployment date: Today",
        "The vendor sleeps",
        "systemctl status lamps",
        "Nia Okafor",
        "Restart the old lamps",
        "simple electronic signature",
        "7 Feb 2027, 08:00 EET (2027-02-07 06:00 UTC)",
        project.journal.last().hash[:8],
        "Chain head",
    ):
        assert words in text
    assert project.source_sha256 in text.replace(" ", "")


def test_the_cover_tells_how_much_of_what_is_open_may_stay_so(manager, drawn):
    boat = builders.project(manager, NOON, "# Boat\n\n## Load\n\n- [ ] Ropes\n- [ ] Awning (if needed)\n", name="Boat")
    assert "0 of 2, 1 optional open" in text_of(drawn(boat))


def test_pages_bookmarks_and_links(project, technician, act, drawn):
    builders.item(project, "Certificates").block(act(technician), "The vendor sleeps")
    reader = PdfReader(io.BytesIO(drawn(project)))
    assert f"Page 1 of {len(reader.pages)}" in reader.pages[0].extract_text()
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert {"Harbour Lights", "Sign-off", "Deviations", "Journal"} <= set(titles)
    number = builders.item(project, "Certificates").number
    assert f"item-{number}" in reader.named_destinations


def watched_field(project, act, by, *values, **known) -> Field:
    """A blank of the plan that was read every two hours."""
    known = {"label": "Backlog", "kind": "number", "unit": "items/min"} | known
    field = Field.objects.create(project=project, position=99, **known)
    for number, value in enumerate(values):
        field.read(act(by, NOON - timedelta(hours=24 - 2 * number)), value)
    return field


def figures_of(content: bytes) -> list[str]:
    """What is read aloud in place of each picture."""
    kids, found = [PdfReader(io.BytesIO(content)).trailer["/Root"]["/StructTreeRoot"]], []
    while kids:
        each = kids.pop().get_object()
        if isinstance(each, dict) and "/K" in each:
            found += [each.get("/Alt", "")] if each.get("/S") == "/Figure" else []
            kids += each["/K"] if isinstance(each["/K"], list) else [each["/K"]]
    return found


LIMIT = {"operator": "<", "number": 10, "unit": "", "words": "< 10"}


def test_what_was_read_again_and_again_is_drawn_over_time(project, technician, act, drawn, caplog):
    watched_field(project, act, technician, "3", "14", "7.5", threshold=LIMIT)
    content = drawn(project)
    assert not caplog.messages
    text = text_of(content)
    assert "7.5 items/min ✓ < 10 (the last of 3 readings)" in text
    assert "4 Feb 2027, 16:00 EET 14 items/min Tom Technician ✗ beyond the limit" in text
    assert (
        "Line chart: 3 readings from 4 Feb 2027, 14:00 EET to 4 Feb 2027, 18:00 EET, lowest 3, highest 14."
        " Limit < 10: 1 beyond it."
    ) in figures_of(content)
    assert "4 Feb, 14:00 15:00 16:00" in text, "the axis, on the clocks of the project"
    assert pdf.render(report_of(project, NOON)) == content


@pytest.mark.parametrize(
    ("known", "values"),
    [
        ({}, ["3", "4"]),  # a correction
        ({}, ["none", "n/a", "-"]),
        ({"kind": "text", "unit": ""}, ["3 of 4", "4 of 4", "All"]),
    ],
)
def test_what_has_no_course_is_not_drawn(project, technician, act, drawn, known, values):
    watched_field(project, act, technician, *values, **known)
    content = drawn(project)
    assert not [words for words in figures_of(content) if words.startswith("Line chart")]
    assert all(value in text_of(content) for value in values)


def test_a_text_that_holds_numbers_only_is_drawn_too(project, technician, act, drawn):
    watched_field(project, act, technician, "3", "4", "5", kind="text")
    assert any(words.startswith("Line chart: 3 readings") for words in figures_of(drawn(project)))


@pytest.mark.parametrize("value", ["1" * 4000, "0." + "0" * 4000 + "1", "-1", "</text></svg><script>", "مرحبا 灯 👍"])
def test_any_value_and_unit_can_be_drawn(project, technician, act, drawn, caplog, value):
    watched_field(project, act, technician, "3", value, "7", "8", "9", unit=value[:100], threshold=LIMIT)
    content = drawn(project)
    assert not caplog.messages
    assert glyphs.printable(value, pdf.without_glyph)[:40].replace(" ", "") in squeezed(content)


def test_pictures_are_said_in_words(project, drawn, settings):
    settings.BASE_URL = "https://golive.example.org"
    assert all(figures_of(pdf.render(report_of(project, NOON), variant="form")))


def test_the_same_report_is_the_same_file(project):
    assert pdf.render(report_of(project, NOON)) == pdf.render(report_of(project, NOON))
    later = report_of(project, NOON + timedelta(minutes=1))
    assert pdf.render(later) != pdf.render(report_of(project, NOON))


def test_hostile_text_is_printed_as_text_and_fetches_nothing(manager, act, drawn):
    project = builders.project(manager, NOON, HOSTILE, "Hostile")
    item = project.items.select_related("project").first()
    item.note(act(manager), '<img src="file:///etc/passwd"> {{ settings.SECRET_KEY }}')
    Contact.objects.create(project=project, position=99, role='<object data="http://127.0.0.1:9/o">', name="<b>Bo</b>")
    content = drawn(project)
    assert "<img" in squeezed(content) and "{{settings.SECRET_KEY}}" in squeezed(content)
    links = [
        note.get_object()["/A"]["/URI"]
        for page in PdfReader(io.BytesIO(content)).pages
        for note in page.get("/Annots", [])
        if "/URI" in note.get_object().get("/A", {})
    ]
    # A picture becomes a link to it, for the reader to follow or not.
    assert links == ["http://127.0.0.1:9/b.png", "https://example.org/x"]


@pytest.mark.parametrize(
    "html",
    ['<img src="http://127.0.0.1:9/">', '<link rel="stylesheet" href="file:///etc/passwd">', '<img src="data:,x">'],
)
def test_a_document_that_asks_for_something_is_refused(html):
    with pytest.raises(pdf.FetchRefused):
        pdf.written(html, "")


def test_no_character_is_an_empty_box(manager, act, drawn, caplog):
    project = builders.project(manager, NOON, f"# Plan\n\n## Phase {EMOJI}\n\n- [ ] Step {EMOJI}\n", f"Signs {EMOJI}")
    strange = "Ελλάδα Київ ليلى שלום 漢字 ไทย हिन्दी \ue000 \U000e0001 \x07 \u202egnp.exe"
    project.items.select_related("project").get().note(act(manager), f"{EMOJI} {strange}")
    text = text_of(drawn(project))
    assert [record.getMessage() for record in caplog.records if ".notdef" in record.getMessage()] == []
    for words in ("✔", "✘", "[pending]", "[alert]", "☎", "[rocket]", "GR", "[U+202E]", "[U+0007]", "Ελλάδα", "Київ"):
        assert words in text


def test_an_empty_box_would_be_seen(caplog):
    """The test above rests on WeasyPrint's complaint: it must come for a character that no font has."""
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf.written("<p>\U0010fffd</p>", "")
    assert any(".notdef" in record.getMessage() for record in caplog.records)


def test_long_words_names_notes_and_commands_stay_on_the_paper(manager, act, drawn):
    long_name, command = "Papanikolaou" * 5, "x" * 200
    manager.name = long_name
    manager.save()
    source = f"# Plan\n\n## Phase 1\n\n- [ ] {'Wort' * 60}\n\n```\n{command}\n```\n"
    project = builders.project(manager, NOON, source, "N" * 200)
    item = project.items.select_related("project").get()
    item.note(act(manager), "note " * 999)
    item.complete(act(manager))
    reader = PdfReader(io.BytesIO(drawn(project)))
    lines = [line for page in reader.pages for line in page.extract_text().splitlines()]
    text = "".join("".join(lines).split())
    assert command in text and long_name in text and text.count("note" * 20) >= 2
    assert max(map(len, lines)) < LETTERS_IN_A_LINE


def test_a_finished_record_has_no_word_across(project, technician, approver, act, drawn):
    project.slots.all().delete()
    builders.settle(project, act(technician))
    text = text_of(drawn(project))
    assert "Complete: " in text and "In progress" not in text


def test_command_writes_the_file(project, tmp_path, capsys):
    target = tmp_path / "report.pdf"
    call_command("report", project.slug, output=target)
    assert target.read_bytes().startswith(b"%PDF-")
    assert str(target) in capsys.readouterr().out


def test_without_pango_the_problem_names_the_command(monkeypatch, capfd):
    class NoPango:
        def find_spec(self, name, path=None, target=None):
            if name == "weasyprint":
                print("banner of many lines")  # noqa: T201
                raise OSError("cannot load library 'libgobject-2.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    pdf.can_draw.cache_clear()
    try:
        problem = pdf.problem()
    finally:
        pdf.can_draw.cache_clear()
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in problem
    assert "\n" not in problem
    assert capfd.readouterr() == ("", "")


def test_names_that_run_right_to_left_keep_their_place():
    assert glyphs.isolated("Anna") == "Anna"
    assert glyphs.isolated("ليلى") == "\u200eليلى\u200e"


def test_a_vowel_that_is_drawn_in_halves_is_missed_when_they_are():
    """Thai and Lao; on a machine without their types they left boxes behind."""
    for whole, halves in pdf.HALVES.items():
        assert (whole in pdf.without_glyph({whole})) == bool(pdf.without_glyph(set(halves)))


def test_lines_of_ideographs_are_cut_where_they_may_be():
    entry = f"   8 321d32c0 Yusuf Aydin completed #3 {'检查数据库备份，' * 20}然后 restart nginx 结果。"
    lines = pdf.cut(entry, " " * 14)
    assert "".join("".join(lines).split()) == "".join(entry.split())
    assert len(lines) == 4 and all(85 < pdf.columns(line) <= pdf.JOURNAL_COLUMNS for line in lines[:-1])
    assert lines[0].startswith("   8 321d32c0 Yusuf Aydin completed #3 检查")
    assert all(line.startswith(" " * 14) and line[14] not in " ，。" for line in lines[1:])
    assert "restart nginx" in lines[-1]
