"""The journal's chain."""

from checklists import append_only
from checklists.models import JournalEntry
from tests.builders import item, settle


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
