"""Keeping: nothing goes before its time or under a hold, the archive changes no more, and what goes leaves a trace."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from checklists import append_only, removal
from checklists.act import TransitionRefused
from checklists.models import Action, Checkpoint, JournalEntry, Keeping, Project
from signoffs.gate import sign, standings
from signoffs.models import Decision
from tests import builders
from tests.builders import item, printout, sealed_record, settle
from tests.conftest import NOON

LATER = datetime(2040, 1, 1, tzinfo=UTC)


def kept(project) -> Keeping:
    return Keeping.objects.of(project)


def test_seven_years_after_t_zero_unless_somebody_says_otherwise(project, manager, act):
    assert kept(project).until.isoformat() == "2034-02-07"
    kept(project).keep_for(act(manager), 10)
    assert kept(project).until.isoformat() == "2037-02-07"
    assert project.journal.last().action == Action.KEPT_FOR
    assert "until 2037-02-07" in kept(project).why_not_removed(NOON)


def test_a_hold_keeps_it_whatever_the_years_say(project, manager, act):
    kept(project).hold(act(manager), "Inquiry 12/2033")
    assert "legal hold: Inquiry 12/2033" in kept(project).why_not_removed(LATER)
    with pytest.raises(TransitionRefused, match="already"):
        kept(project).hold(act(manager), "Another inquiry")
    kept(project).release(act(manager), "The inquiry is closed")
    assert "archive" in kept(project).why_not_removed(LATER)
    assert [entry.action for entry in project.journal.order_by("-seq")[:2]] == [Action.RELEASED, Action.HELD]


def test_nothing_changes_in_the_archive(project, manager, technician, auditor, act, signed_in):
    lamps = item(project, "Lamps answer")
    kept(project).archive(act(manager))
    late = (
        lambda: lamps.claim(act(technician)),
        lambda: lamps.note(act(technician), "Late"),
        lambda: settle(project, act(technician)),
    )
    for verb in late:
        with pytest.raises(TransitionRefused, match="in the archive"):
            verb()
    # Reading, and taking along, which is recorded.
    assert signed_in(auditor).get(reverse("plan_csv", args=[project.slug])).status_code == 200
    assert project.journal.last().action == Action.PLAN_DOWNLOADED
    kept(project).bring_back(act(manager))
    lamps.claim(act(technician))
    assert JournalEntry.objects.first_break(project) is None


def remove(*arguments: str) -> str:
    out = io.StringIO()
    call_command("remove_project", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def worked(project, technician, approver, act):
    """With a row of everything that hangs on a project."""
    item(project, "Lamps answer").note(act(technician), "They blink")
    project.fields.select_related("project").first().read(act(technician), "12")
    settle(project, act(technician))
    standing = standings(project)[0]
    sign(standing.slot, act(approver), Decision.APPROVE, standing.digest)
    sealed_record(project)
    printout(project)
    return project


def test_it_is_refused_before_its_time(worked, manager, act):
    kept(worked).archive(act(manager))
    with pytest.raises(CommandError, match="It is kept until 2034-02-07") as refused:
        remove(worked.slug, "--for-good")
    assert refused.value.returncode == 2
    with pytest.raises(TransitionRefused):
        removal.remove(worked, NOON)
    with pytest.raises(Exception), transaction.atomic():  # noqa: B017 - by whichever constraint comes first
        worked.delete()
    assert Project.objects.filter(pk=worked.pk).exists()


def test_what_is_over_goes_and_leaves_its_head(worked, manager, act, monkeypatch):
    other = builders.project(manager, NOON, name="Second")
    Checkpoint.objects.make(NOON)
    kept(worked).archive(act(manager))
    head = worked.journal.last()
    told = removal.remove(worked, LATER)
    assert told["checklists.JournalEntry"] > 10 and told["signoffs.Signature"] == 1
    assert not Project.objects.filter(pk=worked.pk).exists()
    for model in apps.get_models():
        if model._meta.app_label in ("checklists", "signoffs"):
            for field in model._meta.concrete_fields:
                if field.related_model is Project and field.name != "cloned_from":
                    assert not model._base_manager.filter(**{field.attname: worked.pk}).exists(), model
    trace = JournalEntry.objects.filter(project=None).order_by("-seq").first()
    assert (trace.action, trace.subject) == (Action.PROJECT_REMOVED, str(worked.uuid))
    assert trace.facts["head"] == f"{head.seq}:{head.hash}"
    assert other.items.count() == 7 and other.journal.exists()
    assert append_only.missing() == []
    with pytest.raises(IntegrityError), transaction.atomic():
        other.journal.all().delete()
    call_command("verify_journal", stdout=io.StringIO())


def test_everything_that_hangs_on_a_project_is_found():
    """A new model that is in nobody's way would be left behind by a removal."""
    found = set(removal.hanging_on(Project))
    names = {model.__name__ for model in found}
    assert {"Item", "Note", "Reading", "Signature", "Record", "JournalEntry", "Membership", "Section", "Step"} <= names
    assert not names & {"User", "Template", "TemplateVersion", "Checkpoint", "Project", "Draft"}


def test_the_page(project, manager, auditor, signed_in):
    browser = signed_in(manager)
    where = reverse("keeping", args=[project.slug])
    assert browser.post(reverse("keeping_years", args=[project.slug]), {"years": "0"}).status_code == 422
    browser.post(reverse("keeping_years", args=[project.slug]), {"years": "12"})
    assert browser.post(reverse("keeping_hold", args=[project.slug]), {"reason": "short"}).status_code == 422
    browser.post(reverse("keeping_hold", args=[project.slug]), {"reason": "Inquiry 12/2033"})
    browser.post(reverse("keeping_archive", args=[project.slug]))
    page = signed_in(auditor).get(where).text
    for words in ("until 7 Feb 2039", "Inquiry 12/2033", "In the archive since"):
        assert words in page
    assert "Put it under" not in page
    browser.post(reverse("keeping_archive", args=[project.slug]), {"archived": "1"})
    browser.post(reverse("keeping_hold", args=[project.slug]), {"reason": "The inquiry is closed", "held": "1"})
    assert "In the archive since" not in browser.get(where).text


def test_the_command_says_whether_it_could(project, manager, act, monkeypatch):
    kept(project).keep_for(act(manager), 1)
    kept(project).archive(act(manager))
    monkeypatch.setattr("signoffs.management.commands.remove_project.timezone.now", lambda: NOON + timedelta(days=800))
    assert "--for-good" in remove(project.slug)
    assert Project.objects.filter(pk=project.pk).exists()
    assert "Removed Harbour Lights" in remove(project.slug, "--for-good")
    assert not Project.objects.filter(pk=project.pk).exists()
    with pytest.raises(CommandError, match="no project"):
        remove(project.slug)
