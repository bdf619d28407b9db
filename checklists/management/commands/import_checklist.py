"""`manage.py import_checklist FILE`: look at what the importer understands, or make a project of it."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import DatabaseError, transaction
from django.utils import timezone

from checklists.act import Act
from checklists.forms import LaunchForm
from checklists.importing.decode import Refused
from checklists.importing.plan import Launch, Source, create_project
from checklists.limits import limits_in_force
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
        if isinstance(sys.stdout, TextIOWrapper):
            # A checklist has letters of every script, whatever the terminal's encoding is.
            sys.stdout.reconfigure(encoding="utf-8")
        data = self.read(Path(options["file"]))
        try:
            outline = read_document(data, Path(options["file"]).name, limits_in_force())
        except Refused as refusal:
            raise Refusal(str(refusal)) from None
        if options["dry_run"]:
            if options["json"]:
                self.stdout.write(json.dumps(outline.as_json(), ensure_ascii=False, indent=1))
            else:
                self.show(outline)
            return
        launch = self.launch(options, outline.title)
        try:
            with transaction.atomic():
                act = Act(by=self.manager(options["manager"]), at=timezone.now())
                project = create_project(outline, Source(Path(options["file"]).name, data), launch, act)
        except DatabaseError as problem:
            raise Refusal(f"The database is not ready (manage.py migrate): {problem}") from None
        self.stdout.write(f"Created {project.name}: {project.slug}")

    def read(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(limits_in_force().size + 1)
        except OSError as problem:
            raise Refusal(f"{path} cannot be read: {problem.strerror}.") from None

    def show(self, outline) -> None:
        self.stdout.write(outline.title)
        for name, number in outline.counts.items():
            self.stdout.write(f"{number:6} {name.replace('_', ' ')}")
        for warning in outline.warnings:
            self.stdout.write(f"! {warning}")

    def launch(self, options: dict, title: str) -> Launch:
        """The same checks as the form's. A moment with an offset of its own (`...+02:00`) is taken as it is."""
        for option in ("go_live", "manager"):
            if not options[option]:
                raise Refusal(f"--{option.replace('_', '-')} is missing: a project needs it.")
        try:
            moment = datetime.fromisoformat(options["go_live"])
            wall_clock = moment.astimezone(ZoneInfo(options["zone"])) if moment.tzinfo else moment
        except (ValueError, OverflowError, ZoneInfoNotFoundError) as problem:
            raise Refusal(f"--go-live {options['go_live']}: {problem}") from None
        name = (title or Path(options["file"]).stem)[:200] if options["name"] is None else options["name"]
        form = LaunchForm({**options, "name": name, "go_live": f"{wall_clock:%Y-%m-%dT%H:%M:%S}"})
        if not form.is_valid():
            field, problems = next(iter(form.errors.items()))
            raise Refusal(f"--{field.replace('_', '-')}: {problems[0]}")
        return form.launch()

    def manager(self, email: str):
        try:
            validate_email(email)
        except ValidationError:
            raise Refusal(f"--manager: {email} is no e-mail address.") from None
        users = get_user_model().objects
        return users.filter(email__iexact=email).first() or users.create_user(email)
