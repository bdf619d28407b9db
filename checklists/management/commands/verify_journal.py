"""`manage.py verify_journal [PROJECT]`: whether the journal is as it was written; names the first entry that is not."""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from checklists import append_only
from checklists.models import Action, Checkpoint, JournalEntry, Project

CANNOT_TELL = 2
INSTANCE = "instance"


def anchor(text: str) -> tuple[int, str]:
    """`42:9c41…`, from a receipt or the foot of a report: a number and at least twelve digits of the hash."""
    found = re.fullmatch(r"(\d{1,9}):([0-9a-f]{12,64})", text.lower().replace(" ", ""))
    if not found:
        raise ArgumentTypeError(f"“{text}” is not NUMBER:HASH with at least 12 digits of the hash")
    return int(found[1]), found[2]


class Command(BaseCommand):
    help = (
        "Follow every chain of the journal from its first entry to its last, compare it with all checkpoints, and name "
        "the first entry that is not as it was written. Exit 0: all is well; 1: something was changed; 2: cannot tell."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "project", nargs="?", help=f"the last part of a project's address, or “{INSTANCE}” for the instance's chain"
        )
        parser.add_argument("--head", type=anchor, metavar="NUMBER:HASH", help="an entry that PROJECT must have")
        parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="a checkpoint kept on another machine")

    def handle(self, *args, project: str | None, head, checkpoint: Path | None, **options) -> None:
        if head and not project:
            raise CommandError(
                "--head needs PROJECT: an entry's number means nothing without it.", returncode=CANNOT_TELL
            )
        anchors = Checkpoint.objects.anchors()
        for chain, (seq, hash_) in self.kept(checkpoint).items():
            anchors.setdefault(chain, {})[seq] = hash_
        failures = [*self.failures_of_database(), *self.failures_of_chains(project, anchors, head)]
        if failures:
            raise CommandError("\n".join(failures), returncode=1)

    def kept(self, checkpoint: Path | None) -> dict[str, list]:
        if checkpoint is None:
            return {}
        try:
            return json.loads(checkpoint.read_text(encoding="utf-8"))["heads"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{checkpoint} is not a checkpoint: {error}", returncode=CANNOT_TELL) from error

    def failures_of_database(self) -> Iterator[str]:
        if off := append_only.missing():
            yield f"The database would let the journal be changed: {', '.join(off)} missing. `migrate` puts them back."
        if broken := Checkpoint.objects.broken():
            yield f"CHECKPOINTS BROKEN at {broken.pk} of {broken.at:%Y-%m-%d %H:%M} UTC: it was changed, or one is missing."

    def failures_of_chains(self, name: str | None, anchors: dict[str, dict[int, str]], head) -> Iterator[str]:
        for chain in self.chains(name):
            label, own = (chain.slug, str(chain.uuid)) if chain else (INSTANCE, "")
            known = anchors.pop(own, {})
            if found := JournalEntry.objects.first_break(chain, known):
                yield f"{label}: BROKEN at entry {found.seq}: {found.why}."
                continue
            entries = JournalEntry.objects.filter(project=chain)
            if head and not entries.filter(seq=head[0], hash__startswith=head[1]).exists():
                yield f"{label}: BROKEN at entry {head[0]}: --head has another hash for it, or it is missing."
                continue
            last = entries.order_by("-seq").first()
            if last is None:
                yield f"{label}: BROKEN at entry 1: there is no entry at all."
                continue
            compared = f", {len(known)} checkpoints agree" if known else ", no checkpoint to compare with"
            self.stdout.write(f"{label}: {last.seq} entries, intact{compared}. Head {last.seq}:{last.hash}")
        if name is None:
            removed = JournalEntry.objects.filter(project=None, action=Action.PROJECT_REMOVED)
            missing = anchors.keys() - set(removed.values_list("subject", flat=True))
            yield from (f"The project {own} is MISSING: a checkpoint has its journal." for own in sorted(missing))

    def chains(self, name: str | None) -> list[Project | None]:
        if name == INSTANCE:
            return [None]
        if name is None:
            own = [None] if JournalEntry.objects.filter(project=None).exists() else []
            return [*own, *Project.objects.order_by("pk")]
        found = Project.objects.filter(slug=name).first()
        if found is None:
            raise CommandError(f"There is no project “{name}”.", returncode=CANNOT_TELL)
        return [found]
