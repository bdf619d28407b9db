"""The templates that come with the application: good enough for real use, and loaded once."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from checklists.importing.reading import read_checklist
from checklists.management.commands.load_library import FOLDER, LIBRARY
from checklists.models import Template
from checklists.templating import variables_of
from checklists.versions import add_template, add_version

NOON = datetime(2027, 1, 5, 12, tzinfo=UTC)
TEXT = "- [ ] Only this"


@pytest.mark.parametrize("shipped", LIBRARY, ids=lambda shipped: shipped.slug)
def test_what_we_ship_is_read_without_a_doubt(shipped):
    outline = read_checklist((FOLDER / f"{shipped.slug}.md").read_bytes())
    counts = outline.counts
    assert outline.warnings == []
    assert outline.repairs == []
    assert 60 <= counts["items"] <= 120
    assert counts["phases"] >= 8
    assert all(phase.window or "Ongoing" in phase.title for phase in outline.phases)
    assert counts["rounds"] >= 1
    assert {"number", "yesno", "colour", "long"} <= {
        field.kind for phase in outline.phases for field in all_fields(phase)
    }
    rollback = next(each for each in outline.procedures if each.kind == "rollback")
    assert len(rollback.steps) >= 7
    assert "at most" in rollback.estimate
    assert sum(1 for each in outline.criteria if each.kind == "rollback") >= 4
    assert sum(1 for each in outline.criteria if each.kind == "success") >= 5
    assert sum(1 for slot in outline.slots if slot.kind == "vote") == 4
    assert sum(1 for slot in outline.slots if slot.scope and slot.kind == "signature") >= 4
    assert any(slot.title == "Go-Live Approved" and not slot.scope for slot in outline.slots)
    assert counts["escalation_levels"] == 3
    assert any(contact.emergency for contact in outline.contacts)
    assert {"customer", "date"} <= {each.answer for each in variables_of((FOLDER / f"{shipped.slug}.md").read_text())}


def all_fields(place):
    yield from place.fields
    for inner in (*place.items, *getattr(place, "sections", [])):
        yield from all_fields(inner)


def test_every_file_of_the_library_is_shipped():
    assert {path.stem for path in Path(FOLDER).glob("*.md")} == {shipped.slug for shipped in LIBRARY}


def test_the_library_is_loaded_once_and_a_changed_text_becomes_a_version(manager, tmp_path, monkeypatch, capsys):
    for _ in range(2):
        call_command("load_library")
        assert Template.objects.count() == len(LIBRARY)
        assert all(template.versions.count() == 1 for template in Template.objects.all())
    web = Template.objects.get(slug="web-application")
    add_version(web, TEXT.encode(), NOON, manager, "Ours")
    for shipped in LIBRARY:
        text = (FOLDER / f"{shipped.slug}.md").read_text()
        (tmp_path / f"{shipped.slug}.md").write_text(text + ("\n" if shipped.slug == "web-application" else ""))
    call_command("load_library")
    assert web.versions.count() == 2
    monkeypatch.setattr("checklists.management.commands.load_library.FOLDER", tmp_path)
    for _ in range(2):
        call_command("load_library")
        assert web.versions.count() == 3
    assert "Added version 3 of the template Web application." in capsys.readouterr().out


def test_the_library_leaves_somebodys_own_template_alone(manager, capsys):
    add_template("Web", "", TEXT.encode(), NOON, manager, slug="web-application")
    call_command("load_library")
    assert Template.objects.get(slug="web-application").versions.count() == 1
    assert "ours was left out" in capsys.readouterr().out
