"""Phases and their sections: where an item stands in the plan, in the author's order and words."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.act import Act, TransitionRefused
from checklists.models.journal import Action, JournalEntry
from checklists.models.project import Project
from checklists.models.retirable import PlanManager, Retirable
from checklists.models.timing import Timing
from checklists.scopes import Key


class PhaseKind(models.TextChoices):
    """Success criteria are ticked like items but stand apart: they are what sign-off asks about.

    Conditions are what signers demanded. They stand outside of everything that is signed: else whoever approved with a
    condition had changed what they approved, and what is closed could not be worked on.
    """

    PHASE = "phase", gettext_lazy("Phase")
    CRITERIA = "criteria", gettext_lazy("Success criteria")
    CONDITIONS = "conditions", gettext_lazy("Conditions of signers")


class Division(Retirable, Timing):
    """What phases and sections share: a title, the author's prose, and commands that belong to no item."""

    position = models.PositiveIntegerField()
    title = models.TextField()
    prose = models.JSONField(default=list, blank=True)
    commands = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


# How many of the items that hold a phase back a refusal names.
NAMED = 3


class Phase(Division):
    """A top division of the plan.

    In a project whose phases follow each other it waits for those before it, unless a manager opened it early.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="phases")
    kind = models.CharField(max_length=16, choices=PhaseKind.choices, default=PhaseKind.PHASE)
    opened_at = models.DateTimeField(null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_reason = models.TextField(max_length=1000, blank=True)

    objects = PlanManager()
    with_retired = models.Manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            *Retirable.Meta.constraints,
            models.UniqueConstraint(fields=["project", "position"], name="phase_position_unique"),
            models.CheckConstraint(condition=models.Q(kind__in=PhaseKind.values), name="phase_kind_known"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True, opened_reason="")
                | (Q(opened_at__isnull=False, opened_by__isnull=False) & ~Q(opened_reason="")),
                name="phase_opened_has_who_and_why",
            ),
        ]

    @property
    def is_before_launch(self) -> bool:
        """Whether the phase begins before T-0, as far as the source says."""
        return self.kind == PhaseKind.PHASE and self.offset_start is not None and self.offset_start < 0

    @property
    def key(self) -> Key:
        """Where it stands; see scopes.py."""
        return "phase", self.pk

    def open_early(self, act: Act, reason: str) -> None:
        """Let the phase be worked on before those before it are settled, for a reason; for managers."""
        with self.project.locked(act):
            self.refresh_from_db(from_queryset=Phase.objects.select_related("project"))
            if self.opened_at:
                return
            if not self.waits_for():
                raise TransitionRefused(_("%(phase)s waits for nothing. Nothing was changed.") % {"phase": self.title})
            self.opened_at, self.opened_by, self.opened_reason = act.at, act.by, reason
            self.save()
            JournalEntry.objects.record(self.project, act, Action.PHASE_OPENED, subject=self.title, remark=reason)

    def waits_for(self) -> Phase | None:
        """The nearest phase before this one in which something mandatory is not settled, where that matters."""
        if not self.project.sequential or self.opened_at or self.kind != PhaseKind.PHASE:
            return None
        before = self.project.items.required().filter(phase__kind=PhaseKind.PHASE, phase__position__lt=self.position)
        nearest = before.order_by("-phase__position").values_list("phase", flat=True).first()
        return self.project.phases.get(pk=nearest) if nearest else None

    def guard_its_turn(self) -> None:
        """Refuse work on a phase whose turn has not come; the sentence names what holds it back."""
        if before := self.waits_for():
            left = list(before.items.required().values_list("number", "text"))
            told = {
                "phase": self.title,
                "before": before.title,
                "items": ", ".join(f"#{number} {text}" for number, text in left[:NAMED]),
                "number": len(left) - NAMED,
            }
            if len(left) > NAMED:
                raise TransitionRefused(
                    _(
                        "%(phase)s waits for %(before)s: %(items)s and %(number)s more not settled. Nothing was changed. "
                        "A manager can open the phase early, with a reason."
                    )
                    % told
                )
            raise TransitionRefused(
                _(
                    "%(phase)s waits for %(before)s: %(items)s not settled. Nothing was changed. "
                    "A manager can open the phase early, with a reason."
                )
                % told
            )


class Section(Division):
    """A heading inside a phase; `parent` is the section around it. Positions run through the whole phase."""

    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="sections")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="sections")
    depth = models.PositiveSmallIntegerField(default=0)

    objects = PlanManager()
    with_retired = models.Manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            *Retirable.Meta.constraints,
            models.UniqueConstraint(fields=["phase", "position"], name="section_position_unique"),
        ]

    @property
    def key(self) -> Key:
        """Where it stands; see scopes.py."""
        return "section", self.pk
