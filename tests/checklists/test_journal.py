"""The journal's chain."""

from datetime import timedelta

from django.utils import translation

from checklists import append_only
from checklists.models import Action, JournalEntry, Role
from tests.builders import T_ZERO, item, settle


def test_every_entry_follows_from_the_one_before(project, technician, act):
    settle(project, act(technician))
    assert project.journal.count() > 6
    assert [entry.seq for entry in project.journal.all()] == list(range(1, project.journal.count() + 1))
    assert JournalEntry.objects.first_broken(project) is None


def test_an_edited_entry_is_found(project, technician, act):
    settle(project, act(technician))
    third = project.journal.get(seq=3)
    append_only.unprotect()
    JournalEntry.objects.filter(pk=third.pk).update(body=third.body.replace("Tom", "Tim"))
    assert JournalEntry.objects.first_broken(project) == 3


def test_a_removed_entry_is_found(project, technician, act):
    settle(project, act(technician))
    append_only.unprotect()
    project.journal.filter(seq=4).delete()
    assert JournalEntry.objects.first_broken(project) == 4


def test_names_stay_as_they_were(project, technician, act):
    item(project, "Lamps answer").complete(act(technician))
    technician.name = "Tom Renamed"
    technician.save()
    assert str(project.journal.last()).startswith("Tom Technician completed")


def test_what_we_say_ourselves_is_kept_once_and_said_in_every_language(project, manager, technician, act):
    """Whoever acts in whichever language: the body is the same, and readers each read it in their own."""
    with translation.override("el"):
        settle(project, act(technician))
        project.order_phases(act(manager), sequential=True)
        project.move_go_live(act(manager), T_ZERO + timedelta(days=2), "Europe/Athens", "Late", T_ZERO)
        project.memberships.admit(project, act(manager), "nia@example.org", "Nia", Role.AUDITOR)
    group = next(entry for entry in project.journal.all() if "last_part" in entry.facts)
    others = [project.journal.get(action=action) for action in (Action.PROJECT_CHANGED, Action.GO_LIVE_MOVED)]
    entries = [group, *others, project.journal.last()]
    assert group.facts["last_part"] == "with its last sub-item #" + group.facts["last_part"].facts["item"]
    ends = {
        "en": ["sub-item #", "phases follow each other", "to 9 Feb 2027, 08:00 EET", "Nia (Auditor)"],
        "de": ["Unterpunkt #", "Phasen folgen aufeinander", "auf 9. Feb. 2027, 08:00 EET", "(Revision)"],
    }
    for language, expected in ends.items():
        with translation.override(language):
            for entry, words in zip(entries, expected, strict=True):
                assert words in entry.sentence, (language, entry.sentence)
    assert JournalEntry.objects.first_broken(project) is None
