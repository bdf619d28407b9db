"""What is left out of a PDF is nothing that anybody reads: every text still belongs to an element, which knows it."""

import io
import os

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NumberObject

from signoffs import pdf

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)

HTML = """<html lang=en><title>x</title><body><h1>Title</h1>
<p>One <span>two <b>three</b></span> <a href="https://example.org/">four</a> five</p><p>{long}</p>
<table><tr><th>Head</th></tr><tr><td>Cell with <span>a span</span></td></tr></table></body>"""


@pytest.fixture
def drawn():
    return pdf.written(HTML.format(long="A long paragraph. " * 600), "")


def elements(parent):
    """Every element below, the parent first."""
    kids = parent.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        if isinstance(each := kid.get_object(), DictionaryObject) and "/S" in each:
            yield each
            yield from elements(each)


def test_every_text_belongs_to_the_element_that_holds_it(drawn):
    root = PdfReader(io.BytesIO(drawn)).trailer["/Root"]["/StructTreeRoot"]
    table = [each.get_object() for each in root["/ParentTree"]["/Nums"]]
    owners = [owner.get_object() for held in table if isinstance(held, ArrayObject) for owner in held]
    held = {id(each): [kid for kid in each["/K"] if isinstance(kid, NumberObject)] for each in elements(root)}
    texts = sum(map(len, held.values()))

    assert texts == len(owners) > 50, "a line each"
    assert all(held[id(owner)] for owner in owners)
    for pieces in (each for each in table if isinstance(each, ArrayObject)):
        assert all(number in held[id(owner.get_object())] for number, owner in enumerate(pieces))


def test_lines_and_spans_are_no_elements_and_headings_links_and_cells_are(drawn):
    root = PdfReader(io.BytesIO(drawn)).trailer["/Root"]["/StructTreeRoot"]
    kinds = [each["/S"] for each in elements(root)]

    assert {"/Document", "/H1", "/P", "/Link", "/Table", "/TH", "/TD"} <= set(kinds)
    assert "/Span" not in kinds
    assert len(kinds) < 20
    for each in elements(root):
        kids = [kid.get_object() for kid in each["/K"]]
        assert all(kid["/P"].get_object() is each for kid in kids if isinstance(kid, DictionaryObject) and "/S" in kid)


def test_nothing_moves_by_nothing(drawn):
    assert all(b">0<" not in page.get_contents().get_data() for page in PdfReader(io.BytesIO(drawn)).pages)
