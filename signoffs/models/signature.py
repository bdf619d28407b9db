"""A signature: one person's word about exactly what they saw."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from checklists.models import Slot


class Decision(models.TextChoices):
    APPROVE = "approve", _("Approved")
    GO = "go", _("Go")
    NO_GO = "no_go", _("No-go")


class Signature(models.Model):
    """Who signed a slot, when, with which meaning, over which snapshot; all as it was at that moment, never changed.

    `digest` is the SHA-256 of `snapshot`, the canonical JSON of what the signer was shown.
    """

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="signatures")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254)
    meaning = models.CharField(max_length=16)
    decision = models.CharField(max_length=16, choices=Decision.choices)
    statement = models.TextField()
    comment = models.TextField(max_length=2000, blank=True)
    signed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    snapshot = models.TextField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["signed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot"], condition=models.Q(superseded_at=None), name="signature_one_live_per_slot"
            ),
            models.CheckConstraint(condition=models.Q(decision__in=Decision.values), name="signature_decision_known"),
            models.CheckConstraint(
                condition=~models.Q(decision="no_go") | ~models.Q(comment=""), name="signature_no_go_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.get_decision_display()}"
