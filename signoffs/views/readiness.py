"""Readiness: every phase with why it is not green, and the signatures that are missing."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from checklists.access import project_for
from checklists.act import Request
from checklists.models import Deviation
from checklists.readiness import Area, areas
from checklists.sheet import missed_items
from checklists.timetable import Timetable
from signoffs import gate
from signoffs.gate import Standing
from signoffs.models import Condition


@dataclass(frozen=True)
class Ground:
    """A phase with what is still to be signed in it."""

    area: Area
    unsigned: list[Standing]
    deviations: list[Deviation]

    @property
    def is_green(self) -> bool:
        return not (self.area.reasons or self.unsigned or self.deviations)


def phase_of(deviation: Deviation) -> int | None:
    """The phase in which it is; None for the whole plan."""
    around = deviation.item or deviation.section
    return around.phase_id if around else deviation.phase_id


@require_GET
def readiness(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    timetable = Timetable.load(project, timezone.now())
    unsigned = [standing for standing in gate.standings(project) if standing.state != "valid"]
    grave = [each for each in Deviation.objects.in_order(project) if each.is_grave]
    rows = [
        Ground(
            area,
            [standing for standing in unsigned if standing.slot.phase_id == area.phase.pk],
            [each for each in grave if phase_of(each) == area.phase.pk],
        )
        for area in areas(timetable, project, missed_items(project))
    ]
    context = {
        "project": project,
        "tab": "readiness",
        "rows": rows,
        "green": sum(row.is_green for row in rows),
        "grave": [each for each in grave if phase_of(each) is None],
        "conditions": Condition.objects.open(project),
        "today": project.local(timezone.now()).date(),
        "whole": [standing for standing in unsigned if standing.slot.phase_id is None],
    }
    return render(request, "signoffs/readiness.html", context)
