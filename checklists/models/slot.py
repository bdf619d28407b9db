"""A slot: the plan's word that somebody must sign here. The signatures themselves live in `signoffs`."""

from django.db import models
from django.urls import reverse

from checklists.models.phase import Phase
from checklists.models.project import Project


class SlotKind(models.TextChoices):
    SIGNATURE = "signature", "Signature"
    VOTE = "vote", "Go or no-go"


class Meaning(models.TextChoices):
    """What a signature in the slot says; shown beside the button and on paper."""

    APPROVED = "approved", "Approved"
    PERFORMED = "performed", "Performed"
    VERIFIED = "verified", "Verified"
    REVIEWED = "reviewed", "Reviewed"


class Slot(models.Model):
    """Who must sign what: `title` is the role or area of the source, `phase` its scope; without one, the whole plan."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveIntegerField()
    title = models.TextField()
    kind = models.CharField(max_length=16, choices=SlotKind.choices, default=SlotKind.SIGNATURE)
    meaning = models.CharField(max_length=16, choices=Meaning.choices, default=Meaning.APPROVED)
    phase = models.ForeignKey(Phase, on_delete=models.PROTECT, null=True, blank=True, related_name="slots")
    group = models.TextField(blank=True, help_text="The headings above it in the source.")
    notes = models.TextField(blank=True, help_text="What the source had in the blank; never a signature.")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="slot_number_unique"),
            models.CheckConstraint(condition=models.Q(kind__in=SlotKind.values), name="slot_kind_known"),
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
        return self.phase.title if self.phase else "the whole plan"
