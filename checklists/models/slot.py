"""A slot: the plan's word that somebody must sign here. The signatures themselves live in `signoffs`."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models.item import Item
from checklists.models.journal import Action, JournalEntry
from checklists.models.phase import Phase
from checklists.models.project import Project
from checklists.models.versioned import Versioned


class SlotKind(models.TextChoices):
    SIGNATURE = "signature", "Signature"
    VOTE = "vote", "Go or no-go"


class Meaning(models.TextChoices):
    """What a signature in the slot says; shown beside the button and on paper."""

    APPROVED = "approved", "Approved"
    PERFORMED = "performed", "Performed"
    VERIFIED = "verified", "Verified"
    REVIEWED = "reviewed", "Reviewed"


class Scope(models.TextChoices):
    """How much a slot is about."""

    PHASE = "phase", "One phase"
    BEFORE = "before", "Everything before T-0"
    PLAN = "plan", "The whole plan"


class Slot(Versioned):
    """Who must sign what: `title` is the role or area of the source.

    `item` is the item that asks for this signature, if it was written below one: it is done by signing, so signing does
    not wait for it.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveIntegerField()
    title = models.TextField()
    kind = models.CharField(max_length=16, choices=SlotKind.choices, default=SlotKind.SIGNATURE)
    meaning = models.CharField(max_length=16, choices=Meaning.choices, default=Meaning.APPROVED)
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, null=True, blank=True, related_name="slots")
    group = models.TextField(blank=True, help_text="The headings above it in the source.")
    scope = models.CharField(max_length=16, choices=Scope.choices, default=Scope.PLAN)
    item = models.ForeignKey(Item, on_delete=models.SET_NULL, null=True, blank=True, related_name="slots")
    notes = models.TextField(blank=True, help_text="What the source had in the blank; never a signature.")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="slot_number_unique"),
            models.CheckConstraint(condition=models.Q(kind__in=SlotKind.values), name="slot_kind_known"),
            models.CheckConstraint(
                condition=models.Q(scope=Scope.PHASE, phase__isnull=False)
                | models.Q(scope__in=[Scope.BEFORE, Scope.PLAN], phase__isnull=True),
                name="slot_scope_phase_has_phase",
            ),
            models.CheckConstraint(condition=models.Q(meaning__in=Meaning.values), name="slot_meaning_known"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("slot", args=[self.project.slug, self.number])

    @property
    def is_vote(self) -> bool:
        return self.kind == SlotKind.VOTE

    @property
    def scope_name(self) -> str:
        if self.phase:
            return self.phase.title
        return "everything before T-0" if self.scope == Scope.BEFORE else "the whole plan"

    def covers(self, phase: Phase | None) -> bool:
        """Whether what stands in this phase (None: outside all) is signed here."""
        if self.scope == Scope.PHASE:
            return phase is not None and phase.pk == self.phase_id
        if self.scope == Scope.BEFORE:
            return phase is not None and phase.is_before_launch
        return True

    def rescope(self, act: Act, scope: Scope, phase: Phase | None) -> None:
        """Say what the slot is about. A signature that is there becomes stale by it, as by any change."""
        with self.project.locked(act):
            self.refresh_from_db()
            if (self.scope, self.phase_id) == (scope, phase.pk if phase else None):
                return
            before = self.scope_name
            if self.is_overtaken(act):
                raise TransitionRefused(
                    _("Somebody changed this meanwhile: it is about %(scope)s now. Nothing was changed.")
                    % {"scope": before}
                )
            self.version += 1
            self.scope, self.phase = scope, phase
            self.save()
            JournalEntry.objects.record(
                self.project, act, Action.SLOT_CHANGED, subject=self.title, old=before, new=self.scope_name
            )
