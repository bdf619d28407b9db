"""Everything that the report prints, as one dataclass of facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from checklists.models import Project


@dataclass(frozen=True)
class Report:
    project: Project
    at: datetime


def report_of(project: Project, at: datetime) -> Report:
    """The facts of a project as of a moment."""
    return Report(project, at)
