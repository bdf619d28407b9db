"""`manage.py checkpoint`: keep where every chain of the journal ends now. The worker does it once a day."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from checklists.models import Checkpoint


class Command(BaseCommand):
    help = "Keep where every chain of the journal ends now, to compare with later."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--output", type=Path, metavar="FILE", help="also write it here: keep it on another machine"
        )

    def handle(self, *args, output: Path | None, **options) -> None:
        checkpoint = Checkpoint.objects.make(timezone.now())
        if output is not None:
            try:
                output.write_text(checkpoint.body + "\n", encoding="utf-8")
            except OSError as error:
                raise CommandError(f"Cannot write {output}: {error.strerror}.", returncode=2) from error
        self.stdout.write(f"Checkpoint {checkpoint.pk} of {len(checkpoint.heads)} chains: {checkpoint.hash}")
