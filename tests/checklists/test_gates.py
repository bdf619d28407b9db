"""Phases that follow each other, and readiness: what a phase waits for, and why it is not green."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.cloning import clone_project
from checklists.importing.plan import Launch
from checklists.models import Action, Item, Keeping, Note
from checklists.models.item import State
from checklists.readiness import areas, tallies, waits
from checklists.timetable import Timetable
from tests import builders
from tests.builders import T_ZERO, item, settle
from tests.conftest import NOON

THREE = "\n".join(f"## Phase {n}: Step {n}\n\n- [ ] Thing {n}\n- [ ] Other {n}\n" for n in (1, 2, 3))


@pytest.fixture
def ordered(project, manager, act):
    """The project, with its phases following each other."""
    project.order_phases(act(manager), True)
    return project


def test_a_phase_waits_for_the_one_before(ordered, technician, act):
    lamps = item(ordered, "Lamps answer")
    lamps.claim(act(technician))
    with pytest.raises(
        TransitionRefused, match=r"Phase 2: Night waits for Phase 1: Before: #1 Database ready, .* more"
    ):
        lamps.complete(act(technician))
    lamps.refresh_from_db()
    assert lamps.state == State.CLAIMED
    settle_phase(ordered, "Phase 1", act(technician))
    lamps.complete(act(technician))
    assert lamps.state == State.DONE


def settle_phase(project, title, act):
    for each in Item.objects.open().filter(project=project, phase__title__startswith=title).order_by("-depth"):
        each.complete(act)


def test_without_the_rule_phases_run_side_by_side(project, technician, act):
    item(project, "Lamps answer").complete(act(technician))
    assert waits(project, tallies(project)) == {}


def test_a_manager_opens_it_early_with_a_reason(ordered, manager, technician, act):
    phase = ordered.phases.get(title__startswith="Phase 2")
    phase.open_early(act(manager), "The boat leaves at six")
    phase.open_early(act(manager), "Once more")
    entries = ordered.journal.filter(action=Action.PHASE_OPENED)
    assert [entry.remark for entry in entries] == ["The boat leaves at six"]
    assert entries[0].sentence == "opened early Phase 2: Night"
    item(ordered, "Lamps answer").complete(act(technician))
    assert waits(ordered, tallies(ordered)) == {}


def test_what_is_settled_already_waits_for_nothing(project, manager, technician, act):
    settle_phase(project, "Phase 2", act(technician))
    project.order_phases(act(manager), True)
    assert waits(project, tallies(project)) == {}


def test_what_waits_for_nothing_needs_no_opening(ordered, manager, act):
    with pytest.raises(TransitionRefused, match="waits for nothing"):
        ordered.phases.first().open_early(act(manager), "Because")


def test_an_early_opening_has_who_and_why(project):
    phase = project.phases.first()
    phase.opened_at = NOON
    with pytest.raises(IntegrityError), transaction.atomic():
        phase.save()


def test_the_words_and_the_guard_agree(manager, technician, act):
    project = builders.project(manager, NOON, f"# Three\n\n{THREE}", name="Three")
    project.order_phases(act(manager), True)
    _, second, third = project.phases.all()
    assert waits(project, tallies(project)) == {
        second.pk: "Waits for Phase 1: Step 1: 2 open",
        third.pk: "Waits for Phase 2: Step 2: 2 open",
    }
    second.open_early(act(manager), "Both at once")
    settle_phase(project, "Phase 2", act(technician))
    told = waits(project, tallies(project))
    assert told == {third.pk: "Waits for Phase 1: Step 1: 2 open"}
    for phase in project.phases.select_related("project").exclude(pk=second.pk):
        assert (phase.waits_for() is not None) == (phase.pk in told)


def test_a_clone_opens_nothing_early(ordered, manager, act):
    ordered.phases.get(title__startswith="Phase 2").open_early(act(manager), "The boat leaves at six")
    launch = Launch("Again", "", "", T_ZERO + timedelta(days=30), "Europe/Athens")
    again = clone_project(ordered, launch, act(manager))
    assert again.sequential
    assert not again.phases.exclude(opened_at=None).exists()


def test_the_plan_and_the_answer_say_what_waits(ordered, manager, technician, act, signed_in):
    text = signed_in(manager).get(ordered.get_absolute_url()).text
    assert "Waits for Phase 1: Before: 5 open" in text
    assert "Open early…" in text
    assert "Open early…" not in signed_in(technician).get(ordered.get_absolute_url()).text
    lamps = item(ordered, "Lamps answer")
    refused = signed_in(technician).post(
        reverse("item_completion", args=[ordered.slug, lamps.number]), headers={"HX-Request": "true"}
    )
    assert refused.status_code == 409
    assert "A manager can open the phase early" in refused.text


def test_a_phase_tells_who_opened_it_early_and_why(ordered, manager, technician, act, signed_in):
    ordered.phases.get(title__startswith="Phase 2").open_early(act(manager), "The boat leaves at six")
    changes = reverse("project_changes", args=[ordered.slug]) + "?after=1"
    for address in (ordered.get_absolute_url(), changes):
        page = signed_in(technician).get(address).text
        assert "Opened early by Mara Manager, 5 Feb 2027, 14:00 EET:" in page
        assert "<q>The boat leaves at six</q>" in page


def test_the_rule_and_the_opening_over_http(project, manager, signed_in):
    browser, phase = signed_in(manager), project.phases.get(title__startswith="Phase 2")
    browser.post(reverse("phase_order", args=[project.slug]), {"sequential": "on"})
    project.refresh_from_db()
    assert project.sequential
    opening = reverse("phase_opening", args=[project.slug, phase.pk])
    assert "Say why" in browser.post(opening, follow=True).text
    assert "is open now" in browser.post(opening, {"reason": "The boat leaves at six"}, follow=True).text
    page = browser.get(reverse("readiness", args=[project.slug])).text
    assert "Opened early by Mara Manager" in page
    assert "The boat leaves at six" in page
    browser.post(reverse("phase_order", args=[project.slug]))
    project.refresh_from_db()
    assert not project.sequential


def test_the_rule_of_a_project_in_the_archive_stays_and_the_manager_is_told(project, manager, act, signed_in):
    Keeping.objects.of(project).archive(act(manager))
    told = signed_in(manager).post(reverse("phase_order", args=[project.slug]), {"sequential": "on"}, follow=True)
    assert "This project is in the archive" in told.text
    project.refresh_from_db()
    assert not project.sequential


# -- Readiness -------------------------------------------------------------------------------------------------------


def test_why_not_green_in_words_with_their_filters(project, technician, act):
    item(project, "Certificates valid").block(act(technician), "No key")
    item(project, "Lamps answer").claim(act(technician))
    first, second = areas(Timetable.load(project, T_ZERO - timedelta(hours=1)), project, {})
    assert [(reason.words, reason.filter) for reason in first.reasons] == [
        ("5 late", "late"),
        ("1 blocked", "blocked"),
        ("4 nobody’s", "unclaimed"),
        ("4 open", "open"),
    ]
    assert [[(item.text[:2], item.remark) for item in reason.named] for reason in first.reasons] == [
        [("#1", ""), ("#2", ""), ("#3", "")],
        [("#4", "No key")],
        [("#5", "")],
        [],
    ]
    assert [reason.more for reason in first.reasons] == [2, 0, 0, 0]
    assert (first.state, second.state) == ("blocked", "claimed")
    assert [reason.words for reason in second.reasons] == [
        "2 due within 2 hours",
        "1 nobody’s",
        "1 claimed",
        "1 open",
    ]
    assert first.when == "4 Feb, 08:00 EET"


def test_the_page_names_what_is_nobodys_and_what_went_wrong(project, technician, act, signed_in):
    lamps, certificates = item(project, "Lamps answer"), item(project, "Certificates valid")
    certificates.block(act(technician), "No key")
    page = signed_in(technician).get(reverse("readiness", args=[project.slug])).text
    assert (
        f'<a href="{certificates.get_absolute_url()}">#{certificates.number} Certificates valid</a> <q>No key</q>'
        in page
    )
    assert f'<a href="{lamps.get_absolute_url()}">' in page


def test_the_page_shows_what_people_say_about_a_phase(project, technician, auditor, act, signed_in):
    phase, page = project.phases.first(), reverse("readiness", args=[project.slug])
    place = reverse("place", args=[project.slug, f"phase-{phase.pk}"])
    assert place in signed_in(technician).get(page).text
    assert place not in signed_in(auditor).get(page).text
    for text in ("Fuel is on the quay", "Nets are late", "Nothing"):
        note = Note.objects.write(project, act(technician), text, phase=phase)
    note.withdraw(act(technician))
    text = signed_in(auditor).get(page).text
    assert "<q>Nets are late</q>" in text
    assert "Fuel is on the quay" not in text
    assert "All notes: 2" in text
    assert place in text


def test_the_page_asks_the_same_questions_for_one_phase_and_for_many(manager, act, signed_in):
    counts = []
    for name, text in (("One", "## Phase 1: A\n\n- [ ] Thing\n"), ("Three", THREE)):
        plan = builders.project(manager, NOON, f"# {name}\n\n{text}", name=name)
        for phase in plan.phases.all():
            Note.objects.write(plan, act(manager), "Look", phase=phase)
        with CaptureQueriesContext(connection) as asked:
            signed_in(manager).get(reverse("readiness", args=[plan.slug]))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_page_links_to_what_is_missing(project, technician, act, signed_in):
    browser, url = signed_in(technician), reverse("readiness", args=[project.slug])
    text = browser.get(url).text
    assert "0 of 2 phases are green" in text
    assert f'{project.get_absolute_url()}?state=open#phase-{project.phases.first().pk}"' in text
    assert reverse("slot", args=[project.slug, 1]) in text
    settle(project, act(technician))
    assert "1 of 2 phases are green" in browser.get(url).text
