"""The outbox: mails that are to be sent, written in the transaction of what they tell about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from checklists.models.project import Project

if TYPE_CHECKING:
    from golive_site.accounts.models import User


class MailState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    DROPPED = "dropped", "Not sent: the person has no access any more"


class MailManager(models.Manager["Mail"]):
    def post(
        self,
        kind: str,
        to: User | str,
        key: str,
        at: datetime,
        *,
        project: Project | None = None,
        secret: str = "",
        language: str = "",
        **facts: object,
    ) -> None:
        """Put a mail in the outbox, within the caller's transaction: it is sent if and only if that commits.

        `kind` names the template `mails/KIND.txt`; `facts` is what that tells, JSON and in no language. `key` says what the
        mail is about: a second one with the same key is the same mail, and is not sent again. `to` is a person, written
        to at the address and in the language that they have when it is sent, or an address.
        """
        person, address = (None, to) if isinstance(to, str) else (to, "")
        mail = Mail(
            kind=kind,
            key=key,
            person=person,
            address=address,
            language=language,
            project=project,
            facts=facts,
            secret=secret,
            created_at=at,
            due_at=at,
        )
        self.bulk_create([mail], ignore_conflicts=True)

    def take_back(self, about: str) -> None:
        """Leave unsent whose key begins like this and that no server took yet: what they tell is not so any more."""
        waiting = self.filter(key__startswith=about, state=MailState.WAITING)
        waiting.update(state=MailState.DROPPED, secret="")


class Mail(models.Model):
    """One mail to one person. `due_at` is when it is tried next; `secret` is forgotten once it is sent."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    address = models.EmailField(max_length=254, blank=True)
    language = models.CharField(max_length=10, blank=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, null=True, blank=True, related_name="mails")
    facts = models.JSONField(default=dict)
    secret = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=16, choices=MailState.choices, default=MailState.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    objects = MailManager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="mail_due")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="mail_state_known"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, address="") | (Q(person__isnull=True) & ~Q(address="")),
                name="mail_has_one_recipient",
            ),
            models.CheckConstraint(
                condition=Q(state=MailState.SENT, sent_at__isnull=False, secret="")
                | (~Q(state=MailState.SENT) & Q(sent_at__isnull=True)),
                name="mail_sent_has_when_and_no_secret",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person or self.address}"

    @property
    def recipient(self) -> str:
        return self.person.email if self.person else self.address
