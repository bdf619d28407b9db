"""What ISO 19005-3 (PDF/A-3, level A) demands, as far as it can be checked without veraPDF: clause by clause on what we write."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, IndirectObject, NameObject, StreamObject

from signoffs import pdf, seal
from signoffs.evidence import evidence_of
from signoffs.report import report_of
from tests.builders import settle, sign_all
from tests.conftest import NOON

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)

PDFAID, DC = "{http://www.aiim.org/pdfa/ns/id/}", "{http://purl.org/dc/elements/1.1/}"
PDF, XMP = "{http://ns.adobe.com/pdf/1.3/}", "{http://ns.adobe.com/xap/1.0/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
# ISO 32000-1, 14.8.4, those that reports have.
STANDARD = {
    *("/Document", "/Part", "/Art", "/Sect", "/Div", "/BlockQuote", "/Caption", "/P", "/L", "/LI", "/Lbl", "/LBody"),
    *("/H", "/H1", "/H2", "/H3", "/H4", "/H5", "/H6", "/Table", "/TR", "/TH", "/TD", "/THead", "/TBody", "/TFoot"),
    *("/Span", "/Quote", "/Note", "/Code", "/Link", "/Figure", "/NonStruct", "/Form"),
}
FORBIDDEN_ACTIONS = {
    *("/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition", "/Trans"),
    *("/GoTo3DView", "/JavaScript"),
}


def objects(reader: PdfReader) -> Iterator[Any]:
    """All that the file consists of, each once."""
    seen, waiting = set(), [reader.trailer]
    while waiting:
        here = waiting.pop()
        if isinstance(here, IndirectObject):
            if here.idnum in seen:
                continue
            seen.add(here.idnum)
            here = here.get_object()
        yield here
        if isinstance(here, DictionaryObject):
            waiting += [here.raw_get(key) for key in here]
        elif isinstance(here, ArrayObject):
            waiting += list(here)


def dictionaries(reader: PdfReader) -> list[DictionaryObject]:
    return [each for each in objects(reader) if isinstance(each, DictionaryObject)]


def root(reader: PdfReader) -> DictionaryObject:
    return reader.trailer["/Root"]


def told(reader: PdfReader, name: str) -> str | None:
    """What the file says of itself in XML, be it as an attribute or as an element."""
    for each in fromstring(root(reader)["/Metadata"].get_object().get_data()).iter(f"{RDF}Description"):
        if (words := each.get(name)) is not None:
            return words
        if (found := each.find(name)) is not None:
            return found.findtext(f".//{RDF}li") or found.text
    return None


def fonts(reader: PdfReader) -> list[DictionaryObject]:
    return [each for each in dictionaries(reader) if each.get("/Type") == "/Font"]


def steps(reader: PdfReader) -> Iterator[tuple[bytes, list]]:
    for page in reader.pages:
        for operands, operator in ContentStream(page["/Contents"].get_object(), reader).operations:
            yield operator, operands


def is_not_encrypted(reader):  # 6.1.3
    return "/Encrypt" not in reader.trailer and len(reader.trailer["/ID"]) == 2


def uses_only_allowed_filters(reader):  # 6.1.7
    filters = {str(each.get("/Filter")) for each in objects(reader) if isinstance(each, StreamObject)}
    return filters <= {"None", "/FlateDecode", "['/FlateDecode']"}


def keeps_to_the_limits(reader):  # 6.1.13
    names = [each for each in objects(reader) if isinstance(each, NameObject)]
    texts = [each for each in objects(reader) if isinstance(each, str | bytes) and not isinstance(each, NameObject)]
    depth = deepest = 0
    for operator, _operands in steps(reader):
        depth += (operator == b"q") - (operator == b"Q")
        deepest = max(deepest, depth)
    return (
        all(len(each.encode()) <= 127 for each in names) and all(len(each) <= 32767 for each in texts) and deepest <= 28
    )


def has_one_rgb_output_intent(reader):  # 6.2.3
    (intent,) = root(reader)["/OutputIntents"]
    profile = intent["/DestOutputProfile"].get_object()
    return intent["/S"] == "/GTS_PDFA1" and profile["/N"] == 3 and profile.get_data()[36:40] == b"acsp"


def has_no_other_colours(reader):  # 6.2.4
    return not {b"k", b"K"} & {operator for operator, _ in steps(reader)} and not any(
        each == "/DeviceCMYK" for each in objects(reader)
    )


def embeds_every_font(reader):  # 6.2.11.4
    descriptors = [each["/FontDescriptor"] for each in fonts(reader) if each["/Subtype"] != "/Type0"]
    return bool(descriptors) and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(each) for each in descriptors)


def maps_every_glyph_to_text(reader):  # 6.2.11.7
    whole = [each for each in fonts(reader) if each["/Subtype"] == "/Type0"]
    told = [re.findall(rb"<\w+> <(\w+)>", each["/ToUnicode"].get_data()) for each in whole]
    return all(told) and not {b"0000", b"feff", b"fffe"} & {text.lower() for texts in told for text in texts}


def draws_no_box_for_a_missing_glyph(reader):  # 6.2.11.8
    return not any(
        bytes(text.original_bytes)[at : at + 2] == b"\0\0"
        for operator, operands in steps(reader)
        if operator in (b"TJ", b"Tj")
        for text in (operands[0] if operator == b"TJ" else operands)
        if hasattr(text, "original_bytes")
        for at in range(0, len(text.original_bytes), 2)
    )


def shows_every_annotation(reader):  # 6.3
    for page in reader.pages:
        for each in map(IndirectObject.get_object, page.get("/Annots", [])):
            rectangle = [float(edge) for edge in each["/Rect"]]
            is_seen = each["/F"] & 4 and not each["/F"] & 0b100011
            is_drawn = each["/Subtype"] == "/Link" or "/AP" in each or rectangle[:2] == rectangle[2:]
            if not is_seen or not is_drawn:
                return False
    return True


def asks_no_reader_to_draw_forms(reader):  # 6.4
    form = root(reader).get("/AcroForm", {})
    return "/XFA" not in form and not form.get("/NeedAppearances")


def runs_nothing(reader):  # 6.5
    return not any(
        "/AA" in each or "/JS" in each or each.get("/S") in FORBIDDEN_ACTIONS for each in dictionaries(reader)
    ) and "/JavaScript" not in root(reader).get("/Names", {})


def says_what_it_is(reader):  # 6.6.2, 6.6.4
    return (told(reader, f"{PDFAID}part"), told(reader, f"{PDFAID}conformance")) == ("3", "A")


def says_the_same_of_itself_twice(reader):  # 6.6.3
    info = reader.metadata or {}
    same = {"/Title": f"{DC}title", "/Producer": f"{PDF}Producer", "/Creator": f"{XMP}CreatorTool"}
    dates = {"/CreationDate": f"{XMP}CreateDate", "/ModDate": f"{XMP}ModifyDate"}
    title = told(reader, f"{DC}title")
    return (
        title == title.strip()
        and all(info[name] == told(reader, other) for name, other in same.items() if name in info)
        and all(
            re.sub(r"\D", "", info[name])[:14] == re.sub(r"\D", "", told(reader, other))[:14]
            for name, other in dates.items()
            if name in info
        )
    )


def is_tagged_in_a_language(reader):  # 6.7
    kinds = {each["/S"] for each in dictionaries(reader) if each.get("/Type") == "/StructElem"}
    return root(reader)["/MarkInfo"]["/Marked"] and root(reader)["/Lang"] and {"/Document"} <= kinds <= STANDARD


def gives_words_for_every_picture(reader):  # 6.7.3
    figures = [each for each in dictionaries(reader) if each.get("/S") == "/Figure"]
    return all(each.get("/Alt") for each in figures)


def relates_what_is_attached(reader):  # 6.8
    held = [each for each in dictionaries(reader) if each.get("/Type") == "/Filespec"]
    associated = [each.get_object() for each in root(reader).get("/AF", [])]
    return held == associated and all(
        {"/F", "/UF", "/AFRelationship"} <= set(each) and {"/Subtype", "/Params"} <= set(each["/EF"]["/F"].get_object())
        for each in held
    )


CLAUSES: tuple[Callable[[PdfReader], Any], ...] = (
    is_not_encrypted,
    uses_only_allowed_filters,
    keeps_to_the_limits,
    has_one_rgb_output_intent,
    has_no_other_colours,
    embeds_every_font,
    maps_every_glyph_to_text,
    draws_no_box_for_a_missing_glyph,
    shows_every_annotation,
    asks_no_reader_to_draw_forms,
    runs_nothing,
    says_what_it_is,
    says_the_same_of_itself_twice,
    is_tagged_in_a_language,
    gives_words_for_every_picture,
    relates_what_is_attached,
)


@pytest.mark.parametrize("kind", ["record", "full", "summary", "form"])
def test_every_clause_that_can_be_checked_holds(project, technician, approver, act, kind):
    item = project.items.filter(children=None).select_related("project").first()
    item.note(act(technician), "Ναι, да, نعم 👍 → https://example.org/runbook")
    if kind == "record":
        settle(project, act(technician))
        sign_all(project, NOON, approver)
    report = report_of(project, NOON)
    content = pdf.render(report, variant=kind if kind != "record" else "full")
    if kind == "record":
        content = seal.sealed(pdf.render(report, evidence_of(report, 1)), "Record")
    assert content.startswith(b"%PDF-1.7\n%") and min(content[10:14]) > 127 and content.rstrip().endswith(b"%%EOF")
    reader = PdfReader(io.BytesIO(content))
    assert [clause.__name__ for clause in CLAUSES if not clause(reader)] == []
