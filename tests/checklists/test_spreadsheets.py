"""Plans as CSV and Excel files: what goes out comes in again, nothing in a cell runs, and nothing half is read."""

from __future__ import annotations

import csv
import io
import time
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from checklists.exporting.plan import rows_of
from checklists.importing.decode import Refused
from checklists.importing.limits import Limits
from checklists.importing.plan import Launch, Source, create_project
from checklists.models import Draft, Project, TemplateVersion
from checklists.spreadsheets.columns import EXPORTED, defused, details_cell, details_in, undefused
from checklists.spreadsheets.documents import lines_of, read_document
from checklists.spreadsheets.opening import refuse_archive
from checklists.spreadsheets.reading import BrokenRows
from checklists.spreadsheets.writing import csv_of, table_of, xlsx_of
from tests.builders import T_ZERO, item
from tests.checklists.test_exporting import DOCUMENTS, made_of, plan_of
from tests.conftest import NOON
from tests.importing.cases import all_items, places

pytestmark = pytest.mark.any_database

TABLE = """Phase,Section,Level,Item,Details,Command,Field
Before (T-3 days),Servers,1,Database ready,,,
,,2,Backup restored,Took an hour last time,pg_restore plan.dump,
,,2,Rows counted,,,count: ____ rows
Night,,1,Lamps answer,,,
"""


def outlined(text: str, name: str = "plan.csv"):
    return read_document(text.encode(), name)


def files_of(project: Project) -> dict[str, bytes]:
    table = table_of(rows_of(project))
    return {"plan.csv": csv_of(table).encode(), "plan.xlsx": xlsx_of(table, project.name, NOON)}


def workbook(rows, title="Plan") -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# -- Out and in again --------------------------------------------------------------------------------------------------


def of_the_phases(project: Project) -> dict:
    """What a table holds of a plan: phases, sections and items with their blanks, criteria among them."""
    plan = plan_of(project)
    fields = [(facts | {"position": 0}, *above) for _, facts, *above in plan["fields"] if any(above)]
    return {name: plan[name] for name in ("phases", "sections", "items")} | {"fields": fields}


@pytest.mark.django_db
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_checklist_that_we_know_comes_back_with_the_same_phases_and_items(path, manager, act):
    first = made_of(path.read_bytes().decode(), act(manager))
    for name, data in files_of(first).items():
        launch = Launch("Again", "", "", T_ZERO, "Europe/Athens")
        again = create_project(read_document(data, name), Source(name, data), launch, act(manager))
        assert of_the_phases(again) == of_the_phases(first)


def test_the_table_tells_of_the_run(project, act, technician, other_technician):
    item(project, "Backup restored").complete(act(technician))
    item(project, "Replica").set_aside(act(technician), "=HYPERLINK(1)")
    item(project, "Lamps").note(act(other_technician), "Twice,\n“quoted”; and more")
    item(project, "Rows counted").claim(act(other_technician))
    project.fields.get(label="count").read(act(technician), "-1204")
    rows = list(csv.DictReader(io.StringIO(files_of(project)["plan.csv"].decode("utf-8-sig"))))
    assert list(rows[0]) == list(EXPORTED)
    by_text = {row["Item"]: row for row in rows}
    done = by_text["Backup restored on the spare machine"]
    assert (done["State"], done["Done by"], done["Done at"]) == ("Done", "Tom Technician", "2027-02-05 14:00 EET")
    assert (done["Number"], done["Phase"], done["Section"], done["Level"], done["Kind"]) == (
        *("2", "Phase 1: Before (T-3 days)", "Servers", "2", "Item"),
    )
    assert by_text["Replica follows within 5 seconds"]["Reason"] == "'=HYPERLINK(1)"
    assert "“quoted”; and more" in by_text["Lamps answer"]["Notes"]
    assert by_text["Rows counted (count: ____ rows)"]["Values"] == "count: -1204 rows"
    assert by_text["Rows counted (count: ____ rows)"]["Owner"] == "Olga Technician"


def test_the_workbook_is_one_to_work_with(project):
    book = load_workbook(io.BytesIO(files_of(project)["plan.xlsx"]))
    sheet = book.active
    assert [cell.value for cell in sheet[1]] == list(EXPORTED)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:S{sheet.max_row}"
    assert sheet.column_dimensions["F"].width == 60
    assert sheet["F4"].alignment.wrap_text
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}


def test_what_was_ticked_is_shown_and_does_not_count(project, act, technician):
    item(project, "Backup restored").complete(act(technician))
    outline = read_document(files_of(project)["plan.csv"], "plan.csv")
    ticked = [each for each in all_items(outline) if each.checked]
    assert [each.text for each in ticked] == ["Backup restored on the spare machine"]
    assert "Done by: Tom Technician" in ticked[0].run
    assert any("no part of the plan" in warning for warning in outline.warnings)


# -- Formulas ----------------------------------------------------------------------------------------------------------

FORMULAS = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", " =1", "'=1", '"=1', "''=1", "＝1", "＋1", "－1", "＠x", "@", "="),
    *(" '\" =cmd|' /C calc'!A0", '=HYPERLINK("http://example.org")', "=IMPORTXML(1)", "-2+3+cmd|' /C calc'!A0"),
    *("\t=1", "  \t@x", "\u00a0=1"),
]  # fmt: skip


@pytest.mark.parametrize("words", FORMULAS)
def test_no_cell_of_a_csv_file_is_a_formula(words):
    assert defused(words) == f"'{words}"
    assert undefused(defused(words)) == words


@settings(max_examples=500, derandomize=True, deadline=None)
@given(st.text(alphabet="'\"=+-@ \t\nab＝", max_size=8))
def test_defusing_can_be_undone(words):
    assert undefused(defused(words)) == words


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.lists(st.text(alphabet="↳a \nb", min_size=1, max_size=8).filter(str.strip), max_size=3))
def test_details_of_one_cell_can_be_told_apart(details):
    kept = [detail for detail in details if not any(line.startswith("↳ ") for line in detail.split("\n"))]
    assert details_in(details_cell(kept)) == kept


@pytest.mark.parametrize("words", FORMULAS)
def test_a_hostile_plan_is_harmless_in_excel(project, act, technician, words):
    item(project, "Lamps").note(act(technician), words)
    project.items.filter(text="Lamps answer").update(text=words)
    files = files_of(project)
    for row in csv.reader(io.StringIO(files["plan.csv"].decode("utf-8-sig"))):
        assert not [cell for cell in row if cell[:1] in set("=+-@\t\r＝＋－＠")]
    sheet = load_workbook(io.BytesIO(files["plan.xlsx"])).active
    cell = next(row[5] for row in sheet.iter_rows(min_row=2) if row[0].value == "7")
    assert cell.data_type == "s"
    assert cell.quotePrefix


# -- In ----------------------------------------------------------------------------------------------------------------


def test_a_table_becomes_phases_sections_and_items():
    outline = outlined(TABLE)
    assert outline.title == "plan"
    assert [(place.title, place.window) for place in places(outline)] == [
        ("Before", "T-3 days"),
        ("Servers", ""),
        ("Night", ""),
    ]
    database = places(outline)[1].items[0]
    assert [part.text for part in database.items] == ["Backup restored", "Rows counted"]
    assert database.items[0].details == ["Took an hour last time"]
    assert database.items[0].commands == ["pg_restore plan.dump"]
    assert [(f.label, f.kind, f.unit) for f in database.items[1].fields] == [("count", "number", "rows")]
    assert [account.line for account in outline.lines] == [1, 2, 3, 4, 5]
    assert len(lines_of(TABLE.encode(), "plan.csv")) == 5


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings_of_every_office(mark, encoding):
    text = "Phase,Section,Item\r\nFrüh,Küche,Öfen prüfen für Straße\r\n,,Über Nacht läuft größer\r\n".replace(",", mark)
    items = all_items(read_document(text.encode(encoding), "Übergabe.CSV"))
    assert [each.text for each in items] == ["Öfen prüfen für Straße", "Über Nacht läuft größer"]


@pytest.mark.parametrize(
    "head",
    [
        "PHASE,section,Item,Level",
        "Phase,Abschnitt,Aufgabe,Ebene",
        "phase,Bereich,Prüfpunkt,Stufe",
        "Φάση,Ενότητα,Εργασία,Επίπεδο",
        "ΦΑΣΗ,ΕΝΟΤΗΤΑ,ΕΡΓΑΣΙΑ,ΕΠΙΠΕΔΟ",
        " Phase , Section:, Task ,Level",
    ],
)
def test_columns_have_names_in_three_languages(head):
    outline = outlined(f"{head}\nOne,Two,Three,1\n,,Four,2\n")
    assert [place.title for place in places(outline)] == ["One", "Two"]
    assert [each.text for each in all_items(outline)] == ["Three", "Four"]


def test_without_levels_the_blanks_before_the_words_tell():
    items = all_items(outlined("Phase,Item\nOne,Top\n,  Below\n,    Deeper\n,  Beside\n,Next\n"))
    assert [[part.text for part in each.items] for each in items] == [["Below", "Beside"], ["Deeper"], [], [], []]


def test_columns_of_their_author_become_details():
    items = all_items(outlined("Phase,Item,Room,Owner,Status\nOne,Top,Cellar,Ann,erledigt\n"))
    assert items[0].details == ["Room: Cellar"]
    assert items[0].run == ["Owner: Ann", "State: erledigt"]
    assert items[0].checked


def test_words_above_the_titles_are_kept():
    outline = outlined("Launch of the lamps\nVersion 3,by Ann\n\nPhase,Item\nOne,Top\n")
    assert outline.title == "Launch of the lamps"
    assert outline.prose == ["Version 3 by Ann"]
    assert [account.line for account in outline.lines] == [1, 2, 4, 5]


def test_excels_own_way_to_name_the_delimiter():
    assert len(all_items(outlined("sep=|\nPhase|Item\nOne|a, b; c\n"))) == 1


def test_cells_of_a_workbook_are_read_as_they_are_shown():
    data = workbook(
        [["Phase", "Item", "Level", "Room", "At"], ["One", "Top", 1, 7.0, NOON.replace(tzinfo=None)], [None, True, 2.0]]
    )
    items = all_items(read_document(data, "plan.xlsx"))
    assert [each.text for each in items] == ["Top", "yes"]
    assert items[0].details == ["Room: 7", "At: 2027-02-05 12:00"]


def test_a_workbook_whose_first_sheet_is_something_else():
    book = load_workbook(io.BytesIO(workbook([["Read me"]])))
    plan = book.create_sheet("Tasks")
    plan.append(["Phase", "Task"])
    plan.append(["One", "Top"])
    out = io.BytesIO()
    book.save(out)
    assert len(all_items(read_document(out.getvalue(), "plan.xlsx"))) == 1


# -- Broken rows -------------------------------------------------------------------------------------------------------

BROKEN = """Phase,Section,Level,Kind,Item
,,1,,No phase yet
One,,x,,Level of letters
One,,13,,Too deep
One,,1,,Fine
One,,3,,Jumps
One,,1,Chore,Of no kind
One,,1,,
One,,,Section,
"""
PROBLEMS = [
    "Row 2, Phase: it is empty, and no row above names a phase.",
    "Row 3, Level: “x” is not a number from 1 to 12.",
    "Row 4, Level: “13” is not a number from 1 to 12.",
    "Row 6, Level: 3 is too deep, because the item above has 1.",
    "Row 7, Kind: “Chore” is not one of Item, Criterion, Phase, Section.",
    "Row 8, Item: it is empty.",
    "Row 9, Section: it is empty, though the row is a section.",
]


def test_every_broken_row_is_told_by_row_and_column():
    for data, name in ((BROKEN.encode(), "plan.csv"), (workbook(csv.reader(io.StringIO(BROKEN))), "plan.xlsx")):
        with pytest.raises(BrokenRows) as refusal:
            read_document(data, name)
        assert refusal.value.problems == PROBLEMS


def test_the_form_tells_all_of_them_and_keeps_nothing(manager, signed_in):
    upload = SimpleUploadedFile("plan.csv", BROKEN.encode())
    response = signed_in(manager).post(reverse("project_new"), {"file": upload})
    assert response.status_code == 422
    assert response.context["form"].non_field_errors() == PROBLEMS
    assert not Draft.objects.exists()


def test_the_command_tells_them_in_one_line(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text(BROKEN, encoding="utf-8")
    with pytest.raises(CommandError) as refusal:
        call_command("import_checklist", str(path), "--dry-run")
    assert refusal.value.returncode == 2
    assert str(refusal.value) == " ".join(PROBLEMS)


def test_no_more_than_a_hundred_are_told():
    with pytest.raises(BrokenRows) as refusal:
        outlined("Phase,Level,Item\n" + "One,x,Top\n" * 150)
    assert refusal.value.problems[-1] == "And 50 more."


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "No column “Item” was found"),
        ("Item\nTop\n", "there is no column “Phase”"),
        ("Phase,Item,Task\nOne,Top,Two\n", "two columns have this meaning"),
        ("Phase,Item," + "x," * 60 + "\nOne,Top\n", "at most 50 are read"),
        ('Phase,Item\nOne,"' + "long " * 8000 + "\n", "quotation mark missing"),
        ('Phase,Item\nOne,"' + "long " * 40_000 + "\n", "field larger than field limit"),
        ("Phase,Item\n" + "One,Top\n" * 5_001, "at most 5,000 are read"),
        ("Phase,Item\n" + ",\n" * 60_000, f"more than {Limits().lines:,} rows"),
        ("", "is empty"),
    ],
)
def test_what_is_no_table_of_a_plan_is_refused_in_a_sentence(text, words):
    with pytest.raises(Refused, match=words):
        outlined(text)


# -- From file to project ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["plan.csv", "plan.xlsx"])
def test_an_upload_is_previewed_and_becomes_a_project_that_keeps_its_bytes(name, manager, signed_in):
    data = TABLE.encode() if name == "plan.csv" else workbook(csv.reader(io.StringIO(TABLE)))
    browser = signed_in(manager)
    address = browser.post(reverse("project_new"), {"file": SimpleUploadedFile(name, data)}).url
    for _ in range(2):
        assert "Backup restored" in browser.get(address).text
    launch = {"name": "Lamps", "customer": "", "system": "", "go_live": "2027-02-07T08:00", "zone": "Europe/Athens"}
    browser.post(address, launch)
    project = Project.objects.get()
    assert [each.text for each in project.items.all()] == [
        "Database ready",
        "Backup restored",
        "Rows counted",
        "Lamps answer",
    ]
    assert (bytes(project.source), project.source_name) == (data, name)


def test_a_template_of_a_table_is_kept_as_markdown(manager, signed_in):
    upload = SimpleUploadedFile("plan.csv", TABLE.encode())
    signed_in(manager).post(reverse("template_new"), {"title": "Lamps", "file": upload})
    text = bytes(TemplateVersion.objects.get().source).decode()
    assert "- [ ] Database ready\n  - [ ] Backup restored\n" in text


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("plan_csv", "text/csv; charset=utf-8"),
        ("plan_xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_the_pages_give_files_that_read_back(project, auditor, signed_in, name, kind):
    response = signed_in(auditor).get(reverse(name, args=[project.slug]))
    file = f"{project.slug}.{name.removeprefix('plan_')}"
    assert response["Content-Type"] == kind
    assert response["Content-Disposition"] == f'attachment; filename="{file}"'
    assert len(all_items(read_document(response.content, file))) == 7


# -- Hostile files -----------------------------------------------------------------------------------------------------


def archive(parts: dict[str, bytes], *, workbook: bool = True) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        if workbook:
            file.writestr("xl/workbook.xml", b"<workbook/>")
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def replaced(data: bytes, name: str, content: bytes) -> bytes:
    """A workbook with one of its parts exchanged."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return out.getvalue()


GOOD = workbook([["Phase", "Item"], ["One", "Top"]])
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)
OUTSIDE = LAUGHS.replace(b'<!ENTITY a "ha">', b'<!ENTITY a SYSTEM "file:///etc/passwd">')
HOSTILE = {
    "bomb": archive({"xl/worksheets/sheet1.xml": b"0" * 60_000_000}),
    "tight": archive({"xl/worksheets/sheet1.xml": b"0" * 10_000_000}),
    "many": archive({f"xl/{number}": b"x" for number in range(1_100)}),
    "word": archive({"word/document.xml": b"<document/>"}, workbook=False),
    "links": archive({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    "cut": GOOD[: len(GOOD) // 2],
    "no zip": b"PK\x03\x04" + b"\x00" * 200,
    "laughs": replaced(GOOD, "xl/worksheets/sheet1.xml", LAUGHS),
    "outside": replaced(GOOD, "xl/worksheets/sheet1.xml", OUTSIDE),
    "no sheet": replaced(GOOD, "xl/worksheets/sheet1.xml", b"<worksheet"),
    "no book": replaced(GOOD, "xl/workbook.xml", b"\x00\x01"),
    "old": b"\xd0\xcf\x11\xe0" + b"\x00" * 500,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_workbook_is_refused_quickly(name):
    begin = time.process_time()
    with pytest.raises(Refused) as refusal:
        read_document(HOSTILE[name], "plan.xlsx")
    assert time.process_time() - begin < 1
    assert "/etc/passwd" not in str(refusal.value)


def test_one_entry_cannot_hide_behind_another():
    data = archive({"xl/a.xml": b"x"})
    with pytest.warns(UserWarning, match="Duplicate name"):
        out = io.BytesIO(data)
        with zipfile.ZipFile(out, "a") as file:
            file.writestr("xl/a.xml", b"y")
    with pytest.raises(Refused):
        refuse_archive(out.getvalue())


def test_a_cell_at_the_end_of_the_world_costs_nothing():
    far = b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row></sheetData>'
    with zipfile.ZipFile(io.BytesIO(GOOD)) as file:
        sheet = file.read("xl/worksheets/sheet1.xml").replace(b"</sheetData>", far)
    begin = time.process_time()
    outline = read_document(replaced(GOOD, "xl/worksheets/sheet1.xml", sheet), "plan.xlsx", Limits())
    assert len(all_items(outline)) == 1
    assert time.process_time() - begin < 2
