"""Redaction: the words are gone everywhere, who and when stay, and the chain and what is sealed next still hold."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.evidence_files import looked_at
from checklists.models import Action, Closure, Deviation, Evidence, Item, JournalEntry, Note, Project
from checklists.models.scoped import Scope
from checklists.planning.items import retire_item
from checklists.removal import condition, hanging_on
from golive_site.accounts.models import User
from signoffs.closing import reopen
from signoffs.gate import Demand, sign, standings, withdraw
from signoffs.models import Decision, Delegation, Override, Waiver
from signoffs.redaction import REMOVED, redact
from tests.builders import ask_one_more, item, settle
from tests.conftest import NOON

SECRET = "Patient Ioanna K. called"


def gone(project) -> bool:
    """Nowhere in the rows of the project."""
    kept = [*project.journal.values_list("remark", "body"), *project.items.values_list("reason", "text")]
    kept += item(project, "Lamps answer").notes.values_list("text", "at")
    kept += project.fields.values_list("readings__value", "label")
    return not any(SECRET in str(value) for row in kept for value in row)


def test_a_note_goes_from_everywhere(project, technician, manager, act):
    lamps = item(project, "Lamps answer")
    lamps.note(act(technician), SECRET)
    redact(project.journal.get(action=Action.NOTE_ADDED), act(manager), "Names a patient")
    assert gone(project)
    assert lamps.notes.get().text == REMOVED
    assert lamps.notes.get().author == technician
    assert JournalEntry.objects.first_break(project) is None


def test_a_reason_and_a_value_go_too(project, technician, manager, act):
    item(project, "Lamps answer").block(act(technician), SECRET)
    project.fields.select_related("project").first().read(act(technician), SECRET)
    for action in (Action.ITEM_BLOCKED, Action.READING_GIVEN):
        redact(project.journal.get(action=action), act(manager), "Names a patient")
    assert gone(project)
    assert item(project, "Lamps answer").reason == REMOVED
    assert JournalEntry.objects.first_break(project) is None


def test_why_something_went_out_of_the_plan_goes_too(project, manager, act):
    retire_item(item(project, "Database ready"), act(manager), reason=SECRET)
    redact(project.journal.get(action=Action.ITEM_RETIRED), act(manager), "Names a patient")
    reasons = (
        Item.with_retired.filter(project=project).exclude(retired_at=None).values_list("retired_reason", flat=True)
    )
    assert list(reasons) == [REMOVED] * 3
    assert JournalEntry.objects.first_break(project) is None


def test_what_is_signed_is_not_touched(project, technician, approver, manager, act):
    item(project, "Lamps answer").set_aside(act(technician), SECRET)
    settle(project, act(technician))
    standing = standings(project)[0]
    sign(standing.slot, act(approver), Decision.APPROVE, standing.digest)
    before = project.journal.count()
    with pytest.raises(TransitionRefused, match="part of what was signed"):
        redact(project.journal.get(action=Action.ITEM_SET_ASIDE), act(manager), "Names a patient")
    assert project.journal.count() == before
    assert standings(project)[0].state == "valid"


def test_the_page_asks_why_and_does_it(project, technician, manager, act, signed_in):
    item(project, "Lamps answer").note(act(technician), SECRET)
    entry = project.journal.last()
    browser, where = signed_in(manager), reverse("redaction", args=[project.slug, entry.seq])
    assert where in browser.get(reverse("journal", args=[project.slug])).text
    assert SECRET in browser.get(where).text
    assert browser.post(where, {"reason": "short"}).status_code == 422
    assert browser.post(where, {"reason": "Names a patient"}).status_code == 302
    assert SECRET not in browser.get(reverse("journal", args=[project.slug])).text
    assert browser.get(where).status_code == 404


def test_only_managers_are_offered_it(project, technician, act, signed_in):
    item(project, "Lamps answer").note(act(technician), SECRET)
    where = reverse("redaction", args=[project.slug, project.journal.last().seq])
    assert where not in signed_in(technician).get(reverse("journal", args=[project.slug])).text
    assert signed_in(technician).get(where).status_code == 403


def rows_with(words: str, project) -> list[str]:
    """Every column of every row of the project that holds the words."""
    return [
        f"{model.__name__}.{column.name}"
        for model, paths in hanging_on(Project).items()
        for row in model._base_manager.filter(condition(paths, project)).distinct()
        for column in model._meta.concrete_fields
        if words in str(getattr(row, column.attname))
    ]


def happens(what: str, project, people: dict[str, User], act) -> None:
    """One thing after which the secret stands in the journal and wherever else it belongs."""
    manager, approver, technician = (people[role] for role in ("manager", "approver", "technician"))
    lamps = item(project, "Lamps answer")

    def standing():
        return standings(project)[0]

    if what == "note on a phase":
        Note.objects.write(project, act(technician), SECRET, phase=project.phases.first())
    elif what == "deviation":
        Deviation.objects.raise_(
            project, act(technician), {"title": SECRET, "text": f"{SECRET}, twice", "follow_up": SECRET}
        )
    elif what == "evidence":
        Evidence.objects.add(project, act(technician), looked_at("a.txt", b"a"), SECRET, item=lamps)
    elif what == "evidence withdrawn":
        Evidence.objects.add(project, act(technician), looked_at("a.txt", b"a")).withdraw(act(technician), SECRET)
    elif what == "waiver":
        Waiver.objects.give(lamps, act(manager), SECRET)
    elif what == "delegation":
        Delegation.objects.make(project, act(approver), technician, NOON.date(), NOON.date(), SECRET)
    elif what == "exception":
        Override.objects.give(project.slots.first(), act(manager), technician, SECRET)
    elif what == "slot":
        project.slots.first().retire(act(manager), SECRET)
    else:
        settle(project, act(technician))
        ask_one_more(project)
        demand = Demand(SECRET, technician, NOON.date())
        is_conditional = what in ("conditions", "condition met")
        signed = sign(
            standing().slot,
            act(approver),
            Decision.CONDITIONS if is_conditional else Decision.APPROVE,
            standing().digest,
            "" if is_conditional else "Fine",
            conditions=[demand] if is_conditional else [],
        )
        if what == "condition met":
            signed.conditions.get().meet(act(technician, NOON + timedelta(minutes=1)))
        if what == "withdrawal":
            withdraw(signed, act(approver), SECRET)
        else:
            phase = Closure(project=project, scope=Scope.PHASE, phase=project.phases.first())
            reopen(project, act(manager), phase, SECRET if what == "reopening" else "Looked at once more")


@pytest.mark.parametrize(
    "what",
    [
        *(
            "note on a phase",
            "deviation",
            "evidence",
            "evidence withdrawn",
            "waiver",
            "delegation",
            "exception",
            "slot",
        ),
        *("conditions", "condition met", "withdrawal", "reopening"),
    ],
)
def test_wherever_people_write_it_can_be_removed(project, manager, approver, technician, act, what):
    happens(what, project, {"manager": manager, "approver": approver, "technician": technician}, act)
    assert rows_with(SECRET, project)
    for entry in project.journal.filter(remark__contains=SECRET):
        redact(entry, act(manager), "Names a patient")
    assert rows_with(SECRET, project) == []
    assert JournalEntry.objects.first_break(project) is None
