"""`manage.py export_checklist SLUG`: the running plan as Markdown, which `import_checklist` reads back."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from checklists.exporting.markdown import markdown_of
from checklists.exporting.plan import outline_of
from checklists.models import Project


class Command(BaseCommand):
    help = "Write a project's plan as Markdown, with what was done, by whom and when."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--output", metavar="FILE", help="write there instead of to the standard output")
        parser.add_argument("--plan-only", action="store_true", help="leave out what was done")

    def handle(self, *args, **options) -> None:
        project = Project.objects.filter(slug=options["slug"]).first()
        if project is None:
            raise CommandError(f"There is no project {options['slug']}.", returncode=2)
        text = markdown_of(outline_of(project, timezone.now(), with_run=not options["plan_only"]))
        if not options["output"]:
            self.stdout.write(text, ending="")
            return
        try:
            Path(options["output"]).write_text(text, encoding="utf-8", newline="\n")
        except OSError as problem:
            raise CommandError(f"{options['output']} cannot be written: {problem.strerror}.", returncode=2) from None
