"""One wish is one effect, whatever the network and the finger do; and nothing unseen is overwritten."""

from __future__ import annotations

import pytest

from checklists.models import Action, RequestKey
from checklists.models.item import State
from tests.builders import item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(enter, technician, project):
    page = enter(technician)
    page.goto(project.get_absolute_url())
    page.wait_for_selector("#live:has-text('Live')")
    return page


def row_of(project, words) -> str:
    return f"#item-{item(project, words).number}"


def test_every_tick_has_a_key_of_its_own_and_the_version_that_was_seen(plan, project):
    sent = []
    plan.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    for words in ("Lamps answer", "Certificates valid"):
        plan.click(f"{row_of(project, words)} .sign-button")
        plan.wait_for_selector(f"{row_of(project, words)}.is-done")
    keys = [request.headers["idempotency-key"] for request in sent]
    assert len(set(keys)) == 2
    assert set(keys) == set(RequestKey.objects.values_list("key", flat=True))
    assert f"version=item-{item(project, 'Lamps answer').pk}%3A0" in sent[0].post_data


def test_a_note_whose_answer_was_lost_is_sent_again_and_is_one_note(plan, project):
    lamps, first = row_of(project, "Lamps answer"), [True]

    def lose_the_first_answer(route):
        if first:
            first.clear()
            route.fetch()  # it arrives, and nobody hears of it
            route.abort()
        else:
            route.continue_()

    plan.click(f"{lamps} .item-text")
    plan.fill(f"{lamps} .note-form textarea", "They answer")
    plan.route("**/notes/", lose_the_first_answer)
    plan.click(f"{lamps} .note-form button")
    plan.wait_for_selector(".toast:has-text('Your text is kept')")
    plan.click(f"{lamps} .note-form button")
    plan.wait_for_selector(f"{lamps} .notes:has-text('They answer')")
    assert project.journal.filter(action=Action.NOTE_ADDED).count() == 1


def test_a_tick_that_waited_while_somebody_changed_the_item_is_refused_in_words(plan, project, other_technician, act):
    lamps = row_of(project, "Lamps answer")
    plan.context.set_offline(True)
    plan.click(f"{lamps} .sign-button")
    plan.wait_for_selector(f"{lamps}.is-waiting")
    item(project, "Lamps answer").fail(act(other_technician), "Two are dark")
    plan.context.set_offline(False)
    plan.wait_for_selector(".toast:has-text('Olga Technician marked failed')")
    plan.wait_for_selector(f"{lamps}.is-failed:not(.is-waiting)")
    assert item(project, "Lamps answer").state == State.FAILED
