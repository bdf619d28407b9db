"""A slot: the plan's word that somebody must sign here. The signatures themselves live in `signoffs`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.act import Act, TransitionRefused
from checklists.importing.outline import TEAM_LENGTH
from checklists.importing.said import Said
from checklists.models.closure import Closure
from checklists.models.item import Item
from checklists.models.journal import Action, JournalEntry
from checklists.models.membership import Role
from checklists.models.project import Project
from checklists.models.retirable import PlanManager, Retirable
from checklists.models.scoped import WHOLE, Scoped, one_place
from checklists.models.versioned import Versioned
from checklists.scopes import PLAN

if TYPE_CHECKING:
    from golive_site.accounts.models import User


class SlotKind(models.TextChoices):
    SIGNATURE = "signature", gettext_lazy("Signature")
    VOTE = "vote", gettext_lazy("Go or no-go")
    DECISION = "decision", gettext_lazy("The chair’s decision")


class Meaning(models.TextChoices):
    """What a signature in the slot says; shown beside the button and on paper."""

    APPROVED = "approved", gettext_lazy("Approved")
    PERFORMED = "performed", gettext_lazy("Performed")
    VERIFIED = "verified", gettext_lazy("Verified")
    REVIEWED = "reviewed", gettext_lazy("Reviewed")
    ACKNOWLEDGED = "acknowledged", gettext_lazy("Acknowledged")


# Meanings that approve nothing: who did the work may say so, and who is told may have done it.
APPROVES_NOTHING = (Meaning.PERFORMED, Meaning.ACKNOWLEDGED)


class Filler(models.TextChoices):
    """Who may sign here."""

    ROLE = "role", gettext_lazy("Whoever has the role in the project")
    TEAM = "team", gettext_lazy("Whoever is of the team")
    PEOPLE = "people", gettext_lazy("The people named")
    EXTERNAL = "external", gettext_lazy("Somebody without an account")


# What a manager says about a slot. `people` comes beside it.
PLANNED = (
    *("title", "kind", "meaning", "scope", "phase", "section", "subject"),
    *("stage", "filler", "role", "team", "needed", "required"),
)


class SlotManager(PlanManager):
    def add(self, project: Project, act: Act, says: dict[str, Any], people: Iterable[User] = ()) -> Slot:
        """A new slot at the end; for managers. Refused where what it is about is closed."""
        with project.locked(act):
            slot = Slot(project=project, **says)
            slot._guard_open()
            slot._guard_one_decision()
            last = Slot.with_retired.filter(project=project).order_by("-number").values_list("number", flat=True)
            slot.number = (last.first() or 0) + 1
            slot.save()
            slot.name_people(people)
            JournalEntry.objects.record(project, act, Action.SLOT_ADDED, subject=slot.title, about=slot.told)
            return slot


class Slot(Scoped, Retirable, Versioned):
    """Who must sign what: `title` is the role or area of the source.

    `item` is the item that asks for this signature, if it was written below one: it is done by signing, so signing does
    not wait for it. Stages follow each other: one waits until every required slot of an earlier stage in the same scope,
    or inside it, is signed. `needed` is how many must sign; 0 means everybody who is named.

    The votes of a project are its go/no-go meeting. Whoever chairs it signs its one decision, which ends the voting.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="slots")
    number = models.PositiveIntegerField()
    title = models.TextField()
    kind = models.CharField(max_length=16, choices=SlotKind.choices, default=SlotKind.SIGNATURE)
    meaning = models.CharField(max_length=16, choices=Meaning.choices, default=Meaning.APPROVED)
    group = models.TextField(blank=True, help_text="The headings above it in the source.")
    item = models.ForeignKey(Item, on_delete=models.SET_NULL, null=True, blank=True, related_name="slots")
    stage = models.PositiveSmallIntegerField(default=1)
    filler = models.CharField(max_length=16, choices=Filler.choices, default=Filler.ROLE)
    role = models.CharField(
        max_length=16, choices=Role.choices, blank=True, help_text="None: approvers and managers alike."
    )
    team = models.CharField(
        max_length=TEAM_LENGTH, blank=True, help_text="As members have it, whatever their role, in any case of letters."
    )
    needed = models.PositiveSmallIntegerField(default=1)
    required = models.BooleanField(default=True)
    notes = models.TextField(blank=True, help_text="What the source had in the blank; never a signature.")

    objects = SlotManager()
    with_retired = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            *Retirable.Meta.constraints,
            models.UniqueConstraint(fields=["project", "number"], name="slot_number_unique"),
            models.CheckConstraint(condition=models.Q(kind__in=SlotKind.values), name="slot_kind_known"),
            models.CheckConstraint(condition=one_place(), name="slot_scope_has_its_place"),
            models.CheckConstraint(condition=models.Q(meaning__in=Meaning.values), name="slot_meaning_known"),
            models.CheckConstraint(condition=models.Q(filler__in=Filler.values), name="slot_filler_known"),
            models.CheckConstraint(
                condition=models.Q(role__in=["", Role.MANAGER, Role.TECHNICIAN, Role.APPROVER]), name="slot_role_signs"
            ),
            models.CheckConstraint(
                condition=models.Q(filler=Filler.TEAM) & ~models.Q(team="")
                | ~models.Q(filler=Filler.TEAM) & models.Q(team=""),
                name="slot_team_is_named",
            ),
            models.CheckConstraint(condition=models.Q(stage__gte=1), name="slot_stage_from_one"),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(kind=SlotKind.DECISION, retired_at=None),
                name="slot_one_decision_per_project",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=SlotKind.DECISION) | models.Q(needed=1), name="slot_one_person_decides"
            ),
            models.CheckConstraint(
                condition=models.Q(needed__gte=1) | models.Q(filler=Filler.PEOPLE), name="slot_everybody_is_named"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("slot", args=[self.project.slug, self.number])

    @property
    def is_vote(self) -> bool:
        return self.kind == SlotKind.VOTE

    @property
    def is_decision(self) -> bool:
        return self.kind == SlotKind.DECISION

    @property
    def is_of_meeting(self) -> bool:
        """Whether go or no-go is said here."""
        return self.is_vote or self.is_decision

    @property
    def approves(self) -> bool:
        """Whether signing here approves what others did."""
        return self.is_of_meeting or self.meaning not in APPROVES_NOTHING

    @property
    def meaning_words(self) -> str:
        """In which sense one signs here; votes and decisions are their own."""
        return str(self.get_kind_display() if self.is_of_meeting else self.get_meaning_display())

    @property
    def is_told_by_item(self) -> bool:
        """Whether nothing but the words of the item that it is about asks for it."""
        plain = (self.stage, self.filler, self.role, self.needed, self.required) == (1, Filler.ROLE, "", 1, True)
        return bool(plain and self.subject and self.subject.text == self.title)

    @property
    def without_names(self) -> tuple[Filler, int]:
        """Who may sign and how many must, where nobody can be named: as many as were, of whoever has the role."""
        if self.filler != Filler.PEOPLE:
            return Filler(self.filler), self.needed
        return Filler.ROLE, self.needed or len(self.named.all()) or 1

    @property
    def told(self) -> Said:
        """What it asks for, in the journal's words."""
        with translation.override(settings.LANGUAGE_CODE):
            about = str(self.scope_name)
        facts = {"about": about if self.scope not in WHOLE else Said(about), "stage": str(self.stage)}
        needed = Said("%(number)s to sign", number=self.needed) if self.needed else Said("all to sign")
        if self.required:
            return Said("%(about)s, stage %(stage)s, %(needed)s", needed=needed, **facts)
        return Said("%(about)s, stage %(stage)s, %(needed)s, advisory", needed=needed, **facts)

    # -- Verbs, for managers -------------------------------------------------------------------------------------------

    def amend(self, act: Act, says: dict[str, Any], people: Iterable[User] | None = None) -> None:
        """Say otherwise what is to be signed here and by whom. Signatures that are there become stale by it.

        Refused where what it is or would be about is closed.
        """
        with self.project.locked(act):
            self._again()
            before, was = {name: getattr(self, name) for name in PLANNED}, self.told
            named = set(self.named.values_list("user", flat=True))
            wanted = named if people is None else {person.pk for person in people}
            after = {name: value for name, value in says.items() if name in PLANNED and value != before[name]}
            if not after and wanted == named:
                return
            if self.is_overtaken(act):
                raise TransitionRefused(
                    _("Somebody changed this meanwhile: it is about %(scope)s now. Nothing was changed.")
                    % {"scope": self.scope_name}
                )
            self._guard_open()
            for name, value in after.items():
                setattr(self, name, value)
            self._guard_open()
            self._guard_one_decision()
            self.version += 1
            self.save()
            if people is not None:
                self.name_people(people)
            told: dict[str, Any] = {"old": was, "new": self.told} if was != self.told else {}
            rest = ", ".join([*after, *(["people"] if wanted != named else [])])
            JournalEntry.objects.record(
                self.project, act, Action.SLOT_CHANGED, subject=self.title, **told, columns=rest
            )

    def retire(self, act: Act, reason: str) -> None:
        """Ask for this signature no more. Signatures that were given stay readable."""
        with self.project.locked(act):
            self._again()
            if self.retired_at:
                return
            self._guard_open()
            self.retired_at, self.retired_by, self.retired_reason = act.at, act.by, reason
            self.version += 1
            self.save()
            JournalEntry.objects.record(
                self.project, act, Action.SLOT_RETIRED, subject=self.title, remark=reason, about=self.told
            )

    def name_people(self, people: Iterable[User]) -> None:
        """Who is named for it; part of a verb that holds the lock."""
        wanted = {person.pk: person for person in people}
        self.named.exclude(user__in=wanted).delete()
        there = set(self.named.values_list("user", flat=True))
        SlotPerson.objects.bulk_create(SlotPerson(slot=self, user=who) for pk, who in wanted.items() if pk not in there)

    def _guard_open(self) -> None:
        """What is asked for belongs to the whole plan, also where what it is about does not."""
        Closure.objects.guard(self.project, self.key, PLAN)

    def _guard_one_decision(self) -> None:
        others = Slot.objects.filter(project=self.project, kind=SlotKind.DECISION).exclude(pk=self.pk)
        if self.is_decision and (other := others.first()):
            raise TransitionRefused(
                _("“%(slot)s” decides already, and one meeting has one decision. Nothing was changed.")
                % {"slot": other.title}
            )

    def _again(self) -> None:
        around = ("project", "phase", "section", "subject", "retired_by")
        self.refresh_from_db(from_queryset=Slot.with_retired.select_related(*around))


class SlotPerson(models.Model):
    """Somebody who is named to sign a slot."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="named")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["slot", "user"], name="slot_person_named_once")]

    def __str__(self) -> str:
        return f"{self.user} for {self.slot}"
