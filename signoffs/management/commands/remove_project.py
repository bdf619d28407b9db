"""`manage.py remove_project SLUG`: remove a project for good, once it need not be kept any more."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from checklists.act import TransitionRefused
from checklists.models import Keeping, Project
from checklists.removal import remove

REFUSED = 2


class Command(BaseCommand):
    help = (
        "Remove a project with its records and files, for good. Refused before its time is over, under a legal hold, and"
        " outside the archive. Without --for-good it only says whether it could be removed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the last part of the project's address")
        parser.add_argument("--for-good", action="store_true", help="do it; there is no way back but a backup")

    def handle(self, *args, slug: str, for_good: bool, **options) -> None:
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project “{slug}”.", returncode=REFUSED)
        now = timezone.now()
        if why := Keeping.objects.of(project).why_not_removed(now):
            raise CommandError(f"Not removed. {why}", returncode=REFUSED)
        if not for_good:
            self.stdout.write("It can be removed: say so with --for-good.")
            return
        try:
            removed = remove(project, now)
        except TransitionRefused as refusal:
            raise CommandError(f"Not removed. {refusal}", returncode=REFUSED) from refusal
        for kind in ("records", "evidence"):
            shutil.rmtree(Path(settings.DATA_DIR) / kind / str(project.uuid), ignore_errors=True)
        told = ", ".join(f"{number} {label.partition('.')[2]}" for label, number in sorted(removed.items()))
        self.stdout.write(f"Removed {project.name}: {told}.")
