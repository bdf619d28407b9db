"""What the importer understood arrives in the database: every count, and every word."""

import json
import re

import pytest
from django.conf import settings
from django.core.serializers import serialize

from checklists.importing.outline import items_of
from checklists.importing.plan import Launch, Source, create_project
from checklists.importing.reading import read_checklist
from checklists.models import Field, Item, Procedure, Section, Step
from checklists.models.item import Kind
from checklists.models.phase import PhaseKind
from tests.builders import T_ZERO, item, seed

WORD = re.compile(r"\w+")
DEMO = settings.BASE_DIR / "checklists" / "demo" / "launch.md"


def source(name: str) -> bytes:
    return DEMO.read_bytes() if name == "demo" else seed(name).read_bytes()


@pytest.fixture
def write(manager, act):
    def make(data: bytes):
        outline = read_checklist(data)
        launch = Launch("Any", "", "", T_ZERO, "Europe/Athens")
        return outline, create_project(outline, Source("plan.md", data), launch, act(manager))

    return make


@pytest.mark.parametrize("name", ["demo", "000", "001", "002", "003", "004"])
def test_every_count_and_every_word_arrives(write, name):
    outline, project = write(source(name))
    counts = outline.counts
    criteria = [each for top in outline.criteria if top.kind == "success" for each in items_of(top)]
    assert project.items.filter(kind=Kind.TASK).count() == counts["items"]
    assert project.items.filter(kind=Kind.CRITERION).count() == len(criteria)
    assert project.phases.filter(kind=PhaseKind.PHASE).count() == counts["phases"]
    assert project.fields.count() == counts["fields"]
    assert project.contacts.count() == counts["contacts"]
    assert project.escalation_levels.count() == counts["escalation_levels"]
    assert project.slots.exclude(scope="item").count() == counts["slots"]
    assert Step.objects.filter(procedure__project=project).count() == counts["steps"]

    kept = outline.as_json()
    for account in ("lines", "repairs", "guesses", "lint", "placeholders", "milestones"):
        kept.pop(account, None)
    arrived = words_of(serialize("json", rows_of(project), ensure_ascii=False))
    assert words_of(texts_of(kept)) - arrived == set()


def rows_of(project):
    yield from [project, *project.phases.all(), *project.items.all(), *project.contacts.all(), *project.slots.all()]
    yield from project.escalation_levels.all()
    yield from Section.objects.filter(phase__project=project)
    yield from Field.objects.filter(project=project)
    yield from Procedure.objects.filter(project=project)
    yield from Step.objects.filter(procedure__project=project)


def words_of(text: str) -> set[str]:
    return set(WORD.findall(json.loads(json.dumps(text)).replace("\\n", " ").replace("\\t", " ")))


def texts_of(value: object, key: str = "") -> str:
    """All texts of the object, but what only the account needs: a fence's language, column names, numbers of a list."""
    if key in ("languages", "labels", "counts", "kind", "number"):
        return ""
    if isinstance(value, dict):
        parts = [texts_of(inner, name) for name, inner in value.items()]
        return " ".join([*value, *parts] if key == "metadata" else parts)
    if isinstance(value, list):
        return " ".join(texts_of(inner) for inner in value)
    return value if isinstance(value, str) else ""


def test_an_items_place_and_parts_are_the_sources(project):
    part = item(project, "Replica follows")
    assert (part.parent.text, part.section.title, part.phase.title) == ("Database ready", "Servers", "Phase 1: Before")
    assert part.phase.window == "T-3 days"
    assert part.phase.offset_start == -3 * 24 * 60
    assert [each.number for each in Item.objects.filter(project=project)] == list(range(1, 8))


def test_a_phases_slot_signs_that_phase_and_the_last_one_the_plan(project):
    before, final = project.slots.all()
    assert before.phase.title == "Phase 1: Before"
    assert final.phase is None


def test_an_unbelievable_offset_keeps_its_words_only(write):
    _, project = write(b"# P\n\n## Phase 1: Far (T-99999999999 days)\n\n- [ ] One\n")
    phase = project.phases.get()
    assert (phase.window, phase.offset_start) == ("T-99999999999 days", None)
