"""What somebody wanted others to know about an item, a section, a phase or the whole plan."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models.item import Item
from checklists.models.journal import Action, JournalEntry
from checklists.models.mail import Mail
from checklists.models.placed import Placed
from checklists.models.project import Project

if TYPE_CHECKING:
    from golive_site.accounts.models import User

# `@nia@example.org`, `@nia` for the part before the @, `@Nia.Okafor` or `@Okafor` for the name. An address in the text
# is no mention, and neither is what stands in code.
CODE = re.compile(r"(`+).+?\1", re.DOTALL)
MENTION = re.compile(r"(?<![\w.@])@([\w.+-]+@[\w-]+(?:\.[\w-]+)+|\w[\w.-]*\w|\w)")


class NoteManager(models.Manager["Note"]):
    def write(self, project: Project, act: Act, text: str, **place) -> Note:
        """A note at `item`, `section`, `phase` or the whole plan, with a mail to everybody whom it mentions.

        What is closed can be noted on, too: a note is not signed.
        """
        with project.locked(act):
            note = self.create(project=project, author=act.by, at=act.at, text=text, **place)
            item = place.get("item")
            entry = JournalEntry.objects.record(
                project, act, Action.NOTE_ADDED, item=item, subject=note.told, remark=text, note=note.pk
            )
            people = mentioned_in(text, project)
            Mention.objects.bulk_create(Mention(note=note, person=person) for person in people)
            for person in people:
                if person.pk != act.by.pk:
                    key = f"mentioned:{project.pk}:{entry.seq}:{person.pk}"
                    told = {
                        "by": str(act.by),
                        "where": note.told or note.place_name,
                        "text": text,
                        "path": note.place_url,
                    }
                    Mail.objects.post("mentioned", person, key, act.at, project=project, **told)
            return note


class Note(Placed):
    """One remark, never edited: a correction is another note. Its author can take it back; the journal keeps it."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, null=True, blank=True, related_name="notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(max_length=5000)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = NoteManager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            *Placed.Meta.constraints,
            models.CheckConstraint(condition=~models.Q(text=""), name="note_says_something"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def names_nobody(self) -> list[str]:
        """What follows an @ and is nobody's name: whoever wrote it believes that somebody was told."""
        if "@" not in self.text:
            return []
        known = set().union(*(names_of(mention.person) for mention in self.mentions.all()))
        return sorted(words_with_at(self.text) - known)

    def withdraw(self, act: Act) -> None:
        """Take it back; for its author."""
        with self.project.locked(act):
            self.refresh_from_db(fields=["withdrawn_at"])
            if self.withdrawn_at:
                return
            if self.author_id != act.by.pk:
                raise TransitionRefused(_("Only who wrote a note takes it back. Nothing was changed."))
            self.withdrawn_at = act.at
            self.save(update_fields=["withdrawn_at"])
            JournalEntry.objects.record(self.project, act, Action.NOTE_WITHDRAWN, item=self.item, subject=self.told)


class Mention(models.Model):
    """Somebody of the project whom a note names."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "person"], name="mention_once_per_note")]

    def __str__(self) -> str:
        return str(self.person)


def words_with_at(text: str) -> set[str]:
    """What follows an @ in a text, in small letters."""
    return {found[1].casefold().rstrip(".") for found in MENTION.finditer(CODE.sub(" ", text))}


def mentioned_in(text: str, project: Project) -> list[User]:
    """The members whom a text names by address, the beginning of it, or name; each once. Where two share it, both."""
    words = words_with_at(text)
    if not words:
        return []
    members = get_user_model().objects.filter(memberships__project=project, is_active=True).order_by("pk")
    return [person for person in members if words & names_of(person)]


def names_of(person: User) -> set[str]:
    """What follows the @ for somebody."""
    email, name = person.email.casefold(), person.name.casefold()
    parts = name.split()
    return {email, email.partition("@")[0], ".".join(parts), "".join(parts), *parts}
