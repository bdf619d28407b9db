"""Author's Markdown to safe HTML."""

import time

import pytest

from checklists import rendering


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain words", "plain words"),
        ("a < b & c", "a &lt; b &amp; c"),
        ("**bold** and `code`", "<strong>bold</strong> and <code>code</code>"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[docs](docs/run.md)", '<a rel="noopener noreferrer nofollow">docs</a>'),
    ],
)
def test_inline(text, html):
    assert rendering.inline(text) == html


def test_a_picture_of_somewhere_else_is_not_fetched():
    assert "<img" not in rendering.inline("![x](https://example.org/x.png)")


@pytest.mark.parametrize("text", ["[" * 900, "[a" * 9000, "*a _b " * 3000, "`" * 5000])
def test_a_tangle_is_shown_as_it_is_and_quickly(text):
    begin = time.process_time()
    assert "<" not in rendering.inline(text)
    rendering.block("words\n\n" + text)
    assert time.process_time() - begin < 1
