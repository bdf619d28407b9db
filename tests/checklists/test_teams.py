"""The owner role, here called a team: who is meant to claim an item, from the checklist to the list of one's work."""

from __future__ import annotations

import pytest
from django.urls import reverse

from checklists.exporting.markdown import markdown_of
from checklists.exporting.plan import outline_of
from checklists.importing.meaning import team_in
from checklists.importing.reading import read_checklist
from checklists.models import Membership, Role
from checklists.planning.items import give_to_team
from checklists.spreadsheets.documents import read_document
from checklists.work import work_of
from tests import builders
from tests.builders import item
from tests.conftest import NOON


@pytest.mark.parametrize(
    ("details", "team"),
    [
        (["Owner: Network team"], "Network team"),
        (["See the runbook", "**Responsible**: DBA"], "DBA"),
        (["Verantwortlich: Netz"], "Netz"),
        (["Owner: ____"], ""),
        (["Owner: [NAME]"], ""),
        (["Owner: TBD"], ""),
        (["The owner signs here"], ""),
        ([], ""),
    ],
)
def test_a_detail_tells_the_team(details, team):
    assert team_in(details) == team


def test_a_table_tells_the_team_by_its_owner_column():
    outline = read_document(b"Phase,Task,Owner\nNight,Switch names,Network\nNight,Look,\n", "plan.csv")
    assert [each.team for each in outline.phases[0].items] == ["Network", ""]


def test_who_is_meant_comes_back_from_an_export(project, manager, act):
    give_to_team(item(project, "Lamps answer"), act(manager), "Night watch")
    again = read_checklist(markdown_of(outline_of(project, NOON)).encode())
    assert [each.team for each in again.phases[1].items] == ["", "Night watch"]


def test_who_is_of_a_team_finds_its_items_in_the_plan_and_across_projects(project, manager, technician, act, signed_in):
    lamps = item(project, "Lamps answer")
    give_to_team(lamps, act(manager), "Night watch")
    assert "My teams" not in signed_in(technician).get(project.get_absolute_url()).text
    Membership.objects.admit(project, act(manager), technician.email, "", Role.TECHNICIAN, ["night Watch"])
    page = signed_in(technician).get(project.get_absolute_url() + "?state=teams").text
    assert f'id="item-{lamps.number}"' in page
    assert page.count('class="item-row') == 1
    assert [task.number for task in work_of(technician, NOON).teams] == [lamps.number]
    lamps.claim(act(technician))
    work = work_of(technician, NOON)
    assert (work.teams, [task.number for task in work.mine]) == ([], [lamps.number])


def test_unclaimed_are_those_that_somebody_can_still_take(project, technician, act, signed_in):
    item(project, "Lamps answer").claim(act(technician))
    page = signed_in(technician).get(project.get_absolute_url() + "?state=unclaimed").text
    assert "Certificates valid" in page
    assert f'id="item-{item(project, "Lamps answer").number}"' not in page
    assert f'id="item-{item(project, "Database ready").number}"' not in page


def test_a_manager_gives_several_to_a_team_with_a_reason_once_the_plan_is_baselined(
    project, manager, technician, act, signed_in
):
    lamps, names = item(project, "Lamps answer"), item(project, "Switch the name to the new server")
    address = reverse("several", args=[project.slug])
    wish = {"act": "team", "team": " Night  watch ", "items": [lamps.number, names.number]}
    assert signed_in(technician).post(address, wish).status_code == 422
    signed_in(manager).post(address, wish)
    assert {each.team for each in project.items.filter(pk__in=[lamps.pk, names.pk])} == {"Night watch"}
    assert builders.item(project, "Lamps answer").amendments.get().after == {"team": "Night watch"}
    project.baselined_at, project.baselined_by = NOON, manager
    project.save()
    refused = signed_in(manager).post(address, wish | {"team": "Day"})
    assert refused.status_code == 422
    assert "say why it changes" in refused.text


def test_teams_of_a_person_are_named_once_and_journalled(project, manager, technician, signed_in):
    wish = {"email": technician.email, "role": "technician", "teams": "Network,  network , Night  watch"}
    signed_in(manager).post(reverse("members", args=[project.slug]), wish)
    assert project.memberships.get(user=technician).teams == ["network", "Night watch"]
    assert project.journal.last().facts["teams"] == "network, Night watch"
