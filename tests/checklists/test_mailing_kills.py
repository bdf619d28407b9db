"""The post, killed in the middle of its work: nothing is lost, and what went out twice can be known by its Message-ID."""

from __future__ import annotations

import email
import socketserver
import threading
from collections import Counter
from datetime import timedelta

import pytest

from checklists.mailing import LEASE, deliver_due
from checklists.models import Mail
from checklists.models.mail import MailState
from tests.conftest import NOON
from tests.processes import begun

WORK = """
from checklists.mailing import deliver_due
deliver_due(datetime.fromisoformat("{now}"))
"""


class Talk(socketserver.StreamRequestHandler):
    """One conversation with whoever brings mails, as far as it goes."""

    server: MailServer

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        self.server.stop_at("greeting")
        self.say("220 here")
        while line := self.rfile.readline():
            match line[:4].upper():
                case b"DATA":
                    self.say("354 go on")
                    text = b""
                    while (part := self.rfile.readline()) not in (b".\r\n", b""):
                        text += part
                    self.server.letters.append(email.message_from_bytes(text)["Message-ID"])
                    self.server.stop_at("taken")
                    self.say("250 taken")
                case b"QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 yes")


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mails, and falls silent at a given moment of the second one that it is brought."""

    daemon_threads = True

    def __init__(self, silent_at: str):
        super().__init__(("127.0.0.1", 0), Talk)
        self.silent_at, self.seen = silent_at, 0
        self.letters: list[str] = []
        self.is_silent, self.speaks_again = threading.Event(), threading.Event()

    def handle_error(self, request, client_address) -> None:
        """Whoever was killed does not listen any more."""

    def stop_at(self, moment: str) -> None:
        if moment == self.silent_at:
            self.seen += 1
            if self.seen == 2:
                self.is_silent.set()
                self.speaks_again.wait(60)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("silent_at", "twice"), [("greeting", 0), ("taken", 1)])
def test_killed_in_the_middle_it_loses_nothing(project, technician, settings, silent_at, twice):
    """Killed before the server took the second of three mails, or after that and before we knew of it."""
    for number in range(3):
        Mail.objects.post("member_added", technician, f"mail-{number}", NOON, project=project, by="Mia", path="/x/")
    with MailServer(silent_at) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        work = WORK.format(now=NOON.isoformat())
        with begun(work, settings, GOLIVE_EMAIL_URL=f"smtp://127.0.0.1:{port}") as process:
            assert server.is_silent.wait(60)
            process.kill()
        server.speaks_again.set()
        assert list(Mail.objects.order_by("pk").values_list("state", "attempts")) == [
            (MailState.SENT, 1), (MailState.WAITING, 1), (MailState.WAITING, 0),
        ]  # fmt: skip
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        assert deliver_due(NOON) == 1, "the third; what the other had in hand is lent to it"
        assert deliver_due(NOON + LEASE - timedelta(seconds=1)) == 0
        assert deliver_due(NOON + LEASE) == 1
        assert deliver_due(NOON + 9 * LEASE) == 0
        server.shutdown()
    arrived = Counter(server.letters)
    assert len(arrived) == 3
    assert sorted(arrived.values()) == [1, 1, 1 + twice]
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}
