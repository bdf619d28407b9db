"""What one person has to do across all projects, in the order in which it is due."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F

from checklists import rendering, schedule
from checklists.access import Need
from checklists.models import Item, Phase, Project, Role, Section
from checklists.models.item import State
from checklists.timetable import COLUMNS, Timetable

if TYPE_CHECKING:
    from golive_site.accounts.models import User


@dataclass(frozen=True)
class Task:
    """An item outside its plan: whose project, when it is due there, and how that stands to T-0."""

    project: Project
    number: int
    text: str
    state: str
    state_label: str
    due: str
    tone: str
    moment: datetime | None
    zone_name: str
    offset: str

    @property
    def url(self) -> str:
        return f"/projects/{self.project.slug}/items/{self.number}/"


@dataclass(frozen=True)
class Work:
    """What somebody holds, what their teams are meant to claim, and what nobody holds although it is late or due soon."""

    mine: list[Task]
    teams: list[Task]
    unclaimed: list[Task]

    @property
    def projects(self) -> list[tuple[Project, int]]:
        """Those that have something to do, by name, with how much."""
        tasks = [*self.mine, *self.teams, *self.unclaimed]
        numbers = Counter(task.project for task in tasks)
        return sorted(numbers.items(), key=lambda each: each[0].name.casefold())

    def inside(self, slug: str) -> Work:
        """What of it is of one project."""
        return Work(
            *(
                [task for task in tasks if task.project.slug == slug]
                for tasks in (self.mine, self.teams, self.unclaimed)
            )
        )


def work_of(user: User, now: datetime) -> Work:
    """In a fixed number of queries, however many projects there are."""
    projects = {
        project.pk: project
        for project in Project.objects.visible_to(user)
        .annotate(own_role=F("memberships__role"), own_teams=F("memberships__teams"))
        .only("slug", "name", "zone", "go_live_at")
    }
    phases: dict[int, list[Phase]] = defaultdict(list)
    for phase in Phase.objects.filter(project__in=projects):
        phases[phase.project_id].append(phase)
    sections: dict[int, list[Section]] = defaultdict(list)
    project_of = {phase.pk: phase.project_id for here in phases.values() for phase in here}
    for section in Section.objects.filter(phase__in=project_of):
        sections[project_of[section.phase_id]].append(section)
    items: dict[int, list[Item]] = defaultdict(list)
    for item in Item.objects.open().filter(project__in=projects).only(*COLUMNS, "text"):
        items[item.project_id].append(item)

    mine, of_teams, unclaimed = [], [], []
    for pk, project in projects.items():
        timetable = Timetable(project, phases[pk], sections[pk], items[pk], now)
        groups = {item.parent_id for item in items[pk]}
        teams = {team.casefold() for team in vars(project)["own_teams"]}
        may_work = Role(vars(project)["own_role"]) in Need.WORK.value
        for item in items[pk]:
            if item.owner_id == user.pk:
                mine.append(task_of(item, project, timetable))
            elif may_work and item.owner_id is None and item.pk not in groups:
                if item.team.casefold() in teams:
                    of_teams.append(task_of(item, project, timetable))
                elif timetable.is_late(item) or timetable.is_soon(item):
                    unclaimed.append(task_of(item, project, timetable))
    return Work(*(sorted(tasks, key=by_due) for tasks in (mine, of_teams, unclaimed)))


def task_of(item: Item, project: Project, timetable: Timetable) -> Task:
    window = timetable.of_item(item)
    due, tone = timetable.due_words(item)
    return Task(
        project=project,
        number=item.number,
        text=rendering.inline(item.text),
        state=item.state,
        state_label=str(State(item.state).label),
        due=due,
        tone=tone,
        moment=window.due if window else None,
        zone_name=project.local(window.due).tzname() or "" if window else "",
        offset=schedule.offset_words(window.offset) if window else "",
    )


def by_due(task: Task) -> tuple[bool, float, datetime, int]:
    """What is due first comes first; what has no due time comes last, the next go-live first."""
    due = task.moment.timestamp() if task.moment else 0
    return task.moment is None, due, task.project.go_live_at, task.number
