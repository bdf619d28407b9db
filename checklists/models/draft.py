"""A draft: a checklist that somebody uploaded and has not made a project of yet."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.urls import reverse

from checklists.importing.corrections import LEVELS
from checklists.importing.decode import Refused
from checklists.importing.exported import is_exported
from checklists.importing.outline import Outline
from checklists.importing.reading import read_checklist
from checklists.importing.said import Said
from checklists.limits import limits_in_force
from checklists.spreadsheets.documents import lines_of, read_document
from checklists.spreadsheets.opening import is_spreadsheet
from checklists.templating import Variable, fill, variables_of

# A line each for the largest plan that is read; more would only cost time.
CORRECTIONS = 5_000


class Draft(models.Model):
    """The bytes of an upload with its owner's corrections, so that a preview can be left and taken up again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    name = models.CharField(max_length=255)
    source = models.BinaryField()
    corrections = models.JSONField(default=dict, blank=True, help_text="Line to what its owner says it is.")
    accepted = models.JSONField(default=list, blank=True, help_text="Guesses that its owner agrees with, as line:kind.")
    answers = models.JSONField(default=dict, blank=True, help_text="Placeholder to what goes there.")
    template_version = models.ForeignKey(
        "TemplateVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("draft", args=[self.pk])

    @property
    def is_table(self) -> bool:
        return is_spreadsheet(bytes(self.source), self.name)

    @property
    def is_exact(self) -> bool:
        """Whether each line says what it is, so that nothing is guessed and nothing has to be corrected."""
        return self.is_table or is_exported(self._written())

    def _written(self) -> str:
        """The decoded source; a row of a table is a line."""
        return "\n".join(lines_of(bytes(self.source), self.name, limits_in_force()))

    def text(self) -> str:
        """The decoded source with the answers in place of its placeholders; lines stay where they are."""
        return fill(self._written(), self.answers)

    def variables(self) -> list[Variable]:
        """The placeholders of the source that can be filled before there is a project; in a table its author fills them."""
        return [] if self.is_table else variables_of(self._written())

    def outline(self) -> Outline:
        """What the importer understands, told what the owner knows better."""
        if self.is_table:
            return read_document(bytes(self.source), self.name, limits_in_force())
        data = self.text().encode() if self.answers else bytes(self.source)
        corrections = {int(line): what for line, what in self.corrections.items()}
        return read_checklist(data, limits_in_force(), corrections)

    def correct(self, line: int, what: str) -> bool:
        """Say what a line is, or move it a level; empty takes back all that was said of it.

        False, and nothing changed, if the text cannot be read that way.
        """
        before = dict(self.corrections)
        said = self.corrections.pop(str(line), "").split()
        if what in LEVELS:
            said.append(what)
        else:
            said = [what] if what else []
        if said:
            self.corrections[str(line)] = " ".join(said)
        try:
            if len(self.corrections) > CORRECTIONS:
                raise Refused(Said("There are too many corrections."))
            self.outline()
        except Refused:
            self.corrections = before
            return False
        self.save(update_fields=["corrections"])
        return True

    def accept(self, guesses: Iterable[str]) -> None:
        self.accepted = sorted({*self.accepted, *guesses})
        self.save(update_fields=["accepted"])

    def answer(self, answers: dict[str, str]) -> None:
        self.answers = {key: value for key, value in answers.items() if value}
        self.save(update_fields=["answers"])
