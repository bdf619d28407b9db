"""A try to show who one is, which counts as wrong until it has proved right."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction

# So many wrong tries within this time, and nobody signs with that account for as long.
GUESSES = 5
LOCK = timedelta(minutes=15)


class GuessManager(models.Manager["Guess"]):
    def begin(self, user, at: datetime) -> Guess | None:
        """Count a try before it is looked at, so that many at once are no more tries than one after the other.

        None where nobody may try now. Takes turns per person, and lets go before anything slow is done.
        """
        with transaction.atomic():
            get_user_model().objects.select_for_update(no_key=True).get(pk=user.pk)
            if self.locked_until(user, at):
                return None
            self.filter(user=user, at__lte=at - LOCK).delete()
            return self.create(user=user, at=at)

    def locked_until(self, user, at: datetime) -> datetime | None:
        """Until when somebody cannot sign, after too many wrong tries on any project; None if they can."""
        moments = list(self.filter(user=user, at__gt=at - LOCK).order_by("-at").values_list("at", flat=True)[:GUESSES])
        return moments[-1] + LOCK if len(moments) == GUESSES else None


class Guess(models.Model):
    """One such try, by whom and when. It is deleted when it was right; `was_wrong` when it was looked at and refused."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    was_wrong = models.BooleanField(default=False)

    objects = GuessManager()

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="guess_user_at")]

    def __str__(self) -> str:
        return f"{self.user}, {self.at:%Y-%m-%d %H:%M:%S}"

    def refuse(self) -> bool:
        """It was wrong; whether it is the one that locks signing."""
        self.was_wrong = True
        self.save(update_fields=["was_wrong"])
        rows = Guess.objects.filter(user=self.user_id, was_wrong=True, at__gt=self.at - LOCK)
        return rows.count() >= GUESSES
