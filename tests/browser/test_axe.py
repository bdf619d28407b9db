"""Every page passes axe (WCAG 2.2 A and AA), wide and light as on the phone and dark.

The pages of a project are those of the table of addresses, so that none is forgotten.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import get_resolver, reverse

from checklists.models import Draft
from checklists.planning.items import retire_item
from tests.browser.conftest import PHONE, WIDE
from tests.builders import PLAN, item
from tests.checklists.test_access import ADDRESSES, address
from tests.conftest import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

# Beside the addresses by name, these show something else.
QUERIES = {
    "project": ["?state=mine"],
    "go_live": ["?go_live=2027-01-07T08:00&zone=Europe/Athens"],
    "plan_item_new": ["?place=after-item-5"],
}
# A stream that does not end.
NO_PAGE = {"project_events"}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


def of_project(project) -> list[str]:
    """What the table of addresses has to look at."""
    names = [name for name, (method, _) in ADDRESSES.items() if method == "get" and name not in NO_PAGE]
    return [address(name, project) + query for name in names for query in ("", *QUERIES.get(name, ()))]


def of_site() -> list[str]:
    """Every address that stands for itself."""
    known = get_resolver().reverse_dict
    return [reverse(name) for name in known if isinstance(name, str) and not known[name][0][0][1]]


def is_page(answer) -> bool:
    """Whether it is a whole page, and neither a file nor a piece for htmx."""
    return answer.status_code == 200 and b"<html" in b"".join(answer)[:300]


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide light", "phone dark"])
def test_pages(enter, project, manager, technician, act, signed_in, size, scheme):
    project.items.select_related("project").get(text="Lamps answer").block(act(technician), "No power")
    project.order_phases(act(manager), True)
    manager.is_superuser = True
    manager.save()
    retire_item(item(project, "Certificates"), act(manager))
    draft = Draft.objects.create(owner=manager, name="plan.md", source=PLAN.encode(), created_at=NOON)
    client = signed_in(manager)
    paths = [path for path in [draft.get_absolute_url(), *of_site(), *of_project(project)] if is_page(client.get(path))]
    page, found = enter(manager, size=size), {}
    page.emulate_media(color_scheme=scheme)
    for path in paths:
        page.goto(path)
        results = Axe().run(page, options=RULES)
        if results.violations_count:
            found[path] = [(each["id"], each["nodes"][0]["html"]) for each in results.response["violations"]]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    assert found == {}
    assert len(paths) > 50
