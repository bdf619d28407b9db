"""A round of reminders: one project's signers were reminded, or found to have nothing left, on one day."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import models

from checklists.models import Project

# Rounds that are over for longer than this say nothing any more.
REMEMBERED = timedelta(days=30)


class Round(models.TextChoices):
    """What a round is for: the people who were asked, each day; and everybody who can sign, once before T-0."""

    DAILY = "daily", "Every day"
    LAUNCH = "launch", "Before T-0"


class ReminderManager(models.Manager["Reminder"]):
    def done(self, now: datetime) -> set[tuple[int, str, date]]:
        """The rounds that are done already: project, what for, and its day."""
        recent = self.filter(day__gte=(now - timedelta(days=2)).date())
        return set(recent.values_list("project", "round", "day"))

    def take(self, project: Project, round_: Round, day: date, at: datetime) -> bool:
        """Begin a round in the caller's transaction; false where somebody did already. Forgets what is long over."""
        if self.filter(project=project, round=round_, day=day).exists():
            return False
        self.filter(project=project, day__lt=day - REMEMBERED).delete()
        self.create(project=project, round=round_, day=day, at=at)
        return True


class Reminder(models.Model):
    """`day` counts in the project's zone: the day of the round, or that of the T-0 before which it was."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="reminders")
    round = models.CharField(max_length=16, choices=Round.choices)
    day = models.DateField()
    at = models.DateTimeField()

    objects = ReminderManager()

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            # However many workers there are.
            models.UniqueConstraint(fields=["project", "round", "day"], name="reminder_once_a_day"),
            models.CheckConstraint(condition=models.Q(round__in=Round.values), name="reminder_round_known"),
        ]

    def __str__(self) -> str:
        return f"{self.project}, {self.round}, {self.day}"
