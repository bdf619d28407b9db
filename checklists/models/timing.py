"""When something happens relative to T-0, how often, and how long it takes: what phases, sections and items share."""

from django.db import models


class Timing(models.Model):
    """The author's words, and what the importer made of them.

    Offsets are minutes from T-0, negative before it; `offset_end` is empty where the window is open. `clock` is a time
    of day such as "08:00" in the project's zone. `round` is empty for what happens once, else how often: every so many
    units, from and until so many minutes after T-0.
    """

    window = models.CharField(max_length=200, blank=True)
    offset_start = models.IntegerField(null=True, blank=True)
    offset_end = models.IntegerField(null=True, blank=True)
    clock = models.CharField(max_length=5, blank=True)
    recurrence = models.CharField(max_length=200, blank=True)
    round = models.JSONField(null=True, blank=True)
    duration_minutes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True
