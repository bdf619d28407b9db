"""What proves who somebody is only once, such as the code of a moment; and which slot and snapshot it was shown for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from checklists.act import TransitionRefused
from checklists.models import Slot

# Long after the last moment at which any token could be shown again.
KEPT = timedelta(days=2)


class TokenManager(models.Manager["Token"]):
    def bind(self, user, name: str, slot: Slot, digest: str, at: datetime) -> Token | None:
        """The token, which from now on is good for this slot and snapshot only; None where it was shown for another."""
        token, _made = self.get_or_create(user=user, name=name, defaults={"slot": slot, "digest": digest, "at": at})
        return token if (token.slot_id, token.digest) == (slot.pk, digest) else None


class Token(models.Model):
    """`name` is what it is among those of its person: `totp:59218823` is the code of that half minute."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects = TokenManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="token_once_per_person")]

    def __str__(self) -> str:
        return self.name

    def use(self, at: datetime) -> None:
        """Sign with it, once; in the transaction of the signature, so that a refused one does not cost it."""
        if not Token.objects.filter(pk=self.pk, used_at=None).update(used_at=at):
            raise TransitionRefused(_("That code was used already. Wait for the next one; nothing was recorded."))


def forget_tokens(now: datetime) -> None:
    """The worker's duty: tokens that nobody can show any more."""
    Token.objects.filter(at__lt=now - KEPT).delete()
