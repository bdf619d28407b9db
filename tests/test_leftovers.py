"""No page keeps words in English for those who read another language.

Each page is asked for in English and in the other language: a text that is the same in both, and is neither its author's
nor made of words that both languages have, was forgotten.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from golive_site import catalogues
from tests import builders
from tests.checklists.test_access import ADDRESSES, address

WORD = re.compile(r"[^\W\d_]{3,}")
BLANK = re.compile(r"%\(\w+\)[sd]|\{\w+\}|</?\w+>")
SILENT = {"script", "style", "code", "pre"}
SAID_BY = {"title", "aria-label", "placeholder", "alt"}
# Pages that belong to no project.
COMMON = ("projects", "work", "project_new", "template_list", "template_new", "verify", "awaited")
AUTHORS = """
Golive English Deutsch Ελληνικά Fog They blink Dark Level example.org plan.md pasted.md csv xlsx txt UTC EET EEST SHA JSON CSV
Excel Markdown PDF Alt Ctrl Esc Enter http testserver Europe Athens verify.py golive-ca.pem
"""


class Texts(HTMLParser):
    """What a page says: its text, and the words that are only spoken or pointed at."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        self.found |= {" ".join(value.split()) for name, value in attrs if name in SAID_BY and value}

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.found.add(" ".join(data.split()))


def said(answer) -> set[str]:
    texts = Texts()
    texts.feed(answer.text)
    return texts.found


def words_of(*texts: str) -> set[str]:
    return {word.casefold() for text in texts for word in WORD.findall(text)}


def words_in(language: str) -> set[str]:
    """All words of a language that we use, whatever they mean."""
    catalog = catalogues.kept(language, "django")
    forms = (form for each in catalogues.messages(catalog) for form in catalogues.forms_of(each.string))
    return words_of(*(BLANK.sub("", form) for form in forms))


def forgotten(browser, where: str, language: str, known: set[str]) -> set[str]:
    """What a page says in English to a reader of the language."""
    pages = [browser.get(where, headers={"accept-language": code}, follow=True) for code in ("en", language)]
    if "text/html" not in pages[0].headers["Content-Type"]:
        return set()
    both = said(pages[0]) & said(pages[1])
    return {text for text in both if not words_of(re.sub(r"\w*\d\w*", "", text)) <= known}


@pytest.fixture
def known(project):
    """The words that stand in both languages because people wrote them."""
    people = project.memberships.values_list("user__name", flat=True)
    return words_of(builders.PLAN, project.name, AUTHORS, *people)


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_page_of_a_project_keeps_english_words(project, manager, signed_in, known, language):
    known |= words_in(language)
    browser = signed_in(manager)
    left = {}
    for name in sorted(name for name, (method, _) in ADDRESSES.items() if method == "get" and "events" not in name):
        if found := forgotten(browser, address(name, project), language, known):
            left[name] = found
    assert left == {}


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_no_other_page_keeps_english_words(project, manager, signed_in, known, language):
    known |= words_in(language)
    browser = signed_in(manager)
    preview = browser.post(reverse("project_new"), {"text": builders.PLAN}, follow=True).redirect_chain[-1][0]
    pages = [*map(reverse, COMMON), preview]
    assert {page: found for page in pages if (found := forgotten(browser, page, language, known))} == {}
