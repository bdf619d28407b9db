"""Every document that customers gave us, completed and sealed: it verifies, all its words are on paper, no box is empty."""

from __future__ import annotations

import io
import logging
import os
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from pypdf import PdfReader

from checklists.rendering import inline
from signoffs import glyphs, pdf, seal, sealing, verify
from signoffs.models import JobState, Record
from tests.builders import SHARED, project, settle, sign_all
from tests.conftest import NOON

if pdf.problem() and not os.environ.get("GOLIVE_REQUIRE_PDF"):
    pytest.skip(f"no PDF on this machine. {pdf.problem()}", allow_module_level=True)

SEEDS = sorted((SHARED / "seeds").glob("*.txt"))
CORPUS = sorted((SHARED / "corpus").glob("*.md"))
# All of them take minutes; one seed is always drawn.
DOCUMENTS = [*SEEDS, *CORPUS] if os.environ.get("GOLIVE_SLOW") else SEEDS[:1]


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def shown(text: str) -> str:
    """An item's text as a reader sees it: without markup, with what paper can show."""
    plain = re.sub(r"<[^>]+>", "", inline(text))
    for entity, sign_ in (
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
        ("&quot;", '"'),
        ("&#x27;", "'"),
        ("&#39;", "'"),
    ):
        plain = plain.replace(entity, sign_)
    return squeezed(glyphs.printable(plain, pdf.without_glyph))


def is_in(words: str, pages: list[str]) -> bool:
    """On one page, or begun on one and ended on the next."""
    if any(words in page for page in pages):
        return True
    leaves = list(pairwise(pages))
    return any(words[:at] in one and words[at:] in other for at in range(1, len(words)) for one, other in leaves)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem[:3])
def test_it_is_sealed_with_every_word(path, manager, technician, approver, act, caplog):
    made = project(manager, NOON, path.read_bytes().decode("utf-8", "replace"), f"Launch {path.stem[:3]}")
    settle(made, act(technician))
    sign_all(made, NOON, approver)
    with made.locked(act(manager)):
        record = Record.objects.order(made, act(manager), 1)
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        sealing.seal_due(NOON + timedelta(seconds=1))
    record.refresh_from_db()
    assert record.state == JobState.SEALED, record.problem
    content = record.path.read_bytes()
    result = verify.verify(
        content, [seal.current().authority.dump()], record.sha256, (record.head_seq, record.head_hash)
    )
    assert result.verdict == verify.GOOD, [str(each) for each in result.findings]
    complaints = [each.getMessage() for each in caplog.records if ".notdef" in each.getMessage()]
    assert complaints == []
    pages = [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]
    assert [item.text for item in made.items.all() if not is_in(shown(item.text), pages)] == []
