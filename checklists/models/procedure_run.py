"""A run of a procedure: the night on which somebody rolled back, step by step, with who and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.act import Act, TransitionRefused
from checklists.models.closure import Closure
from checklists.models.journal import Action, JournalEntry
from checklists.models.procedure import Procedure, Step
from checklists.models.project import Project
from checklists.models.versioned import Versioned
from checklists.scopes import PLAN


class RunState(models.TextChoices):
    RUNNING = "running", gettext_lazy("Running")
    FINISHED = "finished", gettext_lazy("Finished")
    STOPPED = "stopped", gettext_lazy("Stopped")


class StepState(models.TextChoices):
    OPEN = "open", gettext_lazy("Open")
    DONE = "done", gettext_lazy("Done")
    FAILED = "failed", gettext_lazy("Failed")
    SKIPPED = "skipped", gettext_lazy("Skipped")


# How a step can end; whoever says one of the last two says why.
ENDS_STEP = (StepState.DONE, StepState.FAILED, StepState.SKIPPED)
SAYS_WHY = (StepState.FAILED, StepState.SKIPPED)


class ProcedureRunManager(models.Manager["ProcedureRun"]):
    def start(self, procedure: Procedure, act: Act, reason: str) -> ProcedureRun:
        """Begin the procedure, with its steps as they stand now; for whoever works on the project.

        Refused while it runs already, when it has no steps, and when the plan is closed.
        """
        project = procedure.project
        with project.locked(act):
            Closure.objects.guard(project, PLAN)
            running = self.filter(procedure=procedure, state=RunState.RUNNING).select_related("started_by", "project")
            if now := running.first():
                raise TransitionRefused(
                    _("%(who)s started this at %(when)s, and it is still running. Nothing was changed.")
                    % {"who": now.started_by, "when": project.local(now.started_at).strftime("%H:%M %Z")}
                )
            steps = list(procedure.steps.all())
            if not steps:
                raise TransitionRefused(_("This procedure has no steps. A manager can add some; nothing was changed."))
            number = (self.filter(project=project).aggregate(last=Max("number"))["last"] or 0) + 1
            run = self.create(
                project=project,
                procedure=procedure,
                number=number,
                title=procedure.title,
                reason=reason,
                started_at=act.at,
                started_by=act.by,
            )
            RunStep.objects.bulk_create(
                RunStep(run=run, number=place, step=step, text=step.text) for place, step in enumerate(steps, 1)
            )
            JournalEntry.objects.record(
                project, act, Action.PROCEDURE_STARTED, subject=procedure.title, remark=reason, run=number
            )
            return run


class ProcedureRun(Versioned):
    """`title` and the steps' texts are as they were when it began; `remark` is what was said at its end."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="procedure_runs")
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField()
    title = models.TextField()
    reason = models.TextField(max_length=1000)
    state = models.CharField(max_length=16, choices=RunState.choices, default=RunState.RUNNING)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    remark = models.TextField(max_length=1000, blank=True)

    objects = ProcedureRunManager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="procedure_run_number_unique"),
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(state=RunState.RUNNING), name="procedure_runs_once_at_a_time"
            ),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="procedure_run_state_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="procedure_run_has_reason"),
            models.CheckConstraint(
                condition=Q(state=RunState.RUNNING, ended_at=None, ended_by=None, remark="")
                | (~Q(state=RunState.RUNNING) & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="procedure_run_ended_has_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("procedure_run", args=[self.project.slug, self.number])

    @property
    def is_running(self) -> bool:
        return self.state == RunState.RUNNING

    def took(self, now: datetime) -> timedelta:
        """How long it has run, or ran."""
        return (self.ended_at or now) - self.started_at

    # -- Verbs, for whoever works on the project -----------------------------------------------------------------------

    def settle(self, act: Act, number: int, state: StepState, remark: str = "") -> None:
        """Say how a step ended. Steps may be taken out of order: a bad night is no place for rules about that."""
        with self.project.locked(act):
            self._again()
            self._guard_running()
            step = self.steps.select_related("settled_by").get(number=number)
            if step.state == state and step.settled_by_id == act.by.pk:
                return
            if step.state != StepState.OPEN:
                raise TransitionRefused(
                    _("%(who)s said at %(when)s how step %(number)s went: %(state)s. Nothing was changed.")
                    % {
                        "number": number,
                        "who": step.settled_by,
                        "state": step.get_state_display(),
                        "when": self.project.local(step.settled_at or act.at).strftime("%H:%M %Z"),
                    }
                )
            if state in SAYS_WHY and not remark:
                raise TransitionRefused(_("Say why: others will read it. Nothing was changed."))
            step.state, step.remark, step.settled_at, step.settled_by = state, remark, act.at, act.by
            step.save()
            self._count()
            facts: dict[str, Any] = {"run": self.number, "step": number, "outcome": state.value}
            JournalEntry.objects.record(
                self.project, act, Action.PROCEDURE_STEP_SETTLED, subject=step.text, remark=remark, **facts
            )

    def end(self, act: Act, remark: str = "") -> None:
        """The end of it: finished where every step has ended, stopped before that, which needs a word why."""
        with self.project.locked(act):
            self._again()
            self._guard_running()
            left = self.steps.filter(state=StepState.OPEN).count()
            if left and not remark:
                raise TransitionRefused(_("Steps are open: say why it stops here. Nothing was changed."))
            self.state = RunState.STOPPED if left else RunState.FINISHED
            self.ended_at, self.ended_by, self.remark = act.at, act.by, remark
            self._count()
            facts: dict[str, Any] = {"run": self.number, "outcome": self.state.value, "left": left}
            JournalEntry.objects.record(
                self.project, act, Action.PROCEDURE_ENDED, subject=self.title, remark=remark, **facts
            )

    def _again(self) -> None:
        self.refresh_from_db(from_queryset=ProcedureRun.objects.select_related("project", "ended_by"))

    def _guard_running(self) -> None:
        if not self.is_running:
            raise TransitionRefused(
                _("%(who)s ended this at %(when)s. Nothing was changed.")
                % {
                    "who": self.ended_by,
                    "when": self.project.local(self.ended_at or self.started_at).strftime("%H:%M %Z"),
                }
            )

    def _count(self) -> None:
        self.version += 1
        self.save()


class RunStep(models.Model):
    """One step of a run; `number` as it was counted then."""

    run = models.ForeignKey(ProcedureRun, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveIntegerField()
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    state = models.CharField(max_length=16, choices=StepState.choices, default=StepState.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    remark = models.TextField(max_length=1000, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="run_step_number_unique"),
            models.CheckConstraint(condition=Q(state__in=StepState.values), name="run_step_state_known"),
            models.CheckConstraint(
                condition=Q(state=StepState.OPEN, settled_at=None, settled_by=None, remark="")
                | (~Q(state=StepState.OPEN) & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="run_step_settled_has_who",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[StepState.OPEN, StepState.DONE]) | ~Q(remark=""), name="run_step_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.text
