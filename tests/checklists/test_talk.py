"""Notes on every place of the plan, whom they mention, and deviations."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from checklists.act import Act, TransitionRefused
from checklists.models import Action, Deviation, Mail, Note
from checklists.models.note import mentioned_in
from checklists.planning.items import retire_item
from signoffs import pdf
from signoffs.redaction import redact
from signoffs.report import report_of
from tests.builders import item
from tests.conftest import NOON


@pytest.mark.parametrize("what", ["plan", "phase", "section", "item"])
def test_a_note_stands_at_its_place(project, technician, act, what, signed_in):
    phase = project.phases.first()
    places = {"phase": phase, "section": phase.sections.first(), "item": item(project, "Lamps answer")}
    place = {what: places[what]} if what in places else {}
    note = Note.objects.write(project, act(technician), "Oil is **low**", **place)
    entry = project.journal.last()
    assert (entry.action, entry.remark, entry.facts) == (Action.NOTE_ADDED, "Oil is **low**", {"note": note.pk})
    assert "Oil is <strong>low</strong>" in signed_in(technician).get(note.place_url).text
    assert "Oil is **low**" in pdf.html_of(report_of(project, NOON))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@tom look", ["Tom Technician"]),
        ("@TOM@example.org and @olga.", ["Tom Technician", "Olga Technician"]),
        ("@Anna.Approver or @AnnaApprover", ["Anna Approver"]),
        ("@olga, or everybody called @Technician", ["Tom Technician", "Olga Technician"]),
        ("`@tom` and ``a ` @tom`` are code", []),
        ("mail tom@example.org", []),
        ("@otto", []),
        ("@@tom", []),
    ],
)
def test_whom_a_text_mentions(project, outsider, text, names):
    assert [str(person) for person in mentioned_in(text, project)] == names


def test_who_mentions_nobody_is_told(project, technician, manager, act, signed_in):
    lamps = item(project, "Lamps answer")
    lamps.note(act(technician), "@Otto, @olga: look at `@media`, mail x@example.org")
    told = "Nobody of this project is called “@otto”"
    page = signed_in(technician).get(lamps.get_absolute_url()).text
    assert page.count("Nobody of this project is called") == 1
    assert told in page
    assert told not in signed_in(manager).get(lamps.get_absolute_url()).text


def test_who_is_mentioned_gets_one_mail(project, technician, other_technician, act):
    phase = project.phases.first()
    Note.objects.write(project, act(technician), "@olga @olga@example.org @tom see this", phase=phase)
    mail = Mail.objects.get(kind="mentioned")
    assert (mail.person, mail.facts["by"]) == (other_technician, "Tom Technician")
    assert mail.facts["path"] == reverse("place", args=[project.slug, f"phase-{phase.pk}"])


def test_a_mention_is_written_to_in_words(project, technician, act, mailoutbox):
    from checklists.mailing import deliver_due

    Note.objects.write(project, act(technician), "@olga <b>see</b>\nBcc: x@example.org")
    deliver_due(NOON)
    (letter,) = [each for each in mailoutbox if "mentioned" in each.subject]
    assert letter.subject == "Harbour Lights: Tom Technician mentioned you"
    assert "<b>see</b>\nBcc: x@example.org" in letter.body
    assert letter.bcc == []


def test_one_takes_back_ones_own_note(project, technician, manager, act, signed_in):
    note = Note.objects.write(project, act(technician), "Wrong harbour")
    with pytest.raises(TransitionRefused, match="Only who wrote"):
        note.withdraw(act(manager))
    signed_in(technician).post(reverse("note_withdrawal", args=[project.slug, note.pk]))
    page = signed_in(manager).get(note.place_url).text
    assert "Wrong harbour" not in page
    assert "Taken back" in page
    assert project.journal.filter(remark="Wrong harbour").exists()


def test_an_empty_note_is_none(project, technician, signed_in):
    answer = signed_in(technician).post(reverse("place_notes", args=[project.slug, "plan-0"]), {"text": " "})
    assert (answer.status_code, "The note is empty" in answer.text) == (422, True)


@pytest.mark.parametrize("place", ["plan", "item", "retired"])
def test_a_note_that_is_refused_stays_in_the_form(project, technician, manager, act, signed_in, place):
    lamps = item(project, "Lamps answer")
    target = reverse("item_notes", args=[project.slug, lamps.number])
    if place == "plan":
        target = reverse("place_notes", args=[project.slug, "plan-0"])
    text = "z" * 5001
    if place == "retired":
        retire_item(lamps, act(manager), reason="Another harbour")
        text = "The second is lit"
    for headers in ({}, {"HX-Request": "true"}):
        answer = signed_in(technician).post(target, {"text": text}, headers=headers)
        assert answer.status_code == (409 if place == "retired" else 422)
        assert text in answer.text
    assert not Note.objects.exists()


def test_a_deviation_that_is_refused_stays_in_the_form(project, technician, signed_in):
    says = {"title": "", "severity": "high", "place": "plan-0", "text": "Silent since dusk", "follow_up": "New horn"}
    answer = signed_in(technician).post(reverse("deviation_new", args=[project.slug]), says)
    assert answer.status_code == 422
    assert "Silent since dusk" in answer.text
    assert "New horn" in answer.text
    assert not Deviation.objects.exists()


def test_a_note_on_a_phase_can_be_removed(project, technician, manager, act):
    note = Note.objects.write(project, act(technician), "Call Nia at home", phase=project.phases.first())
    redact(project.journal.last(), act(manager), "Private")
    note.refresh_from_db()
    assert note.text == "[…]"


# -- Deviations --------------------------------------------------------------------------------------------------------


def wish(**changes):
    return {"title": "Fog horn silent", "severity": "high", "place": "plan-0", "text": "=1+1"} | changes


def test_a_deviation_is_raised_changed_and_told(project, technician, approver, auditor, signed_in):
    client = signed_in(technician)
    lamps = item(project, "Lamps answer")
    client.post(reverse("deviation_new", args=[project.slug]), wish(place=f"item-{lamps.pk}"))
    made = Deviation.objects.get()
    assert (made.number, made.item, made.severity, made.state, made.raised_by) == (1, lamps, "high", "open", technician)
    assert "Fog horn silent" in signed_in(auditor).get(reverse("readiness", args=[project.slug])).text
    says = wish(state="accepted", owner=approver.pk, follow_up="New horn", due="2027-03-01", version=made.mark)
    signed_in(approver).post(made.get_absolute_url(), says)
    made.refresh_from_db()
    assert (made.state, made.owner, made.due, made.version) == ("accepted", approver, date(2027, 3, 1), 1)
    assert "Fog horn silent" not in signed_in(auditor).get(reverse("readiness", args=[project.slug])).text
    html = pdf.html_of(report_of(project, NOON))
    assert "Fog horn silent" in html
    assert "New horn" in html
    entry = project.journal.filter(action=Action.DEVIATION_CHANGED).get()
    assert entry.facts["columns"] == "due, follow_up, owner, state"


def test_nothing_is_overwritten_unseen(project, technician, approver, act, signed_in):
    made = Deviation.objects.raise_(project, act(technician), {"title": "Fog horn silent"})
    seen = made.mark
    made.amend(act(technician), {"severity": "low"})
    answer = signed_in(approver).post(made.get_absolute_url(), wish(state="open", version=seen))
    assert answer.status_code == 409
    assert "changed this deviation while you looked" in answer.text
    with pytest.raises(TransitionRefused, match="Look again"):
        made.amend(Act(approver, NOON, seen={made.row_name: 0}), {"severity": "critical"})


def test_what_is_wrong_in_the_form_is_said(project, technician, signed_in):
    answer = signed_in(technician).post(reverse("deviation_new", args=[project.slug]), wish(severity="huge"))
    assert answer.status_code == 422
    assert not Deviation.objects.exists()


def test_the_table_is_harmless(project, technician, act, signed_in):
    Deviation.objects.raise_(project, act(technician), {"title": "=cmd|' /C calc'!A0"})
    table = signed_in(technician).get(reverse("deviations_csv", args=[project.slug])).content.decode()
    assert ",=cmd" not in table
    assert "=cmd" in table


def test_the_list_can_be_narrowed(project, technician, act, signed_in):
    Deviation.objects.raise_(project, act(technician), {"title": "Fog horn silent", "severity": "low"})
    Deviation.objects.raise_(project, act(technician), {"title": "Buoy adrift", "severity": "critical"})
    page = signed_in(technician).get(reverse("deviations", args=[project.slug]) + "?severity=critical").text
    assert "Buoy adrift" in page
    assert "Fog horn silent" not in page


def test_an_auditor_reads_and_changes_nothing(project, technician, auditor, act, signed_in):
    made = Deviation.objects.raise_(project, act(technician), {"title": "Fog horn silent"})
    assert (
        "<form"
        not in signed_in(auditor).get(made.get_absolute_url()).text.partition("<main")[2].partition("</main>")[0]
    )
    assert signed_in(auditor).post(made.get_absolute_url(), wish()).status_code == 403


def test_what_is_stored_is_in_one_language(project, technician, act):
    with translation.override("de"):
        Note.objects.write(project, act(technician), "@olga look")
        Deviation.objects.raise_(project, act(technician), {"title": "Fog horn silent"})
    assert [entry.subject for entry in project.journal.order_by("-seq")[:2]] == ["the whole plan"] * 2
    assert Mail.objects.get(kind="mentioned").facts["where"] == "the whole plan"
