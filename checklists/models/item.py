"""An item: a line of the plan that somebody ticks, with the verbs that change it.

Every verb takes the project's lock, reads the item again, guards, changes and journals, in one transaction; asking for
what is already so changes nothing. Nothing else writes an item's state.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checklists.act import Act, TransitionRefused
from checklists.importing.outline import TEAM_LENGTH
from checklists.importing.said import Said
from checklists.models.journal import CHANGES_ITEM, Action, JournalEntry
from checklists.models.phase import Phase, PhaseKind, Section
from checklists.models.project import Project
from checklists.models.retirable import PlanManager, Retirable
from checklists.models.timing import Timing
from checklists.models.versioned import Versioned
from checklists.scopes import Key

if TYPE_CHECKING:
    from golive_site.accounts.models import User


class State(models.TextChoices):
    OPEN = "open", gettext_lazy("Open")
    CLAIMED = "claimed", gettext_lazy("Claimed")
    DONE = "done", gettext_lazy("Done")
    NOT_APPLICABLE = "na", gettext_lazy("Not applicable")
    BLOCKED = "blocked", gettext_lazy("Blocked")
    FAILED = "failed", gettext_lazy("Failed")
    REOPENED = "reopened", gettext_lazy("Reopened")


class Kind(models.TextChoices):
    TASK = "task", gettext_lazy("Item")
    CRITERION = "criterion", gettext_lazy("Success criterion")
    CONDITION = "condition", gettext_lazy("Condition of a signer")


# What stands in a phase of a kind.
KINDS = {
    PhaseKind.PHASE: Kind.TASK,
    PhaseKind.CRITERIA: Kind.CRITERION,
    PhaseKind.CONDITIONS: Kind.CONDITION,
}

SETTLED = (State.DONE, State.NOT_APPLICABLE)
# What holds an item up until somebody takes it up again.
STUCK = (State.BLOCKED, State.FAILED)

# How far apart neighbours stand in a plan that was just put in order, so that others fit between them.
ROOM = 1024

# What somebody can take back right after doing it.
UNDOES = {
    Action.ITEM_CLAIMED,
    Action.ITEM_RELEASED,
    Action.ITEM_COMPLETED,
    Action.ITEM_SET_ASIDE,
    Action.ITEM_BLOCKED,
    Action.ITEM_FAILED,
}


class ItemQuerySet(models.QuerySet["Item"]):
    def open(self) -> ItemQuerySet:
        """Those that still need somebody: everything that is neither done nor not applicable."""
        return self.exclude(state__in=SETTLED)

    def required(self) -> ItemQuerySet:
        """Those of the open ones that hold up what is around them: nothing waits for an optional item."""
        return self.open().filter(optional=False)

    def settled(self) -> ItemQuerySet:
        return self.filter(state__in=SETTLED)


class Item(Retirable, Timing, Versioned):
    """One thing to do or to confirm. `number` names it, the same for ever; `position` is where it stands in the plan.

    `expected` is the result that the author expects, `threshold` what a value is checked against, `condition` the
    question and answer that make the item apply; each as the importer read it.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="items")
    phase = models.ForeignKey(Phase, on_delete=models.CASCADE, related_name="items")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, null=True, blank=True, related_name="items")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    number = models.PositiveIntegerField()
    due_on = models.DateField(null=True, blank=True, help_text="A day by which it was promised; T-0 does not move it.")
    position = models.PositiveIntegerField(
        default=0, help_text="The order of the whole plan, with room between neighbours."
    )
    depth = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.TASK)
    text = models.TextField()
    details = models.JSONField(default=list, blank=True)
    commands = models.JSONField(default=list, blank=True)
    expected = models.TextField(blank=True)
    threshold = models.JSONField(null=True, blank=True)
    condition = models.JSONField(null=True, blank=True)
    optional = models.BooleanField(default=False)
    # The owner role: who of the project's people is meant to claim it, such as "Network"; a person owns it by claiming.
    team = models.CharField(max_length=TEAM_LENGTH, blank=True)
    ticked_in_source = models.BooleanField(default=False)
    source_line = models.PositiveIntegerField(default=0)

    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(max_length=1000, blank=True)

    objects = PlanManager.from_queryset(ItemQuerySet)()
    with_retired = ItemQuerySet.as_manager()

    class Meta:
        ordering = ["position", "number"]
        constraints = [
            *Retirable.Meta.constraints,
            models.UniqueConstraint(fields=["project", "number"], name="item_number_unique"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="item_state_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="item_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=SETTLED, settled_by__isnull=False, settled_at__isnull=False)
                | (~Q(state__in=SETTLED) & Q(settled_by__isnull=True, settled_at__isnull=True)),
                name="item_settled_has_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CLAIMED) | Q(owner__isnull=False), name="item_claimed_has_owner"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.NOT_APPLICABLE, *STUCK, State.REOPENED]) | ~Q(reason=""),
                name="item_exception_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("item", args=[self.project.slug, self.number])

    @property
    def told(self) -> str:
        """What the journal calls it. The words of a condition are a signer's, who may want them removed one day."""
        return "a condition" if self.kind == Kind.CONDITION else self.text

    @property
    def is_settled(self) -> bool:
        return self.state in SETTLED

    @property
    def key(self) -> Key:
        """Where it stands; see scopes.py."""
        return "item", self.pk

    def needs(self, part: Item) -> bool:
        """Whether it is not done without this part: every mandatory one; where all are optional, each of them."""
        return not part.optional or not self.children.filter(optional=False).exists()

    def holding_parts(self) -> ItemQuerySet:
        """The open parts without which it is not done."""
        mandatory = Item.objects.filter(parent=OuterRef("parent"), optional=False)
        return self.children.open().filter(Q(optional=False) | ~Exists(mandatory))

    # -- Verbs -------------------------------------------------------------------------------------------------------

    def claim(self, act: Act) -> None:
        """Take the item on. Refused when somebody else has it or it is settled."""
        with self._changing(act):
            if self.owner_id == act.by.pk:
                return
            self._guard_not_settled()
            self._guard_not_with_others(act)
            self._guard_seen(act)
            self._give_to(act.by, act)
            self._record(act, Action.ITEM_CLAIMED)

    def release(self, act: Act, *, for_others: bool = False) -> None:
        """Give the item back. `for_others` lets a manager release what somebody else holds."""
        with self._changing(act):
            if self.owner is None:
                return
            self._guard_not_settled()
            if not for_others:
                self._guard_not_with_others(act)
            self._guard_seen(act)
            held_by, self.owner = self.owner, None
            if self.state == State.CLAIMED:
                self._enter(State.OPEN, act)
            self._record(act, Action.ITEM_RELEASED, held_by="" if held_by == act.by else str(held_by), who=held_by.pk)

    def complete(self, act: Act, *, for_others: bool = False) -> None:
        """Tick the item, and with its last open sub-item the item above it."""
        with self._changing(act):
            if self.state == State.DONE:
                return
            if self.project.sequential:
                self.phase.guard_its_turn()
            self._guard_ready_to_settle(act, for_others)
            self._settle(State.DONE, act)
            self._record(act, Action.ITEM_COMPLETED)
            self._settle_parent(act)

    def set_aside(self, act: Act, reason: str, *, for_others: bool = False) -> None:
        """Mark the item not applicable, for a reason."""
        with self._changing(act):
            if self.state == State.NOT_APPLICABLE:
                return
            self._guard_ready_to_settle(act, for_others)
            self._settle(State.NOT_APPLICABLE, act, reason)
            self._record(act, Action.ITEM_SET_ASIDE, reason)
            self._settle_parent(act)

    def hand_over(self, act: Act, to: User, *, for_others: bool = False) -> None:
        """Give the item to somebody who works on this project; a manager may give what nobody or another holds."""
        with self._changing(act):
            if self.owner_id == to.pk:
                return
            self._guard_not_settled()
            if not for_others and self.owner_id != act.by.pk:
                raise TransitionRefused(_("Only who has an item, or a manager, hands it over. Nothing was changed."))
            self._guard_seen(act)
            self._give_to(to, act)
            self._record(act, Action.ITEM_HANDED_OVER, to=Said("to %(who)s", who=str(to)), who=to.pk)

    def block(self, act: Act, reason: str, *, for_others: bool = False) -> None:
        """Say that the item cannot go on, and why. Who holds it keeps it."""
        self._hold_up(State.BLOCKED, Action.ITEM_BLOCKED, act, reason, for_others)

    def fail(self, act: Act, reason: str, *, for_others: bool = False) -> None:
        """Say that it was tried and did not work, and how. Who holds it keeps it."""
        self._hold_up(State.FAILED, Action.ITEM_FAILED, act, reason, for_others)

    def resume(self, act: Act) -> None:
        """Let a blocked or failed item go on: back to whoever holds it."""
        with self._changing(act):
            if self.state not in STUCK:
                raise TransitionRefused(_("This item is neither blocked nor failed. Nothing was changed."))
            self._guard_seen(act)
            self._enter(State.CLAIMED if self.owner_id else State.OPEN, act)
            self._record(act, Action.ITEM_RESUMED)
            if self.children.exists() and not self.holding_parts().exists():
                self._settle(State.DONE, act)
                self._record(act, Action.ITEM_COMPLETED, last_part=Said("all its sub-items were settled"))
                self._settle_parent(act)

    def undo(self, act: Act) -> None:
        """Take back one's own last act on the item; the journal keeps both."""
        with self._changing(act):
            last = self.history.order_by("-seq").first()
            if last is None or last.actor_id != act.by.pk or last.action not in UNDOES:
                raise TransitionRefused(
                    _("The last change of this item is not yours to take back. Nothing was changed.")
                )
            self._guard_seen(act)
            if last.action in (Action.ITEM_COMPLETED, Action.ITEM_SET_ASIDE):
                self._unsettle_above(act)
                self._give_to(act.by, act)
                self._enter(State.CLAIMED, act)
            elif last.action == Action.ITEM_CLAIMED:
                self.owner = None
                self._enter(State.OPEN if self.state == State.CLAIMED else State(self.state), act, self.reason)
            elif last.action == Action.ITEM_RELEASED:
                self._give_to(get_user_model().objects.get(pk=last.facts.get("who", act.by.pk)), act)
            else:
                self._enter(State.CLAIMED if self.owner_id else State.OPEN, act)
            with translation.override(settings.LANGUAGE_CODE):
                what = Said("“%(act)s”", act=Said(str(last.get_action_display())))
            self._record(act, Action.ITEM_UNDONE, what=what, undoes=last.action, who=self.owner_id)

    def reopen(self, act: Act, reason: str) -> None:
        """Take a settled item back to work, and with it the items above it, for a reason."""
        with self._changing(act):
            if not self.is_settled:
                raise TransitionRefused(
                    _("This item is not settled, so there is nothing to reopen. Nothing was changed.")
                )
            self._guard_seen(act)
            self._reopen(act, reason)
            for above in self._done_with():
                above._reopen(act, reason, part=Said("with its sub-item #%(item)s", item=str(self.number)))
                above.save()

    def note(self, act: Act, text: str) -> None:
        """Add a note, in any state."""
        with self._changing(act, also_closed=True):
            self.notes.write(self.project, act, text, item=self)

    # -- What the verbs share ----------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self, act: Act, *, also_closed: bool = False) -> Iterator[None]:
        with self.project.locked(act):
            self.refresh_from_db(from_queryset=Item.with_retired.select_related("parent", "project"))
            self._guard_in_plan()
            if not also_closed:
                self.project.closures.guard(self.project, self.key)
            yield
            self.save()

    def _record(self, act: Act, action: Action, remark: str = "", **facts) -> None:
        JournalEntry.objects.record(self.project, act, action, item=self, remark=remark, **facts)

    def count_change(self) -> None:
        """Another version; called by the journal for every entry that tells of a change, and by nobody else."""
        Item.with_retired.filter(pk=self.pk).update(version=F("version") + 1)
        self.version += 1

    def _enter(self, state: State, act: Act, reason: str = "") -> None:
        self.state, self.reason, self.changed_at = state, reason, act.at
        if state not in SETTLED:
            self.settled_by = self.settled_at = None

    def _settle(self, state: State, act: Act, reason: str = "") -> None:
        self._enter(state, act, reason)
        self.settled_by, self.settled_at, self.owner = act.by, act.at, None

    def _settle_parent(self, act: Act) -> None:
        """A group is done when its parts are; it is the last part's act that does it."""
        above = self.parent
        if above is None or above.is_settled or above.state in STUCK:
            return
        if above.holding_parts().exclude(pk=self.pk).exists():
            return
        above._settle(State.DONE, act)
        above.save()
        above._record(
            act, Action.ITEM_COMPLETED, last_part=Said("with its last sub-item #%(item)s", item=str(self.number))
        )
        above._settle_parent(act)

    def _give_to(self, person: User, act: Act) -> None:
        self.owner = person
        if self.state not in STUCK:
            self._enter(State.CLAIMED, act)

    def _hold_up(self, state: State, action: Action, act: Act, reason: str, for_others: bool) -> None:
        with self._changing(act):
            if self.state == state and self.reason == reason:
                return
            self._guard_not_settled()
            if not for_others:
                self._guard_not_with_others(act)
            self._guard_seen(act)
            self._enter(state, act, reason)
            self._record(act, action, reason)

    def _unsettle_above(self, act: Act) -> None:
        """Groups that completed themselves with this part are open again without it."""
        for above in self._done_with():
            above._enter(State.OPEN, act)
            above.save()
            above._record(act, Action.ITEM_UNDONE, what=Said("with its sub-item #%(item)s", item=str(self.number)))

    def _done_with(self) -> Iterator[Item]:
        """The settled groups around it that are not done without it, outwards."""
        part, above = self, self.parent
        while above is not None and above.is_settled and above.needs(part):
            yield above
            part, above = above, above.parent

    def _reopen(self, act: Act, reason: str, **facts) -> None:
        self._enter(State.REOPENED, act, reason)
        self._record(act, Action.ITEM_REOPENED, reason, **facts)

    def _guard_in_plan(self) -> None:
        if self.retired_at:
            when = self.project.local(self.retired_at).strftime("%H:%M %Z")
            raise TransitionRefused(
                _("%(who)s took this item out of the plan at %(when)s. Nothing was changed.")
                % {"who": self.retired_by, "when": when}
            )

    def _guard_not_settled(self) -> None:
        if self.is_settled:
            when = self.project.local(self.settled_at).strftime("%H:%M %Z") if self.settled_at else ""
            told = {"who": self.settled_by, "when": when}
            if self.state == State.DONE:
                raise TransitionRefused(_("%(who)s completed this at %(when)s. Nothing was changed.") % told)
            raise TransitionRefused(_("%(who)s marked not applicable this at %(when)s. Nothing was changed.") % told)

    def _guard_not_with_others(self, act: Act) -> None:
        if self.owner_id and self.owner_id != act.by.pk:
            since = self.project.local(self.changed_at).strftime("%H:%M %Z") if self.changed_at else ""
            raise TransitionRefused(
                _("%(who)s has this item since %(when)s. Nothing was changed.") % {"who": self.owner, "when": since}
            )

    def _guard_ready_to_settle(self, act: Act, for_others: bool) -> None:
        self._guard_not_settled()
        if not for_others:
            self._guard_not_with_others(act)
        if waiting := self.holding_parts().count():
            raise TransitionRefused(
                ngettext(
                    "%(number)s sub-item is still open. Settle them first, and this one settles itself.",
                    "%(number)s sub-items are still open. Settle them first, and this one settles itself.",
                    waiting,
                )
                % {"number": waiting}
            )
        self._guard_seen(act)

    def _guard_seen(self, act: Act) -> None:
        """Refuse what somebody decided on while looking at an older state, when no other guard says it better."""
        if not self.is_overtaken(act):
            return
        last = self.history.filter(action__in=CHANGES_ITEM).order_by("-seq").first()
        told = {
            "when": self.project.local(last.at).strftime("%H:%M %Z") if last else "",
            "who": last.actor_name if last else "",
            "what": last.get_action_display() if last else "",
        }
        raise TransitionRefused(
            _("This item was changed while you looked at it (%(when)s: %(who)s %(what)s). Nothing was changed.") % told
        )
