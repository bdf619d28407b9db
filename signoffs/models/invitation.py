"""An invitation: the link by which somebody without an account signs one slot, and nothing else.

The token of the link is only in the mail: here stands its hash. In the link it follows a `#`, so that no browser sends it
anywhere by itself, and no log nor mail scanner has or uses it. It opens nothing alone; see `code.py`.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from checklists import schedule
from checklists.act import Act, TransitionRefused
from checklists.models import Action, Closure, JournalEntry, Mail, Project, Slot
from checklists.models.slot import Filler

# How long a link is good at the most, and how many mails an address is sent within a day, whoever wants them to be.
DAYS = 7
MAILS, A_DAY = 10, timedelta(days=1)
TOKEN_BYTES = 32


class Ending(models.TextChoices):
    """What ended an invitation before its time."""

    SIGNED = "signed", gettext_lazy("signed")
    REVOKED = "revoked", gettext_lazy("taken back")


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationManager(models.Manager["Invitation"]):
    def open_in(self, projects: Iterable[Project], now: datetime) -> list[Invitation]:
        """Those by which somebody could sign now."""
        rows = self.filter(slot__project__in=projects, ended_at=None).select_related("slot__project", "person", "by")
        return [each for each in rows if each.is_open(now)]

    def invite(self, slot: Slot, act: Act, email: str, name: str, days: int = DAYS) -> Invitation:
        """Ask whoever reads the mail of this address to sign this slot; for managers. Asked again, it is a new link.

        Refused for addresses of accounts: their owners sign with them.
        """
        project = slot.project
        with project.locked(act):
            slot.refresh_from_db(fields=["filler", "retired_at"])
            if not settings.EXTERNAL_SIGNERS:
                raise TransitionRefused(_("Nobody without an account may sign on this server. Nothing was changed."))
            if slot.filler != Filler.EXTERNAL or slot.retired_at:
                raise TransitionRefused(_("This is not for somebody without an account to sign. Nothing was changed."))
            Closure.objects.guard(project, slot.key)
            person = self._person(email, name)
            there = self.filter(slot=slot, person=person, ended_at=None).first()
            if there:
                there.send_again(act, days)
                return there
            invitation = self.model(slot=slot, person=person)
            invitation.send(act, days, Action.EXTERNAL_INVITED)
            return invitation

    def _person(self, email: str, name: str):
        users = get_user_model().objects
        person = users.filter(email__iexact=email.strip()).first()
        if person is None or person.is_external:
            return users.external(email, name)
        if person.is_active:
            raise TransitionRefused(
                _("%(who)s has an account here: add them to the project, and they sign with it. Nothing was changed.")
                % {"who": person}
            )
        raise TransitionRefused(
            _("The account with this address was ended, and an address is never somebody else's. Nothing was changed.")
        )


class Invitation(models.Model):
    """Who is asked, until when, and what ended it. A link that is sent again has another token; the old one is dead."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="invitations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    # Of the token that holds: who sent it, when, and for how many days it is good.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=120)
    sent_at = models.DateTimeField()
    sent_times = models.PositiveSmallIntegerField(default=0)
    days = models.PositiveSmallIntegerField(default=DAYS)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=16, choices=Ending.choices, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = InvitationManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "person"], condition=Q(ended_at=None), name="invitation_one_live_per_slot_and_person"
            ),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=DAYS), name="invitation_seven_days_at_most"),
            models.CheckConstraint(condition=Q(ended_how__in=["", *Ending.values]), name="invitation_ending_known"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="", ended_by=None)
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how="")),
                name="invitation_ended_has_how_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} <{self.person.email}>"

    def get_absolute_url(self) -> str:
        return reverse("external", args=[self.uuid])

    @property
    def project(self) -> Project:
        return self.slot.project

    @property
    def expires_at(self) -> datetime:
        return self.sent_at + timedelta(days=self.days)

    # -- Whether it opens anything -------------------------------------------------------------------------------------

    def is_open(self, now: datetime) -> bool:
        return not self.why_closed(now)

    def why_closed(self, now: datetime) -> str:
        """Why nobody signs by it any more, in words; empty where somebody can.

        It falls with the account of who sent it, and with the first account of who it was sent to.
        """
        if not settings.EXTERNAL_SIGNERS:
            return _("Nobody without an account may sign on this server.")
        if self.ended_how == Ending.SIGNED:
            return _("It was signed by this link. It is good for one signature.")
        is_asked = self.slot.filler == Filler.EXTERNAL and not self.slot.retired_at
        if self.ended_at or not self.by.is_active or not self.person.is_external or not is_asked:
            return _("This link was taken back.")
        if now >= self.expires_at:
            return _("This link was good until %(when)s.") % {
                "when": schedule.words(self.expires_at, self.project.tzinfo)
            }
        return ""

    def guard_open(self, now: datetime) -> None:
        if why := self.why_closed(now):
            raise TransitionRefused(why + " " + _("Ask %(who)s for another.") % {"who": self.by_name})

    def has_token(self, token: str) -> bool:
        return constant_time_compare(self.token_sha256, hash_of(token))

    # -- Verbs ---------------------------------------------------------------------------------------------------------

    def send_again(self, act: Act, days: int = DAYS) -> None:
        """Send another link, with a new token and new days; for managers. Whoever had opened the old one is out."""
        with self.project.locked(act):
            self.again()
            if self.ended_at:
                raise TransitionRefused(_("This link has ended. Ask anew, and it will be another."))
            self.send(act, days, Action.EXTERNAL_RESENT)

    def revoke(self, act: Act) -> None:
        """Take the link back; for managers."""
        with self.project.locked(act):
            self.again()
            if self.ended_at:
                return
            self.end(act, Ending.REVOKED)
            self._record(act, Action.EXTERNAL_REVOKED)

    def end(self, act: Act, how: Ending) -> None:
        """Let it be over; part of a verb that holds the lock."""
        self.ended_at, self.ended_by, self.ended_how = act.at, act.by, how
        self.save(update_fields=["ended_at", "ended_by", "ended_how"])
        self.take_back_mails()

    def send(self, act: Act, days: int, action: Action) -> None:
        """A new token, in a mail that is the only place where it stands; part of a verb that holds the lock."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        self.by, self.by_name, self.sent_at, self.days = act.by, str(act.by), act.at, days
        self.token_sha256 = hash_of(token)
        self.sent_times += 1
        address = self.person.email
        sent = Mail.objects.filter(kind="signing_asked", address=address, created_at__gt=act.at - A_DAY)
        if sent.count() >= MAILS:
            raise TransitionRefused(
                _("%(number)s links were sent to that address within a day. Nothing was changed.") % {"number": MAILS}
            )
        self.take_back_mails()
        self.save()
        self._record(act, action)
        Mail.objects.post(
            "signing_asked",
            address,
            f"{self.mails}link:{self.sent_times}",
            act.at,
            project=self.project,
            secret=token,
            language=get_language() or "",
            name=str(self.person),
            by=self.by_name,
            slot=self.slot.title,
            until=schedule.words(self.expires_at, self.project.tzinfo),
            path=self.get_absolute_url(),
        )

    @property
    def mails(self) -> str:
        """How the keys of its mails begin."""
        return f"invitation:{self.uuid}:"

    def take_back_mails(self) -> None:
        """A token or a code that opens nothing any more need not arrive."""
        Mail.objects.take_back(self.mails)

    def _record(self, act: Act, action: Action) -> None:
        JournalEntry.objects.record(self.project, act, action, subject=self.slot.title, person=str(self))

    def again(self) -> None:
        """Read it again, with everything that says whether it is open."""
        around = ("slot__project", "slot__phase", "slot__section", "slot__subject", "person", "by")
        self.refresh_from_db(from_queryset=Invitation.objects.select_related(*around))
