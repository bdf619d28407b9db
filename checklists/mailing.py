"""The post: takes mails out of the outbox and hands them to the mail server.

A mail is lent for a while before it is sent, so that two workers never send the same one. It leaves the outbox only when
the server took it; until then it is tried again, ever more slowly and without end. If a worker dies between the
server's word and our note of it, the mail goes out again under the same Message-ID, by which mail programs know it.
"""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import translation

from checklists.models import Mail
from checklists.models.mail import MailState

logger = logging.getLogger(__name__)

# How long a mail is lent to who sends it, and how slowly it is tried again at the most.
LEASE, SLOWEST = timedelta(minutes=2), timedelta(hours=1)
SUBJECT = 200


def deliver_due(now: datetime) -> int:
    """Send what is due; how many mails were taken by the server."""
    sent, server = 0, get_connection()
    while mail := take_next(now):
        sent += deliver(mail, server, now)
    return sent


def take_next(now: datetime) -> Mail | None:
    """The next mail that is due, lent to the caller; others pass it over until it is due again."""
    with transaction.atomic():
        due = Mail.objects.filter(state=MailState.WAITING, due_at__lte=now).order_by("due_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        mail = due.select_related("person", "project").first()
        if mail is None:
            return None
        mail.attempts += 1
        mail.due_at = now + max(LEASE, min(SLOWEST, timedelta(seconds=15 * 2 ** min(mail.attempts, 10))))
        mail.save(update_fields=["attempts", "due_at"])
        return mail


def deliver(mail: Mail, server: BaseEmailBackend, now: datetime) -> bool:
    """Hand one mail to the server. What goes wrong is kept beside the mail and logged; the mail stays."""
    if not still_concerns(mail):
        Mail.objects.filter(pk=mail.pk).update(state=MailState.DROPPED, secret="")
        return False
    try:
        letter_of(mail, server).send()
    except Exception as problem:  # noqa: BLE001 - whatever the server, the network or a template does: the next one goes on
        logger.warning("Mail %s was not sent (try %s): %s", mail.pk, mail.attempts, type(problem).__name__)
        Mail.objects.filter(pk=mail.pk).update(problem=f"{type(problem).__name__}: {problem}"[:500])
        return False
    Mail.objects.filter(pk=mail.pk).update(state=MailState.SENT, sent_at=now, secret="", problem="")
    return True


def still_concerns(mail: Mail) -> bool:
    """Whether the person may still read of the project: who was deactivated or taken off it since may not."""
    if mail.person is None:
        return True
    if not mail.person.is_active:
        return False
    return mail.project is None or mail.project.memberships.filter(user=mail.person).exists()


def letter_of(mail: Mail, server: BaseEmailBackend | None = None) -> EmailMessage:
    """The mail in words: the template's first line is the subject, what follows the text."""
    language = mail.language or getattr(mail.person, "language", "") or settings.LANGUAGE_CODE
    context = {**mail.facts, "mail": mail, "person": mail.person, "project": mail.project, "site": settings.BASE_URL}
    with translation.override(language):
        subject, _, text = render_to_string(f"mails/{mail.kind}.txt", context).strip().partition("\n")
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    message_id = f"<{hashlib.sha256(mail.key.encode()).hexdigest()[:32]}@{host}>"
    return EmailMessage(
        # One line, whatever stands in the names that it is made of: a header that ends early would let in others.
        " ".join(subject.split())[:SUBJECT],
        text.strip() + "\n",
        to=[mail.recipient],
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
        connection=server,
    )
