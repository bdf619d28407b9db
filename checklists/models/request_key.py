"""A key that stands for one wish of one person, so that a form sent twice has one effect."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from checklists.act import Act, KeyReused, Repeated
from checklists.locks import in_turn

# A tick may wait in a browser without a connection for days; nobody sends a form again after that long.
REMEMBERED = timedelta(days=90)

# In one statement, so that two at once cannot both find nothing: the second waits for the first, and then finds it.
TAKE = """
INSERT INTO checklists_requestkey (user_id, key, fingerprint, at, answer) VALUES (%s, %s, %s, %s, '')
ON CONFLICT DO NOTHING RETURNING id
"""


class RequestKeyManager(models.Manager["RequestKey"]):
    @contextmanager
    def once(self, act: Act | None) -> Iterator[None]:
        """A transaction in which the act's key is recorded together with what it does; a refusal frees the key again.

        Raises `Repeated` where the key has had its effect. The first thing that is locked is the key, then come the
        project and its rows. What one request does in several steps goes under its one key.
        """
        if act is None or not act.key or act.effect.key:
            with in_turn(), transaction.atomic():
                yield
            return
        effect = act.effect
        try:
            with in_turn(), transaction.atomic():
                effect.key = self._take(act)
                yield
                if effect.seq:
                    self.filter(pk=effect.key).update(project=effect.project, seq=effect.seq)
        except BaseException:
            effect.key = effect.project = effect.seq = None
            raise

    def _take(self, act: Act) -> int:
        at = connection.ops.adapt_datetimefield_value(act.at)
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [act.by.pk, act.key, act.fingerprint, at])
            if taken := cursor.fetchone():
                return taken[0]
        self.find(act.by.pk, act.key, act.fingerprint)
        raise Repeated

    def find(self, user: int, key: str, fingerprint: str) -> RequestKey | None:
        """The row of a key that was sent before; refused when it stood for something else."""
        row = self.filter(user=user, key=key).select_related("project").first()
        if row and row.fingerprint != fingerprint:
            raise KeyReused(
                _("This form was sent before with other content, so nothing was done now. Load the page again.")
            )
        return row


class RequestKey(models.Model):
    """One request that took effect. `seq` is the last entry that it made in the project's journal, if it made one.

    `answer` is where a plain form was sent on to.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)
    project = models.ForeignKey("Project", on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    seq = models.PositiveIntegerField(null=True, blank=True)
    answer = models.TextField(blank=True)

    objects = RequestKeyManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="request_key_unique")]

    def __str__(self) -> str:
        return self.key


def forget_keys(now: datetime) -> None:
    """The worker's duty: keys that nobody will send again."""
    RequestKey.objects.filter(at__lt=now - REMEMBERED).delete()
