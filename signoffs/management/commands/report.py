"""`manage.py report SLUG --output FILE.pdf`: the report of a project as a file."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from checklists.models import Project
from signoffs import pdf
from signoffs.report import report_of

REFUSED = 2


class Command(BaseCommand):
    help = "Write the report of a project as a PDF."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the last part of the project's address")
        parser.add_argument("--output", type=Path, required=True, metavar="FILE.pdf")

    def handle(self, *args, slug: str, output: Path, **options) -> None:
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            raise CommandError(f"There is no project “{slug}”.", returncode=REFUSED)
        if problem := pdf.problem():
            raise CommandError(problem, returncode=REFUSED)
        content = pdf.render(report_of(project, timezone.now()))
        try:
            output.write_bytes(content)
        except OSError as error:
            raise CommandError(f"Cannot write {output}: {error.strerror}.", returncode=REFUSED) from error
        self.stdout.write(f"{output}: {len(content):,} bytes")
