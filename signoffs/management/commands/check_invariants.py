"""`manage.py check_invariants [PROJECT]`: whether everything holds that must always hold."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from checklists.models import Project
from signoffs.invariants import CHECKS, broken

CANNOT_TELL = 2


class Command(BaseCommand):
    help = (
        "Check that the journal rebuilds every item and everything else that must always hold, in one project or in all. "
        "Exit 0: all is well; 1: something does not hold, each in a sentence; 2: there is no such project."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("project", nargs="?", help="the last part of a project's address")

    def handle(self, *args, project: str | None, **options) -> None:
        projects = Project.objects.order_by("pk")
        if project:
            projects = projects.filter(slug=project)
            if not projects:
                raise CommandError(f"There is no project “{project}”.", returncode=CANNOT_TELL)
        found = []
        for each in projects:
            # Under its lock, so that nobody changes what is being compared.
            with each.locked():
                found += [f"{each.slug}: {sentence}" for sentence in broken(each)]
        if found:
            raise CommandError("\n".join(found), returncode=1)
        self.stdout.write(f"{len(projects)} projects, {CHECKS} checks each: all of it holds.")
