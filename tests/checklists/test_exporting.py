"""What was exported as Markdown reads back as the same plan, whatever the plan and whatever was done in it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.forms.models import model_to_dict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checklists.exporting.markdown import markdown_of
from checklists.exporting.plan import outline_of
from checklists.importing import outline as o
from checklists.importing.decode import Refused
from checklists.importing.plan import Launch, Source, create_project
from checklists.importing.reading import read_checklist
from checklists.models import Project, Section, Slot
from checklists.models.item import State
from tests.builders import SHARED, T_ZERO, item
from tests.conftest import NOON
from tests.importing.cases import all_items

pytestmark = pytest.mark.any_database

DEMO = Path(site.BASE_DIR) / "checklists" / "demo" / "launch.md"
DOCUMENTS = [*sorted((SHARED / "seeds").glob("*.txt")), *sorted((SHARED / "corpus").glob("*.md")), DEMO]
# Where a row stands and what it is called in the database, and what is run data or about the source file.
NOT_PLAN = {
    *("id", "project", "phase", "section", "parent", "item", "procedure", "ticked_in_source", "source_line"),
    "subject",
    *("state", "owner", "settled_by", "settled_at", "changed_at", "reason", "version"),
}


def made_of(text: str, act, name: str = "Round trip") -> Project:
    launch = Launch(name, "Harbour Lights Ltd", "Lamp Control", T_ZERO, "Europe/Athens")
    data = text.encode()
    return create_project(read_checklist(data), Source("plan.md", data), launch, act)


def plan_of(project: Project) -> dict:
    """Everything that the plan is, without keys of the database: rows in order, and what stands below what."""

    def plain(row, *below):
        facts = {key: value for key, value in model_to_dict(row).items() if key not in NOT_PLAN}
        if facts.get("condition"):
            facts["condition"] = facts["condition"] | {"line": 0}  # a line of the file
        return (
            type(row).__name__,
            facts,
            *[getattr(above, "position", getattr(above, "number", 0)) for above in below if above],
        )

    return {
        "title": project.document_title,
        "metadata": project.metadata,
        "prose": project.prose,
        "phases": [plain(row) for row in project.phases.all()],
        "sections": [
            plain(row, row.phase, row.parent)
            for row in Section.objects.filter(phase__project=project).order_by("phase__position", "position")
        ],
        "items": [plain(row, row.phase, row.section, row.parent) for row in project.items.all()],
        "fields": [plain(row, row.phase, row.section, row.item) for row in project.fields.all()],
        "contacts": [plain(row) for row in project.contacts.all()],
        "levels": [plain(row) for row in project.escalation_levels.all()],
        "procedures": [(plain(row), [plain(step) for step in row.steps.all()]) for row in project.procedures.all()],
        "slots": [plain(row, row.phase, row.subject) for row in project.slots.all()],
    }


@pytest.mark.django_db
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_every_checklist_that_we_know_comes_back_as_the_same_plan(path, manager, act):
    first = made_of(path.read_bytes().decode(), act(manager))
    again = made_of(markdown_of(outline_of(first, NOON)), act(manager))
    assert plan_of(again) == plan_of(first)


@pytest.mark.django_db
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_each_line_of_what_was_exported_is_accounted_for(path):
    text = markdown_of(read_checklist(path.read_bytes()))
    again = read_checklist(text.encode())
    filled = [number for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    assert [account.line for account in again.lines] == filled


# -- The run -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(project, act, technician, other_technician):
    """The plan in the middle of the night: something of everything that can be done to an item."""
    item(project, "Backup restored").complete(act(technician))
    item(project, "Replica").set_aside(act(technician), "No replica here: one machine\nonly")
    item(project, "Certificates").block(act(technician), "The authority is down")
    item(project, "Certificates").note(act(other_technician), "Called them.\n- [ ] They call back\n## Soon")
    project.fields.get(label="count").read(act(technician), "1,204")
    item(project, "Rows counted").complete(act(technician))
    item(project, "Rows counted").reopen(act(technician), "Counted the wrong table")
    item(project, "Switch").claim(act(other_technician))
    item(project, "Lamps").complete(act(technician))
    return project


def test_the_file_tells_who_did_what_and_when_on_the_projects_clock(run):
    text = markdown_of(outline_of(run, NOON))
    for words in (
        "  - [x] Backup restored on the spare machine\n    - » done by Tom Technician, 2027-02-05 14:00 EET\n",
        "- [ ] Replica follows within 5 seconds\n    - » not applicable by Tom Technician, 2027-02-05 14:00 EET: No replica",
        "- » blocked since 2027-02-05 14:00 EET: The authority is down",
        "- » note by Olga Technician, 2027-02-05 14:00 EET: Called them.<br>- [ ] They call back<br>## Soon",
        "- » count: 1,204 rows (Tom Technician, 2027-02-05 14:00 EET)",
        "- » reopened since 2027-02-05 14:00 EET: Counted the wrong table",
        "- » held by Olga Technician",
        "- » go-live (T-0): 2027-02-07 08:00 EET (Europe/Athens)",
    ):
        assert words in text


def test_what_was_done_is_no_part_of_the_plan_that_is_read_back(run, act, manager):
    text = markdown_of(outline_of(run, NOON))
    again = made_of(text, act(manager))
    assert plan_of(again) == plan_of(run)
    assert {each.state for each in again.items.all()} == {State.OPEN}
    ticked = {each.text for each in again.items.filter(ticked_in_source=True)}
    assert ticked == {"Database ready", "Backup restored on the spare machine", "Lamps answer"} & {
        each.text for each in run.items.filter(state=State.DONE)
    }
    kept = " ".join(line for each in all_items(read_checklist(text.encode())) for line in each.run)
    assert "Called them.\n- [ ] They call back\n## Soon" in kept


def test_what_the_source_had_ticked_stays_so(act, manager):
    project = made_of("# Plan\n\n## Phase 1\n\n- [x] Bought\n- [ ] Open\n", act(manager))
    again = made_of(markdown_of(outline_of(project, NOON)), act(manager))
    assert [each.ticked_in_source for each in again.items.all()] == [True, False]
    assert markdown_of(outline_of(again, NOON, with_run=False)).count("- [x] Bought") == 1


def test_a_file_from_a_newer_program_is_refused():
    with pytest.raises(Refused, match="newer version"):
        read_checklist(b"---\ngolive-plan: 2\n---\n\n# Plan\n")


def test_what_people_add_to_the_file_is_understood(run):
    text = markdown_of(outline_of(run, NOON)).replace(
        "- [ ] Certificates valid\n",
        "- [ ] Certificates valid\n    - deeper\n  plain words\n- [x] New item\n  - [ ] Its part\n",
    )
    again = read_checklist(text.encode())
    items = all_items(again)
    new = next(each for each in items if each.text == "New item")
    assert [part.text for part in new.items] == ["Its part"]
    valid = next(each for each in items if each.text == "Certificates valid")
    assert valid.details == ["  deeper", "plain words"]


# -- Getting it --------------------------------------------------------------------------------------------------------


def test_the_page_gives_the_file(run, auditor, signed_in):
    response = signed_in(auditor).get(f"/projects/{run.slug}/plan.md")
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{run.slug}.md"'
    assert "- [x] Lamps answer" in response.text


def test_the_number_of_queries_does_not_grow(run, act, manager, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        outline_of(Project.objects.get(pk=run.pk), NOON)
    large = made_of(DEMO.read_text(encoding="utf-8"), act(manager), "Large")
    with django_assert_max_num_queries(14):
        outline_of(Project.objects.get(pk=large.pk), NOON)


def test_the_command_writes_the_same(run, tmp_path):
    path = tmp_path / "plan.md"
    call_command("export_checklist", run.slug, "--output", str(path), "--plan-only")
    text = path.read_text(encoding="utf-8")
    assert "Called them" not in text
    assert text == markdown_of(outline_of(run, NOON, with_run=False))
    for wrong in (["nowhere"], [run.slug, "--output", str(tmp_path)]):
        with pytest.raises(CommandError) as problem:
            call_command("export_checklist", *wrong)
        assert problem.value.returncode == 2


# -- Generated plans ---------------------------------------------------------------------------------------------------

# Words that look like structure, so that each has to be told from it.
ODD = st.sampled_from(
    [
        "- [ ] box", "[x] tick", "- dash", "1. one", "# head", "### 1.1 (T-3 days)", "> quoted", "```", "~~~", "---", "***",
        "| a | b |", "› when: never", "» done by nobody", "› contacts", "- › optional", "**Key:** value", "count: ____ rows",
        "[ ] Yes [ ] No", "Ready? [ ] Yes [ ] No", "daily check (every 2 hours)", "T-2 hours: lights", "(if needed)",
        "a\\| b", "a | b", "<br>", "\\<br>", "\\", "\t tab", "*bold*", "Größe ≥ 5 µm", "日本語", "x:", ":x", "Notes: ______",
        "______", "=cmd", "`code", "golive-plan: 1", "—",
    ]
)  # fmt: skip
PLAIN = st.text(alphabet="ab1 -*+#>|[]()_`~:=.x☐é\\", min_size=1, max_size=25)
LINES = (ODD | PLAIN).filter(lambda text: text.strip())
CELLS = LINES.map(str.strip)
MANY = st.lists(LINES, max_size=3)
INDENTED = st.tuples(st.sampled_from(["", "  ", "    ", " "]), LINES).map("".join)
BLOCKS = st.lists(INDENTED | st.just(""), min_size=1, max_size=4).map("\n".join).filter(lambda text: text.strip())
TIMES = st.sampled_from(["", "", "T-3 days", "daily", "first 24 hours"])
FIELDS = st.lists(
    st.builds(o.Field, CELLS, st.sampled_from(["text", "long", "number", "date"]), st.just("") | CELLS)
    | st.builds(o.Field, CELLS, st.just("choice"), st.just(""), st.lists(CELLS, min_size=1, max_size=3)),
    max_size=2,
)


def matching(made):
    """Languages in number like the commands; code is named by a word."""
    made.languages = [*made.languages, *[""] * len(made.commands)][: len(made.commands)]
    return made


CODE = {"commands": st.lists(BLOCKS, max_size=2), "languages": st.lists(st.sampled_from(["", "sh", "a`b"]), max_size=2)}
ITEMS = st.recursive(
    st.builds(
        o.Item, LINES, st.just(0), st.booleans(), st.booleans(), TIMES, TIMES, details=st.lists(INDENTED | BLOCKS, max_size=3),
        fields=FIELDS, run=MANY, **CODE,
    ).map(matching),
    lambda inner: st.builds(o.Item, LINES, st.just(0), details=MANY, items=st.lists(inner, max_size=3)),
    max_leaves=4,
)  # fmt: skip
PLACE = {
    "title": LINES, "line": st.just(0), "recurrence": TIMES, "window": TIMES, "prose": st.lists(BLOCKS, max_size=3),
    "fields": FIELDS, "items": st.lists(ITEMS, max_size=3), "run": MANY, **CODE,
}  # fmt: skip
SECTIONS = st.recursive(
    st.builds(o.Section, **PLACE).map(matching),
    lambda inner: st.builds(o.Section, LINES, st.just(0), sections=st.lists(inner, max_size=2)),
    max_leaves=4,
)
PHASES = st.builds(o.Phase, **PLACE, sections=st.lists(SECTIONS, max_size=2)).map(matching)
STEPS = st.builds(o.Step, LINES, st.just(0), details=st.lists(INDENTED | BLOCKS, max_size=2), **CODE).map(matching)
PROCEDURES = st.builds(
    o.Procedure, LINES, st.just(0), st.sampled_from(["rollback", "incident", "other"]), st.lists(BLOCKS, max_size=2),
    steps=st.lists(STEPS, max_size=12), estimate=st.just("") | LINES, group=st.just("") | LINES, **CODE,
).map(matching)  # fmt: skip
PLANS = st.builds(
    o.Outline,
    LINES,
    st.dictionaries(CELLS, CELLS | BLOCKS.map(str.strip), max_size=3),
    st.lists(PHASES, max_size=3),
    st.lists(st.builds(o.Contact, CELLS, CELLS, CELLS, CELLS, st.booleans(), CELLS, group=CELLS), max_size=2),
    st.lists(
        st.builds(o.EscalationLevel, CELLS, CELLS, CELLS, CELLS, st.lists(CELLS, max_size=2), group=CELLS), max_size=2
    ),
    st.lists(PROCEDURES, max_size=2),
    slots=st.lists(
        st.builds(
            o.Slot,
            CELLS,
            st.just(0),
            st.just("vote"),
            st.just("verified"),
            CELLS,
            notes=CELLS,
            about=st.sampled_from(["", "plan", "before", "criteria", "phase", "section", "item"]),
            place=CELLS,
            stage=st.integers(0, 99),
            who=st.sampled_from(["", "manager", "technician", "approver", "external", "team Pier"]),
            needed=st.integers(0, 99),
            required=st.booleans(),
        ),
        max_size=2,
    ),
    fields=FIELDS,
    prose=st.lists(BLOCKS, max_size=3),
    run=MANY,
)
READ_OFF = {
    *("line", "lines", "repairs", "warnings", "labels", "lint", "guesses", "placeholders", "milestones", "number"),
    *("offset", "round", "condition", "threshold", "targets", "expected", "duration"),
}


def written_in(node):
    """An outline without what is read off its words, and without line numbers."""
    if isinstance(node, dict):
        return {key: written_in(value) for key, value in node.items() if key not in READ_OFF}
    return [written_in(value) for value in node] if isinstance(node, list) else node


@settings(max_examples=80, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(PLANS)
def test_a_plan_of_whatever_words_comes_back_as_the_same_outline(plan):
    text = markdown_of(plan)
    again = read_checklist(text.encode())
    assert written_in(asdict(again)) == written_in(asdict(plan))
    filled = [number for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    assert [account.line for account in again.lines] == filled


def test_what_managers_said_of_signatures_comes_back(project, manager, technician, approver, act):
    """Stage, quorum, who, whether it is required, and what it is about. Of people who are named comes how many."""
    first, second = project.slots.all()
    first.amend(act(manager), {"needed": 2, "role": "approver", "meaning": "acknowledged", "stage": 3})
    second.amend(act(manager), {"required": False})
    servers = Section.objects.get(phase__project=project)
    database = item(project, "Database ready")
    says = [
        {"title": "Servers", "scope": "section", "section": servers, "filler": "external"},
        {"title": "Network", "filler": "team", "team": "Network"},
        {"title": "Database", "scope": "item", "subject": database, "filler": "people", "needed": 0},
        {"title": "Database ready", "scope": "item", "subject": database, "stage": 2},
        {"title": "Before", "scope": "before", "kind": "vote"},
        {"title": "Criteria", "scope": "criteria"},
    ]
    for each in says:
        people = [technician, approver] if each.get("filler") == "people" else []
        Slot.objects.add(project, act(manager), each, people)
    again = made_of(markdown_of(outline_of(project, NOON)), act(manager))
    told = ("title", "kind", "meaning", "stage", "filler", "role", "needed", "team", "required", "scope_name")
    expected = [[getattr(slot, name) for name in told] for slot in project.slots.all()]
    expected[4][4:7] = ["role", "", 2]
    assert [[getattr(slot, name) for name in told] for slot in again.slots.all()] == expected


def test_a_sign_off_table_of_an_older_export_is_read(project, act, manager):
    """It ends with the blanks; stage and number follow from the words, as when the plan was first read."""
    lines = markdown_of(outline_of(project, NOON)).split("\n")
    older = [
        "|".join(line.split("|")[:9]) + "|" if line.startswith("|") and line.count("|") > 12 else line for line in lines
    ]
    assert older != lines
    again = made_of("\n".join(older), act(manager))
    assert [(slot.title, slot.stage, slot.needed, slot.scope) for slot in again.slots.all()] == [
        (slot.title, slot.stage, slot.needed, slot.scope) for slot in project.slots.all()
    ]
