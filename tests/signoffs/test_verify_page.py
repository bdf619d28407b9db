"""The public page: no account, nothing kept, nothing that a file could do to the server."""

from __future__ import annotations

import io
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from checklists.models import JournalEntry
from signoffs import pdf, seal, verify
from signoffs.evidence import evidence_of
from signoffs.report import report_of
from tests.builders import sealed_record
from tests.conftest import NOON

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)


@pytest.fixture
def content(project) -> bytes:
    evidence = evidence_of(report_of(project, NOON), 1)
    return seal.sealed(pdf.written("<html lang=en><h1>Record</h1>", "", evidence, NOON), "Record")


def drop(client, content: bytes, name: str = "record.pdf"):
    return client.post(reverse("verify"), {"file": SimpleUploadedFile(name, content, "application/pdf")})


def test_a_good_record_is_called_good(client, content, project):
    page = drop(client, content)
    assert page.status_code == 200
    assert "record.pdf is good" in page.text
    assert "keeps no record with exactly these bytes" in page.text
    assert "Harbour Lights" in page.text


def test_our_own_file_is_known_and_whether_it_is_superseded(client, content, project):
    record = sealed_record(project, content)
    assert "byte for byte a record that this instance keeps" in drop(client, content).text
    record.superseded_at = NOON
    record.save()
    page = drop(client, content).text
    assert "reopened on 5 Feb 2027" in page
    # Who reads no more than the headline, too.
    assert "record.pdf is genuine, but superseded" in page and "record.pdf is good" not in page


def test_what_is_no_pdf_is_called_so(client, db):
    page = drop(client, b"Dear Sir, " * 200, "letter.pdf").text
    assert "Do not rely on letter.pdf" in page and "The file is no PDF." in page


@pytest.mark.parametrize(
    "change", [lambda c: c + b" ", lambda c: c.replace(b"2027", b"2028", 1), lambda c: b"%PDF", lambda c: b""]
)
def test_anything_else_is_not(client, content, change):
    page = drop(client, change(content))
    assert page.status_code in (200, 422)
    assert "is good" not in page.text


def test_names_are_hostile(client, content):
    page = drop(client, content, '"><script>alert(1)</script>.pdf')
    assert "<script>alert" not in page.text


def test_too_large_a_file_is_not_even_read(client, settings):
    settings.VERIFY_BYTES = 1_000
    page = drop(client, b"x" * 30_000)
    assert page.status_code == 413
    assert "too large" in page.text


def test_nothing_is_kept_and_nobody_needs_an_account(client, content, project, settings):
    before = JournalEntry.objects.count()
    kept = set(settings.DATA_DIR.rglob("*"))
    drop(client, content)
    assert JournalEntry.objects.count() == before
    assert set(settings.DATA_DIR.rglob("*")) == kept
    assert set(client.cookies) <= {"csrftoken"}


def test_the_page_gives_what_one_needs_offline(client, db):
    page = client.get(reverse("verify")).text
    assert seal.fingerprint(seal.current().authority) in page
    assert b"".join(client.get(reverse("verify_file"))).startswith(b"#!/usr/bin/env")
    authority = client.get(reverse("verify_authority")).content
    assert verify.certificates([authority])[0].dump() == seal.current().authority.dump()


def test_a_bomb_hurts_nobody(client, content):
    """A stream of zeros that unpacks to gigabytes: the process that reads it gives up, the page says so."""
    import zlib

    packed = zlib.compressobj(9)
    bomb = b"".join([packed.compress(b"\0" * 10_000_000) for _ in range(200)]) + packed.flush()
    out = io.BytesIO()
    out.write(
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Count 0/Kids[]>>\nendobj\n"
    )
    at = out.tell()
    out.write(
        b"3 0 obj\n<</Type/XRef/Size 4/W[1 4 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>\nstream\n" % len(bomb)
        + bomb
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % at
    )
    page = drop(client, out.getvalue())
    assert page.status_code in (200, 422)
    assert "Do not rely on" in page.text or "took too long" in page.text
