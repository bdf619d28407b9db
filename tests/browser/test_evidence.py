"""Evidence as people bring it: a picture from the clipboard, a file that is dropped beside the form."""

import pytest
from playwright.sync_api import expect

from checklists.models import Evidence
from tests.builders import item

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

# What a browser tells of a file that is let go or pasted at an element.
GIVE = """([selector, kind]) => {
  const brought = new DataTransfer();
  brought.items.add(new File(["up 3 days"], "uptime.txt", { type: "text/plain" }));
  const event = kind === "drop"
    ? new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: brought })
    : new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: brought });
  return !document.querySelector(selector).dispatchEvent(event);
}"""


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_file_comes_into_the_form_of_the_item(enter, project, technician, kind):
    page = enter(technician)
    page.goto(item(project, "Lamps answer").get_absolute_url())
    assert page.evaluate(GIVE, [".notes, .note-form", kind])
    expect(page.locator(".evidence-form")).to_be_visible()
    page.click(".evidence-form [type=submit]")
    page.wait_for_selector("a:text-is('uptime.txt')")
    assert Evidence.objects.get().name == "uptime.txt"


def test_a_file_beside_two_opened_items_goes_where_it_is_let_go(enter, project, technician):
    page = enter(technician)
    page.goto(project.get_absolute_url())
    for words in ("Lamps answer", "Certificates valid"):
        page.click(f".item-row:has-text('{words}') .item-text")
    panels = page.locator(".item-row.is-expanded")
    expect(panels).to_have_count(2)
    second = panels.nth(1).get_attribute("id")
    assert page.evaluate(GIVE, [f"#{second} .item-side", "drop"])
    assert panels.nth(1).locator("[type=file]").first.evaluate("box => box.files.length") == 1
    assert panels.nth(0).locator("[type=file]").first.evaluate("box => box.files.length") == 0
    assert not page.evaluate(GIVE, ["h1", "drop"])
