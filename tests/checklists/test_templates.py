"""Templates: pages, versions, and projects made from them."""

import re
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.models import Project, Role, Template
from checklists.versions import add_template, add_version
from golive_site.accounts.models import User
from tests.builders import PLAN
from tests.builders import TEMPLATE as TEXT

LAUNCH = {
    "name": "Lamps",
    "customer": "A | B Ltd",
    "system": "Lamp",
    "go_live": "2027-02-07T08:00",
    "zone": "Europe/Athens",
}
NOON = datetime(2027, 1, 5, 12, tzinfo=UTC)


@pytest.fixture
def browser(manager, signed_in):
    return signed_in(manager)


@pytest.fixture
def template(manager):
    return add_template("Lamps", "For harbours", TEXT.encode(), NOON, manager)


def making(template, number=1):
    return reverse("template_project", args=[template.slug, number])


# -- Pages -----------------------------------------------------------------------------------------------------------


def test_everybody_who_signs_in_sees_the_templates_and_nobody_else(template, outsider, signed_in, client):
    page = signed_in(outsider).get(reverse("template_list")).text
    assert "Lamps" in page
    assert "For harbours" in page
    assert "5 items" in page
    for name in ("template_list", "template_new"):
        assert client.get(reverse(name)).url.startswith(reverse("account_login"))
    assert client.get(template.get_absolute_url()).status_code == 302


def test_the_list_asks_the_database_no_more_for_more_templates(
    template, manager, browser, django_assert_max_num_queries
):
    for number in range(8):
        add_template(f"Other {number}", "", TEXT.encode(), NOON, manager)
    with django_assert_max_num_queries(5):
        assert browser.get(reverse("template_list")).text.count("Make a project") == 9


def test_new_template_from_pasted_text_takes_the_documents_title(browser, manager):
    response = browser.post(reverse("template_new"), {"text": PLAN, "summary": "For harbours"})
    template = Template.objects.get()
    assert response.url == template.get_absolute_url()
    assert (template.name, template.slug, template.created_by) == (
        "Harbour Lights Go-Live",
        "harbour-lights-go-live",
        manager,
    )
    assert bytes(template.versions.get().source) == PLAN.encode()


def test_a_template_called_new_gets_another_address(browser):
    browser.post(reverse("template_new"), {"title": "New", "text": PLAN})
    assert browser.get(Template.objects.get().get_absolute_url()).status_code == 200
    assert Template.objects.get().slug == "new-2"


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", bytes(range(256)) * 40, b"- [ ] x\n" * 100_000])
def test_a_bad_file_is_refused_and_the_words_are_kept(browser, data):
    response = browser.post(
        reverse("template_new"), {"title": "My lamps", "summary": "Kept", "file": SimpleUploadedFile("x.md", data)}
    )
    assert response.status_code == 422
    assert 'value="My lamps"' in response.text
    assert 'value="Kept"' in response.text
    assert not Template.objects.exists()


def test_the_page_of_a_template_tells_outline_variables_and_versions(template, browser):
    page = browser.get(template.get_absolute_url()).text
    for words in (
        "Data centre",
        "[DATA_CENTRE]",
        "Night desk, Name",
        "Phase 2: Night",
        "Switched over",
        "Mara Manager",
    ):
        assert words in page


def test_a_version_is_added_with_a_remark_and_leads_to_what_changed(template, browser):
    address = reverse("template_version_new", args=[template.slug])
    assert "Switched over" in browser.get(address).text
    changed = TEXT.replace("Switched over", "Switched over and seen")
    response = browser.post(address, {"text": changed, "remark": "Somebody looks"})
    assert response.url == reverse("template_differences", args=[template.slug, 1, 2])
    page = browser.get(response.url).text
    assert "Somebody looks" in page
    assert "<ins> and seen</ins>" in page
    assert "Switched over and seen" in browser.get(template.get_absolute_url()).text
    assert "Switched over and seen" not in browser.get(reverse("template_version", args=[template.slug, 1])).text


def test_the_same_text_is_no_new_version(template, browser):
    address = reverse("template_version_new", args=[template.slug])
    response = browser.post(address, {"text": TEXT.replace("\n", "\r\n"), "remark": "Nothing"})
    assert response.status_code == 422
    assert "This is the text of version 1. Nothing was added." in response.text
    assert 'value="Nothing"' in response.text
    assert template.versions.count() == 1
    with pytest.raises(TransitionRefused):
        add_version(template, TEXT.encode(), NOON, None)


def test_the_text_of_a_version_is_handed_out_as_it_came_in(template, browser):
    response = browser.get(reverse("template_text", args=[template.slug, 1]))
    assert response.content == TEXT.encode()
    assert response["Content-Disposition"] == 'attachment; filename="lamps-v1.md"'


@pytest.mark.parametrize("query", ["", "?before=1", "?before=x&after=1", "?before=1&after=99999999999999999999"])
def test_a_comparison_without_two_numbers_leads_back(template, browser, query):
    address = reverse("template_comparison", args=[template.slug])
    assert browser.get(address + query).url == template.get_absolute_url()
    assert browser.get(address + "?before=1&after=1").url == reverse("template_differences", args=[template.slug, 1, 1])


def test_unknown_templates_and_versions_are_not_found(template, browser):
    for name, arguments in (
        ("template", ["nothing"]),
        ("template_version", [template.slug, 2]),
        ("template_version", [template.slug, 10**30]),
        ("template_differences", [template.slug, 1, 2]),
        ("template_project", [template.slug, 9]),
    ):
        assert browser.get(reverse(name, args=arguments)).status_code == 404


def test_markup_in_a_template_stays_text(browser):
    bad = TEXT.replace("Backup Date", "<b>x</b><script>alert(1)</script>").replace(
        "Switched over", "<img src=x onerror=a()>"
    )
    browser.post(reverse("template_new"), {"title": "<i>Bad</i>", "text": bad})
    template = Template.objects.get()
    add_version(template, bad.replace("<img", "<IMG SRC=y><img").encode(), NOON, None, "<u>r</u>")
    for address in (
        reverse("template_list"),
        template.get_absolute_url(),
        making(template),
        reverse("template_version_new", args=[template.slug]),
        reverse("template_differences", args=[template.slug, 1, 2]),
    ):
        page = browser.get(address).text
        assert not re.search(r"<script>alert|<img src=x|<IMG SRC=y|<i>Bad|<u>r|<b>x", page), address


# -- Projects --------------------------------------------------------------------------------------------------------


def names_of_fields(page: str) -> dict[str, str]:
    """The form's variables: label to name."""
    return {
        label.strip(): name
        for name, label in re.findall(r'<label\s+for="id_(variable_\d+)"[^>]*>\s*([^<]+?)\s*<', page)
    }


def test_a_project_is_made_of_the_filled_text_and_pinned(template, browser, manager):
    names = names_of_fields(browser.get(making(template)).text)
    assert set(names) == {"Backup Date", "Data centre", "Lead, Name", "Lead, Phone", "Night desk, Name"}
    data = LAUNCH | {names["Data centre"]: "Ness  Quay", names["Lead, Name"]: "Nia | Okafor"}
    data["people"] = "petros@example.org technician\n\nMaria@example.org, Approver\nari@example.org"
    response = browser.post(making(template), data)
    project = Project.objects.get()
    assert response.url == project.get_absolute_url()
    assert project.template_version == template.versions.get()
    assert project.source_name == "lamps-v1.md"
    source = bytes(project.source).decode()
    assert "# Go-Live of Lamp\n" in source
    assert "**Target Go-Live:** 07.02.2027" in source
    assert "Server of A | B Ltd stands in Ness Quay" in source
    assert "| Lead | Nia \\| Okafor | TBD |" in source
    assert "**Backup Date**: TBD (one week before)" in source
    assert project.items.get(text__startswith="Server").text == "Server of A | B Ltd stands in Ness Quay"
    roles = dict(project.memberships.values_list("user__email", "role"))
    assert roles == {
        manager.email: Role.MANAGER,
        "petros@example.org": Role.TECHNICIAN,
        "maria@example.org": Role.APPROVER,
        "ari@example.org": Role.TECHNICIAN,
    }
    assert project.journal.first().facts["template"] == "Lamps, version 1"
    assert [entry.action for entry in project.journal.all()] == ["project.created", *["member.added"] * 3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"people": "nobody"}, "“nobody” is no e-mail address"),
        ({"people": "a@example.org king"}, "“king” is no role"),
        ({"people": "a@example.org\nA@example.org auditor"}, "is there twice"),
        ({"people": "mara@example.org approver"}, "You become the manager"),
        ({"people": "a@example.org\n" * 201}, "At most 200 people"),
        ({"go_live": "2027-03-28T03:30"}, "skip 03:30"),
        ({"zone": "Nowhere"}, "is not a time zone"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_is_kept(template, browser, change, words):
    names = names_of_fields(browser.get(making(template)).text)
    data = LAUNCH | {names["Data centre"]: "Ness Quay", "people": "a@example.org auditor"} | change
    response = browser.post(making(template), data)
    assert response.status_code == 422
    assert words in response.text
    assert 'value="Ness Quay"' in response.text
    assert data["people"].strip().splitlines()[0] in response.text
    assert not Project.objects.exists()
    assert User.objects.count() == 1


def test_words_that_make_the_text_too_large_are_refused(manager, browser):
    large = TEXT + "".join(f"- [ ] {n} [BIG_WORD] [BIG_WORD] [BIG_WORD]\n" for n in range(4000))
    template = add_template("Large", "", large.encode(), NOON, manager)
    names = names_of_fields(browser.get(making(template)).text)
    response = browser.post(making(template), LAUNCH | {names["Big word"]: "x" * 300})
    assert response.status_code == 422
    assert "With these words the text cannot be read" in response.text
    assert not Project.objects.exists()


def test_a_running_project_sees_what_changed_since_its_version(template, browser, manager):
    browser.post(making(template), LAUNCH)
    project = Project.objects.get()
    address = reverse("project_template", args=[project.slug])
    assert "still the newest" in browser.get(address).text
    before = list(project.items.values_list("text", flat=True))
    add_version(template, TEXT.replace("Switched over", "Switched over, seen").encode(), NOON, manager, "Look")
    page = browser.get(address).text
    assert "Lamps, version 1" in page
    assert "<ins>, seen</ins>" in page
    assert list(project.items.values_list("text", flat=True)) == before
    project.refresh_from_db()
    assert project.template_version.number == 1


def test_a_project_without_a_template_says_so(project, browser):
    page = browser.get(reverse("project_template", args=[project.slug])).text
    assert "was not made from a template" in page
    assert "plan.md" in page
