"""An override of four-eyes: a second manager lets somebody sign what they had worked on themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import Action, JournalEntry, Membership, Role, Slot


class OverrideManager(models.Manager["Override"]):
    def give(self, slot: Slot, act: Act, person, reason: str) -> Override:
        """Let this person sign this slot once; for a manager who is not that person. It is printed in red for ever."""
        project = slot.project
        with project.locked(act):
            if person.pk == act.by.pk:
                raise TransitionRefused(
                    _("Another manager has to say that. Nobody lets themselves. Nothing was changed.")
                )
            is_manager = Membership.objects.filter(project=project, user=act.by, role=Role.MANAGER)
            if not is_manager.exists():
                raise TransitionRefused(_("Only a manager can say that. Nothing was changed."))
            if self.filter(slot=slot, person=person, used_at=None).exists():
                return self.get(slot=slot, person=person, used_at=None)
            JournalEntry.objects.record(
                project, act, Action.FOUR_EYES_OVERRIDDEN, subject=slot.title, remark=reason, person=str(person)
            )
            return self.create(slot=slot, person=person, by=act.by, by_name=str(act.by), at=act.at, reason=reason)


class Override(models.Model):
    """`used_at` is when it was used: it holds for one signature."""

    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="overrides")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    reason = models.TextField(max_length=1000)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = OverrideManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "person"], condition=Q(used_at=None), name="override_one_live_per_slot_and_person"
            ),
            models.CheckConstraint(condition=~Q(person=F("by")), name="override_by_somebody_else"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.slot}"
