"""Author's Markdown to safe HTML: the only door by which user text becomes markup.

Raw HTML is text here (markdown-it with html off), and what comes out passes an allow-list as well (nh3): two locks,
because a checklist comes from strangers.
"""

import re
from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "a",
    "code",
    "em",
    "strong",
    "s",
    "p",
    "ul",
    "ol",
    "li",
    "br",
    "pre",
    "blockquote",
    "table",
    "thead",
    "tbody",
} | {
    "tr",
    "th",
    "td",
}
SCHEMES = {"http", "https", "mailto"}
# Without one of these there is nothing to render: most lines of a plan are plain words.
MARKS = re.compile(r"[*_`\[\]<>&\\~!]|://|@")
# Marks that Markdown must pair up; a line with very many is no writing and would take seconds to untangle.
TANGLING = re.compile(r"[\[*_`<~]")
TANGLED = 200

_markdown = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"]).disable("image")


def _clean(html: str) -> SafeString:
    # nh3 has just taken out everything that is not on the allow-list.
    return mark_safe(  # noqa: S308
        nh3.clean(
            html,
            tags=TAGS,
            attributes={"a": {"href"}},
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
            url_relative="deny",
        )
    )


@lru_cache(maxsize=20_000)
def inline(text: str) -> SafeString:
    """One line: emphasis, code and links."""
    if not MARKS.search(text) or len(TANGLING.findall(text)) > TANGLED:
        return escape(text)
    return _clean(_markdown.renderInline(text))


@lru_cache(maxsize=2_000)
def block(text: str) -> SafeString:
    """Prose: paragraphs, lists and tables too."""
    if any(len(TANGLING.findall(line)) > TANGLED for line in text.split("\n")):
        return escape(text)
    return _clean(_markdown.render(text))
