"""Who may do what: fetching a project is the permission check, so no view can forget it."""

from collections.abc import Iterable
from enum import Enum

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef
from django.shortcuts import get_object_or_404

from checklists.act import Request
from checklists.models import ProcedureRun, Project, Role
from checklists.models.procedure_run import RunState


class Need(Enum):
    """What a page or an act asks for, as the roles that have it."""

    READ = frozenset(Role)
    NOTE = frozenset({Role.MANAGER, Role.TECHNICIAN, Role.APPROVER})
    WORK = frozenset({Role.MANAGER, Role.TECHNICIAN})
    SIGN = frozenset({Role.MANAGER, Role.APPROVER})
    MANAGE = frozenset({Role.MANAGER})


class Rights:
    """What the signed-in person may do in one project, for templates: `rights.work`, `rights.sign` and so on."""

    def __init__(self, role: str, teams: Iterable[str] = ()):
        self.role = Role(role)
        self.teams = frozenset(team.casefold() for team in teams)
        self.note = role in Need.NOTE.value
        self.work = role in Need.WORK.value
        self.sign = role in Need.SIGN.value
        self.manage = role in Need.MANAGE.value


def project_for(request: Request, slug: str, need: Need = Need.READ) -> Project:
    """The project, with the person's `rights` on it. Outsiders get 404, a role that is too weak gets 403.

    `runs_procedure` says on each of its pages whether somebody rolls back, or works through another procedure, right now.
    """
    running = ProcedureRun.objects.filter(project=OuterRef("pk"), state=RunState.RUNNING)
    mine = Project.objects.visible_to(request.user).annotate(
        own_role=F("memberships__role"), own_teams=F("memberships__teams"), runs_procedure=Exists(running)
    )
    project: Project = get_object_or_404(mine, slug=slug)
    project.rights = Rights(vars(project)["own_role"], vars(project)["own_teams"])
    request.standing = (project.pk, project.rights.role.value)
    if project.rights.role not in need.value:
        raise PermissionDenied
    return project
