"""The plan page: what it shows, and that its cost does not grow with the plan."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import builders
from tests.builders import item
from tests.conftest import NOON


def page(browser, project, query=""):
    return browser.get(project.get_absolute_url() + query).text


def test_everything_of_the_plan_is_on_it(project, technician, signed_in):
    text = page(signed_in(technician), project)
    for words in (
        "Phase 1: Before",
        "Servers",
        "Database ready",
        "Backup restored",
        "Lamps answer",
        "systemctl status",
    ):
        assert words in text
    assert "0 of 7" in text


def test_filters_show_what_they_say(project, technician, act, signed_in):
    item(project, "Lamps answer").claim(act(technician))
    item(project, "Certificates valid").complete(act(technician))
    browser = signed_in(technician)
    assert rows(page(browser, project, "?state=mine")) == {item(project, "Lamps answer").number}
    assert rows(page(browser, project, "?state=done")) == {item(project, "Certificates valid").number}
    assert len(rows(page(browser, project, "?state=todo"))) == 6
    assert len(rows(page(browser, project, "?state=nonsense"))) == 7


def rows(text: str) -> set[int]:
    return {int(number) for number in re.findall(r'<li class="item-row[^>]*id="item-(\d+)"', text)}


def test_an_auditor_gets_no_buttons(project, auditor, signed_in):
    assert "formaction" not in page(signed_in(auditor), project)


@pytest.mark.parametrize("count", [10, 400])
def test_queries_do_not_grow_with_the_plan(manager, signed_in, count):
    text = "# Long\n\n## Phase 1: Work\n\n" + "\n".join(f"- [ ] Thing {n} (count: ____ pieces)" for n in range(count))
    project = builders.project(manager, NOON, text, name=f"Long {count}")
    browser = signed_in(manager)
    page(browser, project)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(rows(page(browser, project))) == count
    assert len(queries) <= 8, [query["sql"][:80] for query in queries]
