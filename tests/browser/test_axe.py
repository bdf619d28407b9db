"""Every page passes axe (WCAG 2.2 A and AA), wide and light as on the phone and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from checklists.models import Draft
from checklists.planning.items import retire_item
from tests.browser.conftest import PHONE, WIDE
from tests.builders import PLAN, item, sealed_record
from tests.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = [
    "",
    "items/5/",
    "?state=mine",
    "sign-off/",
    "sign-off/1/",
    "several/",
    "clone/",
    "contacts/",
    "procedures/",
    "journal/",
    "readiness/",
    "go-live/?go_live=2027-01-07T08:00&zone=Europe/Athens",
    "report/",
    "keeping/",
    "people/",
    "edit/",
    "edit/baseline/",
    "edit/lists/",
    "contacts/new/",
    "edit/items/new/?place=after-item-5",
    "items/5/edit/",
    "items/5/split/",
    "items/5/retirement/",
]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide light", "phone dark"])
def test_pages(enter, project, manager, technician, act, size, scheme):
    project.items.select_related("project").get(text="Lamps answer").block(act(technician), "No power")
    project.order_phases(act(manager), True)
    page = enter(manager, size=size)
    page.emulate_media(color_scheme=scheme)
    sealed_record(project)
    found = {}
    retire_item(item(project, "Certificates"), act(manager))
    draft = Draft.objects.create(owner=manager, name="plan.md", source=PLAN.encode(), created_at=NOON)
    first = [
        draft.get_absolute_url(),
        "/projects/",
        "/projects/new/",
        "/work/",
        "/verify/",
        "/templates/",
        "/templates/new/",
    ]
    phase, field = project.phases.first(), project.fields.first()
    changing = [f"phases/{phase.pk}/edit/", f"phases/{phase.pk}/retirement/", f"fields/{field.pk}/edit/"]
    for path in [*first, *(project.get_absolute_url() + part for part in [*PAGES, *changing])]:
        page.goto(path)
        results = Axe().run(page, options=RULES)
        if results.violations_count:
            found[path] = [(each["id"], each["nodes"][0]["html"]) for each in results.response["violations"]]
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    assert found == {}
