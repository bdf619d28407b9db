"""`manage.py import_checklist FILE`: look at what the importer understands, or make a project of it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from checklists.act import Act
from checklists.forms import moment_in
from checklists.importing.decode import Refused
from checklists.importing.limits import Limits
from checklists.importing.plan import Launch, Source, create_project
from checklists.models.project import validate_zone
from checklists.spreadsheets.documents import read_document


class Refusal(CommandError):
    """Told in one line, exit code 2."""

    def __init__(self, sentence: str):
        super().__init__(" ".join(sentence.split()), returncode=2)


class Command(BaseCommand):
    help = "Read a checklist (Markdown, CSV or Excel): show what is understood (--dry-run) or make a project of it."
    requires_system_checks = []  # a look at a file needs no database

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="write nothing")
        parser.add_argument("--json", action="store_true", help="with --dry-run: everything as one JSON object")
        parser.add_argument("--name", help="the project's name; the document's title without it")
        parser.add_argument("--customer", default="")
        parser.add_argument("--system", default="")
        parser.add_argument("--go-live", help="T-0 on the clocks of the zone, such as 2027-02-07T08:00")
        parser.add_argument("--zone", default="UTC", help="a time zone such as Europe/Athens")
        parser.add_argument("--manager", help="e-mail of the project manager; a new account has no usable password")

    def handle(self, *args, **options) -> None:
        data = self.read(Path(options["file"]))
        try:
            outline = read_document(data, Path(options["file"]).name)
        except Refused as refusal:
            raise Refusal(str(refusal)) from None
        if options["dry_run"]:
            if options["json"]:
                self.stdout.write(json.dumps(outline.as_json(), ensure_ascii=False, indent=1))
            else:
                self.show(outline)
            return
        launch = self.launch(options, outline.title)
        with transaction.atomic():
            act = Act(by=self.manager(options["manager"]), at=timezone.now())
            project = create_project(outline, Source(Path(options["file"]).name, data), launch, act)
        self.stdout.write(f"Created {project.name}: {project.slug}")

    def read(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(Limits().size + 1)
        except OSError as problem:
            raise Refusal(f"{path} cannot be read: {problem.strerror}.") from None

    def show(self, outline) -> None:
        self.stdout.write(outline.title)
        for name, number in outline.counts.items():
            self.stdout.write(f"{number:6} {name.replace('_', ' ')}")
        for warning in outline.warnings:
            self.stdout.write(f"! {warning}")

    def launch(self, options: dict, title: str) -> Launch:
        for option in ("go_live", "manager"):
            if not options[option]:
                raise Refusal(f"--{option.replace('_', '-')} is missing: a project needs it.")
        try:
            validate_zone(options["zone"])
            wall_clock = datetime.fromisoformat(options["go_live"])
            if wall_clock.tzinfo is None:
                wall_clock = moment_in(wall_clock, options["zone"])
        except ValidationError as problem:
            raise Refusal(problem.messages[0]) from None
        except ValueError as problem:
            raise Refusal(f"--go-live: {problem}") from None
        name = (options["name"] or title or Path(options["file"]).stem)[:200]
        return Launch(name, options["customer"], options["system"], wall_clock, options["zone"])

    def manager(self, email: str):
        try:
            validate_email(email)
        except ValidationError:
            raise Refusal(f"--manager: {email} is no e-mail address.") from None
        users = get_user_model().objects
        return users.filter(email__iexact=email).first() or users.create_user(email)
