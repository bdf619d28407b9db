"""A code: eight digits by mail, asked for on the page of an invitation, that show who reads the mail of its address.

It is bound to the browser that asked for it: whoever has the link and the code in another one has nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import Action, JournalEntry, Mail
from signoffs.models.invitation import Invitation

DIGITS = 8
# How long a code can be entered, how often one can be wrong about it, and how long what it opens stays open.
GOOD_FOR, TRIES, OPEN_FOR = timedelta(minutes=10), 5, timedelta(minutes=30)
# As many codes within an hour as one link is sent: with the tries of each, what can be guessed at all.
CODES, AN_HOUR = 5, timedelta(hours=1)


class CodeManager(models.Manager["Code"]):
    def ask(self, invitation: Invitation, act: Act) -> str:
        """Mail a new code for whoever has the link; earlier ones end. What comes back is for the browser's session."""
        with invitation.project.locked(act):
            invitation.again()
            invitation.guard_open(act.at)
            if self.filter(invitation=invitation, asked_at__gt=act.at - AN_HOUR).count() >= CODES:
                raise TransitionRefused(
                    _("%(number)s codes were sent within an hour. Wait a while; the link stays good.")
                    % {"number": CODES}
                )
            digits, browser = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}", secrets.token_urlsafe(32)
            Mail.objects.take_back(f"{invitation.mails}code:")
            code = self.create(
                invitation=invitation,
                asked_at=act.at,
                mark=mark_of(invitation, digits),
                browser_sha256=hashlib.sha256(browser.encode()).hexdigest(),
            )
            JournalEntry.objects.record(invitation.project, act, Action.CODE_ASKED, subject=invitation.slot.title)
            Mail.objects.post(
                "signing_code",
                invitation.person.email,
                f"{invitation.mails}code:{code.pk}",
                act.at,
                project=invitation.project,
                secret=digits,
                language=get_language() or "",
                slot=invitation.slot.title,
                minutes=int(GOOD_FOR.total_seconds()) // 60,
            )
            return browser

    def held_by(self, invitation: Invitation, browser: str) -> Code | None:
        """The code that this browser asked for, if it is the last that anybody asked for since the link was sent."""
        code = self.last_of(invitation)
        if code is None:
            return None
        same = constant_time_compare(code.browser_sha256, hashlib.sha256(browser.encode()).hexdigest())
        return code if same else None

    def last_of(self, invitation: Invitation) -> Code | None:
        """The only code that counts: the last one, if it was asked for by the link that was sent last."""
        code = self.filter(invitation=invitation, asked_at__gte=invitation.sent_at).order_by("-pk").first()
        if code:
            code.invitation = invitation
        return code


class Code(models.Model):
    """One code. `mark` is what is kept of the digits: made with the server's secret key, for they are few."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="codes")
    asked_at = models.DateTimeField()
    mark = models.CharField(max_length=64)
    browser_sha256 = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    entered_at = models.DateTimeField(null=True, blank=True)

    objects = CodeManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=TRIES), name="code_tries_limited"),
            models.CheckConstraint(
                condition=Q(entered_at=None) | Q(entered_at__gte=models.F("asked_at")), name="code_entered_after_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation}, {self.asked_at}"

    def can_be_entered(self, now: datetime) -> bool:
        return self.entered_at is None and self.tries < TRIES and now < self.asked_at + GOOD_FOR

    def opens(self, now: datetime) -> bool:
        """Whether it was entered, and not too long ago."""
        return self.entered_at is not None and now < self.entered_at + OPEN_FOR

    def guard_opens(self, now: datetime) -> None:
        """Refuse where the link was taken back or sent anew, another browser asked, or it was too long ago."""
        self.invitation.guard_open(now)
        if self != Code.objects.last_of(self.invitation) or not self.opens(now):
            raise TransitionRefused(_("Your code opens this no more. Ask for another; nothing was recorded."))

    def enter(self, act: Act, typed: str) -> bool:
        """Whether these are the digits. Each try counts and is recorded when it was wrong, so nothing is undone by it."""
        invitation = self.invitation
        with invitation.project.locked(act):
            self.refresh_from_db(fields=["tries", "entered_at"])
            invitation.again()
            invitation.guard_open(act.at)
            if self != Code.objects.last_of(invitation) or not self.can_be_entered(act.at):
                raise TransitionRefused(_("This code is good no more. Ask for another."))
            self.tries += 1
            if right := constant_time_compare(self.mark, mark_of(invitation, typed)):
                self.entered_at = act.at
            self.save(update_fields=["tries", "entered_at"])
            if not right:
                JournalEntry.objects.record(invitation.project, act, Action.CODE_REFUSED, subject=invitation.slot.title)
            return right


def mark_of(invitation: Invitation, digits: str) -> str:
    return salted_hmac(f"golive.signing-code.{invitation.uuid}", digits, algorithm="sha256").hexdigest()
