"""What WeasyPrint writes into a PDF and no reader needs is left out again: a third of the file, and time to compress it.

Every line of text gets an element of structure of its own below its paragraph, and every span another one; here the
paragraph holds its text itself. Between letters stands how far to move, also where that is nowhere. The pages look the same
to the eye, and the same to whoever hears them read aloud.
"""

from __future__ import annotations

import pydyf  # type: ignore[import-untyped]

# Elements that say nothing by themselves.
EMPTY = {"/NonStruct", "/Span"}
NOWHERE = b">0<"


def trim(pdf: pydyf.PDF, pages: type[pydyf.Stream]) -> None:
    """Take out what is not needed; `pages` is the kind of stream that draws text."""
    for drawn in pdf.objects:
        if isinstance(drawn, pages):
            drawn.stream = [step.replace(NOWHERE, b"") if isinstance(step, bytes) else step for step in drawn.stream]
    if "StructTreeRoot" in pdf.catalog:
        _flatten(pdf)


def _flatten(pdf: pydyf.PDF) -> None:
    """Give what empty elements hold to the element around them, and strike them out."""
    elements = {
        each.reference: each
        for each in pdf.objects
        if isinstance(each, pydyf.Dictionary) and each.get("Type") == "/StructElem"
    }
    heirs: dict[bytes, bytes] = {}
    # Who is inside was added later, and goes first.
    for own, element in reversed(elements.items()):
        around = elements.get(element["P"])
        if element["S"] not in EMPTY or around is None or around.get("Pg") != element["Pg"] or own not in around["K"]:
            continue
        at = around["K"].index(own)
        around["K"][at : at + 1] = element["K"]
        for kid in element["K"]:
            if kid in elements:
                elements[kid]["P"] = element["P"]
        heirs[own] = element["P"]
        _strike_out(element)
    for held in pdf.objects:
        # The table from pieces of text to elements: a page's number, then one element for each of its pieces.
        if isinstance(held, pydyf.Dictionary) and "Nums" in held:
            for pieces in held["Nums"]:
                if isinstance(pieces, pydyf.Array):
                    pieces[:] = [_heir(each, heirs) for each in pieces]


def _heir(reference: bytes, heirs: dict[bytes, bytes]) -> bytes:
    while reference in heirs:
        reference = heirs[reference]
    return reference


def _strike_out(element: pydyf.Object) -> None:
    """Mark the object as free, as the first of every PDF is."""
    element.clear()
    element.number, element.offset, element.generation, element.free = 0, 0, 65535, "f"
