"""Evidence: what is taken and what is not, how it is kept, who sees it, and that nobody's browser runs it."""

import html
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.evidence_files import ENDINGS, FileRefused, clean_name, looked_at, pasted
from checklists.invariants import evidence_is_as_it_came
from checklists.models import Action, Evidence
from checklists.planning.items import retire_item
from signoffs import pdf
from signoffs.gate import standings
from signoffs.report import report_of
from tests.builders import item, settle, sign_all
from tests.conftest import NOON

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PDF = b"%PDF-1.7\n%\xe2\xe3\n"


def zipped(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


GOOD = {
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0" + b"\0" * 20,
    "jpeg": b"\xff\xd8\xff\xe1" + b"\0" * 20,
    "gif": b"GIF89a" + b"\0" * 20,
    "webp": b"RIFF\x10\0\0\0WEBPVP8 ",
    "pdf": PDF,
    **dict.fromkeys(("txt", "log", "csv", "json", "md", "yaml", "yml"), b"restored in 14 min\n"),
    "zip": zipped("a.txt"),
    "xlsx": zipped("[Content_Types].xml", "xl/workbook.xml"),
    "docx": zipped("[Content_Types].xml", "word/document.xml"),
}


def test_every_kind_that_is_offered_is_taken():
    assert set(GOOD) == set(ENDINGS)
    for ending, content in GOOD.items():
        assert looked_at(f"proof.{ending}", content).media_type == ENDINGS[ending]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("picture.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("picture.png", b"\xff\xd8\xff\xe0"),
        ("picture.svg", b"<svg/>"),
        ("page.html", b"<p>hello"),
        ("page.txt", b"  <!DOCTYPE html><script>alert(1)</script>"),
        ("log.txt", b"\xff\xfe not utf-8"),
        ("log.txt", b"zero \0 byte"),
        ("report.pdf", b"PK\x03\x04"),
        ("sheet.xlsx", zipped("word/document.xml")),
        ("sheet.xlsx", PDF),
        ("run.exe", b"MZ"),
        ("no ending", b"text"),
        ("empty.txt", b""),
        ("picture.webp", b"RIFF\x10\0\0\0WAVEfmt "),
    ],
)
def test_what_is_not_what_it_says_is_refused(name, content):
    with pytest.raises(FileRefused, match=r"empty|kind"):
        looked_at(name, content)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        (r"C:\Users\nia\log.txt", "log.txt"),
        ('a"b\r\nX: y.txt', "a_bX_ y.txt"),
        ("\u202egnp.exe.txt", "gnp.exe.txt"),
        ("Λαμπτήρες.png", "Λαμπτήρες.png"),
        ("x" * 300 + ".png", "x" * 116 + ".png"),
        (".txt", "txt"),
        ("", "file"),
    ],
)
def test_names_are_made_harmless(typed, name):
    assert clean_name(typed) == name


def add(project, act, content=PNG, name="lamps.png", **place):
    return Evidence.objects.add(project, act, looked_at(name, content), "Both lit", **place)


def test_it_is_kept_under_its_hash_and_told_in_the_journal(project, technician, act):
    lamps = item(project, "Lamps answer")
    kept = add(project, act(technician), item=lamps)
    assert kept.path.read_bytes() == PNG
    entry = project.journal.last()
    assert (entry.action, entry.item, entry.remark) == (Action.EVIDENCE_ADDED, lamps, "Both lit")
    assert entry.facts == {"file": "lamps.png", "sha256": kept.sha256}
    assert list(evidence_is_as_it_came(project)) == []
    kept.path.write_bytes(b"other")
    assert "not as it came" in next(evidence_is_as_it_came(project))
    kept.path.unlink()
    assert "is not there" in next(evidence_is_as_it_came(project))


def test_beyond_the_quota_nothing_is_kept(project, technician, act, settings):
    settings.EVIDENCE_QUOTA = 60
    first = add(project, act(technician))
    with pytest.raises(TransitionRefused, match="may hold 60"):
        add(project, act(technician))
    assert list(Evidence.objects.all()) == [first]
    assert [path.name for path in first.path.parent.iterdir()] == [str(first.uuid)]


def test_a_closed_place_takes_no_more(project, technician, approver, act):
    settle(project, act(technician))
    sign_all(project, NOON, approver)
    with pytest.raises(TransitionRefused, match="A manager can reopen it"):
        add(project, act(technician), item=item(project, "Lamps answer"))
    assert not Evidence.objects.exists()


def test_it_is_at_one_place(project, technician, act):
    phase = project.phases.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        add(project, act(technician), phase=phase, item=item(project, "Lamps answer"))


def test_what_is_shown_is_signed(project, technician, act):
    settle(project, act(technician))
    before = [each.digest for each in standings(project)]
    kept = add(project, act(technician), item=item(project, "Certificates valid"))
    after = [each.digest for each in standings(project)]
    assert all(one != other for one, other in zip(before, after, strict=True))
    kept.withdraw(act(technician), "The wrong lamp")
    assert [each.digest for each in standings(project)] == before


def test_the_report_names_file_and_hash(project, technician, act):
    kept = add(project, act(technician), item=item(project, "Lamps answer"))
    other = add(project, act(technician), phase=project.phases.first(), name="pier.png")
    html = pdf.html_of(report_of(project, NOON))
    for piece in (kept, other):
        assert piece.name in html
        assert piece.sha256 in html


# -- On the screen -----------------------------------------------------------------------------------------------------


def upload(client, project, place, *files, **data):
    target = reverse("place_evidence", args=[project.slug, place])
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(target, {"evidence": uploads, **data}, follow=True)


def test_files_and_output_are_brought_by_one_form(project, technician, signed_in):
    lamps = item(project, "Lamps answer")
    page = upload(
        signed_in(technician),
        project,
        f"item-{lamps.pk}",
        ("lamps.png", PNG),
        ("run.exe", b"MZ"),
        output="lamps: 2\r\nlit: 2",
        remark="From the pier",
    )
    assert "2 pieces of evidence were kept" in page.text
    assert "Files of this kind are not taken" in page.text
    picture, output = Evidence.objects.filter(item=lamps)
    assert (picture.name, picture.remark, picture.by) == ("lamps.png", "From the pier", technician)
    assert output.path.read_bytes() == b"lamps: 2\nlit: 2"
    assert "2 evidence" in signed_in(technician).get(project.get_absolute_url()).text


def test_a_file_that_is_too_large_is_refused(project, technician, signed_in, settings):
    settings.EVIDENCE_BYTES = 10
    page = upload(signed_in(technician), project, "plan-0", ("lamps.png", PNG))
    assert "is larger than 10" in page.text
    assert not Evidence.objects.exists()


def test_nothing_chosen_is_said(project, technician, signed_in):
    assert "Choose a file, or paste some output" in upload(signed_in(technician), project, "plan-0").text


LOG = "\nlamps: 2 <of 3>\nlit: 1\n"


# What is out of the plan is closed by nothing.
REFUSED = [
    (where, why)
    for where in ("item", "plan", "retired")
    for why in ("closed", "quota", "shape")
    if (where, why) != ("retired", "closed")
]


@pytest.mark.parametrize(("where", "why"), REFUSED)
def test_what_was_pasted_stays_in_the_form_when_it_is_refused(
    project, technician, manager, approver, act, signed_in, settings, where, why
):
    lamps = item(project, "Lamps answer")
    place, remark, output = f"item-{lamps.pk}", "From the pier", LOG
    if where == "plan":
        place = "plan-0"
    if why == "quota":
        settings.EVIDENCE_QUOTA = 10
    elif why == "shape":
        remark = "x" * 1001
    elif where != "retired":
        settle(project, act(technician))
        sign_all(project, NOON, approver)
    if where == "retired":
        retire_item(lamps, act(manager), reason="Another harbour")
    page = upload(signed_in(technician), project, place, output=output, remark=remark)
    assert page.status_code == (422 if why == "shape" else 409)
    assert not Evidence.objects.exists()
    assert html.unescape(page.text).count(LOG) == 1
    assert where == "retired" or f'value="{remark}"' in page.text


def test_what_was_kept_beside_a_refused_file_does_not_come_back(project, technician, signed_in):
    page = upload(signed_in(technician), project, "plan-0", ("run.exe", b"MZ"), output="lit: 3", remark="All lit")
    assert "1 piece of evidence was kept" in page.text
    assert "lit: 3</textarea>" not in page.text
    assert 'value="All lit"' in page.text


@pytest.mark.parametrize("place", ["item", "plan"])
def test_a_reason_that_is_too_long_stays_in_the_form(project, technician, act, signed_in, place):
    at = {"item": item(project, "Lamps answer")} if place == "item" else {}
    kept = add(project, act(technician), **at)
    target = reverse("evidence_withdrawal", args=[project.slug, kept.uuid])
    page = signed_in(technician).post(target, {"reason": "y" * 1001})
    assert page.status_code == 422
    assert "y" * 1001 in page.text


def test_no_browser_runs_it(project, technician, signed_in, act):
    picture = add(project, act(technician))
    page = add(project, act(technician), b"<b>not run</b>", "page.txt")
    client = signed_in(technician)
    shown = client.get(reverse("evidence_file", args=[project.slug, picture.uuid]))
    assert shown.content == PNG
    assert shown.headers["Content-Disposition"] == 'inline; filename="lamps.png"'
    taken = client.get(reverse("evidence_file", args=[project.slug, page.uuid]))
    assert taken.headers["Content-Disposition"] == 'attachment; filename="page.txt"'
    for answer in (shown, taken):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    downloads = project.journal.filter(action=Action.EVIDENCE_DOWNLOADED)
    assert [entry.facts["file"] for entry in downloads] == ["page.txt"]


def test_only_who_added_it_and_managers_withdraw_it(project, technician, other_technician, manager, act, signed_in):
    kept = add(project, act(technician))
    target = reverse("evidence_withdrawal", args=[project.slug, kept.uuid])
    assert signed_in(other_technician).post(target, {"reason": "No"}).status_code == 403
    signed_in(manager).post(target, {"reason": ""})
    kept.refresh_from_db()
    assert kept.withdrawn_at is None
    page = signed_in(manager).post(target, {"reason": "Another harbour"}, follow=True)
    assert "Another harbour" in page.text
    assert kept.path.exists()


@pytest.mark.parametrize("place", ["phase-0", "item-x", "nowhere-1", "plan-1", "plan"])
def test_a_place_that_is_not_there(project, technician, signed_in, place):
    assert signed_in(technician).get(reverse("place", args=[project.slug, place])).status_code == 404


def test_pasted_output_has_a_number_in_its_name():
    assert pasted("ok", 3).name == "output-3.txt"
