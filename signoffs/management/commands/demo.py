"""`manage.py demo`: seven people and one project half way through its run, made by the real importer and verbs."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from checklists.act import Act
from checklists.importing.plan import Launch, Source, create_project
from checklists.importing.reading import read_checklist
from checklists.models import Item, Membership, Project, Role, Slot
from golive_site.accounts.models import User
from signoffs import closing, gate
from signoffs.meeting import chaired, meeting_of
from signoffs.models import Decision

TEXT = Path(settings.BASE_DIR) / "checklists" / "demo" / "launch.md"
PASSWORD = "night-boat-2026"  # noqa: S105 - printed for everybody: the demo exists in debug mode only
ZONE = "Europe/London"

PEOPLE = {
    "manager@example.org": ("Ines Duarte", "Cutover Manager", Role.MANAGER),
    "technician@example.org": ("Yusuf Aydin", "Systems Engineer", Role.TECHNICIAN),
    "technician2@example.org": ("Freya Lindqvist", "Database Engineer", Role.TECHNICIAN),
    "approver@example.org": ("Harriet Osei", "Director of Operations", Role.APPROVER),
    "approver2@example.org": ("Owen Tremayne", "Port Operations Manager", Role.APPROVER),
    "approver3@example.org": ("Chidi Eze", "Finance Controller", Role.APPROVER),
    "auditor@example.org": ("Paul Novak", "Internal Audit", Role.AUDITOR),
}

SET_ASIDE = {
    "Firewall opened towards": "The acquirer uses 443.",
    "Log shipping to the head": "The head office reads the bridge screen directly.",
}
BLOCKED = {
    "Test alarm reached": "Gate sensors at Ness Quay arrive on the noon boat.",
    "Web banner scheduled": "The Greek text is with the translator.",
}
REOPENED = {"Season passes carried over": "14 passes counted twice; the count is repeated."}
CLAIMED = {
    "Way back to Logline walked": "technician@example.org",
    "Trial bookings purged": "technician2@example.org",
}
VALUES = {
    "Restore": "38",
    "Bookings": "18412",
    "Season passes": "2306",
    "Switch": "96",
    "way back": "22",
    "Venue": "Port Ellery, crew room 2",
}
# Who signs what. The first of them is void when its phase is reopened; two signatures on the rehearsal are still to be given.
SIGNED = {
    "Foundations OK": "approver@example.org",
    "Head of Passenger Services": "approver@example.org",
    "Port Operations Manager": "approver2@example.org",
    "Finance Controller": "approver3@example.org",
}
# What is done once more after a signature, which is stale from then on.
AGAIN = {
    "Head of Passenger Services": (
        "Regression suite",
        "Three tests were added for group tickets; the suite ran once more.",
    )
}
CHAIR = "approver@example.org"
VOTES = {
    "Port Operations": (
        "approver2@example.org",
        Decision.NO_GO,
        "Without the gate sensors at Ness Quay nobody boards by ticket. I vote again when the noon boat is in.",
    ),
}
NOTES = {
    "Trial migration on a copy": "Ran twice. The second run took 41 minutes, the first 55: the disk cache was cold.",
    "Refund to the original card": "Three cards tried. **The old terminal in Saltholm needs a restart** after the first refund.",
    "400 parallel check-ins": "p95 was 412 ms at the peak; graph in the bridge folder.",
}


class Command(BaseCommand):
    help = "Make the demo: a project half way through its run and seven people. Does nothing where a project exists."

    def handle(self, *args, **options) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has a password that everybody knows: it is made in debug mode only.")
        call_command("load_library", verbosity=0)
        if not Project.objects.exists():
            project = Rehearsal(timezone.now()).play()
            self.stdout.write(f"Made the demo project {project.name}.")
        if Project.objects.filter(created_by__email="manager@example.org").exists():
            self.stdout.write(f"Demo logins, password {PASSWORD}:")
            for email, (name, _, role) in PEOPLE.items():
                self.stdout.write(f"  {email:25} {name}, {role.label.lower()}")


class Rehearsal:
    """Plays the run of the demo up to the day before T-0."""

    def __init__(self, now: datetime):
        self.now = now
        self.people = {email: self.person(email) for email in PEOPLE}
        self.clock = now - timedelta(days=13)
        self.turn = cycle(["technician@example.org", "technician2@example.org"])

    def person(self, email: str) -> User:
        name, title, _ = PEOPLE[email]
        users = User.objects
        return users.filter(email=email).first() or users.create_user(email, PASSWORD, name=name, title=title)

    def act(self, email: str) -> Act:
        """The next act of somebody, some hours after the one before; the last ones a few minutes ago."""
        self.clock = min(self.clock + timedelta(minutes=251), self.now - timedelta(minutes=3))
        return Act(by=self.people[email], at=self.clock)

    def play(self) -> Project:
        self.project = self.begin()
        for phase in self.project.phases.all()[:6]:
            self.work_through(list(phase.items.select_related("project").order_by("-depth", "position")), phase.title)
        self.meet()
        # Nobody reads the mails of people who do not exist.
        self.project.mails.all().delete()
        return self.project

    def meet(self) -> None:
        """The meeting on going live has begun: somebody chairs it, and one role is against it so far."""
        votes = meeting_of(gate.standings(self.project)).votes
        Slot.objects.add(self.project, self.act("manager@example.org"), chaired(votes), [self.people[CHAIR]])
        for title, (email, decision, why) in VOTES.items():
            vote = next(each for each in votes if each.slot.title == title)
            gate.sign(vote.slot, self.act(email), decision, vote.digest, why)

    def begin(self) -> Project:
        """T-0 is tomorrow night, at half past four."""
        tomorrow = self.now.astimezone(ZoneInfo(ZONE)) + timedelta(days=1)
        go_live_at = tomorrow.replace(hour=4, minute=30, second=0, microsecond=0) + timedelta(days=1)
        data = TEXT.read_bytes()
        launch = Launch("Fairlead launch night", "Cormorant Ferries", "Fairlead 3.2", go_live_at, ZONE)
        project = create_project(read_checklist(data), Source(TEXT.name, data), launch, self.act("manager@example.org"))
        for email, (name, _, role) in PEOPLE.items():
            if role != Role.MANAGER:
                Membership.objects.admit(project, self.act("manager@example.org"), email, name, role)
        return project

    def work_through(self, items: list[Item], phase: str) -> None:
        """Earlier phases are settled; of the preparations a part; the decision has begun."""
        settled_phase = phase.startswith(("Entry", "Phase 1", "Phase 2"))
        for position, item in enumerate(items):
            if not self.exception(item) and (settled_phase or (phase.startswith("Phase 3") and position % 2)):
                self.finish(item)
        for title, email in SIGNED.items():
            self.sign(title, email)
        for item in items:
            if reason := said(REOPENED, item):
                self.take_back(item, reason)

    def sign(self, title: str, email: str) -> None:
        """Sign a slot as soon as what it is about is settled; only once."""
        standing = next(each for each in gate.standings(self.project) if each.slot.title == title)
        if standing.state != "pending" or not standing.is_ready or standing.slot.signatures.exists():
            return
        gate.sign(standing.slot, self.act(email), Decision.APPROVE, standing.digest)
        if title in AGAIN:
            words, reason = AGAIN[title]
            item = self.project.items.select_related("project").get(text__startswith=words)
            who = next(self.turn)
            item.reopen(self.act(who), reason)
            item.complete(self.act(who))

    def take_back(self, item: Item, reason: str) -> None:
        """Reopen what was signed, and the item that was wrong."""
        phase = self.project.closures.live(self.project).get(phase=item.phase)
        closing.reopen(self.project, self.act("manager@example.org"), phase, reason)
        item.reopen(self.act("manager@example.org"), reason)

    def exception(self, item: Item) -> bool:
        """Items that go another way than the plan's; true when that settles the matter here."""
        if reason := said(SET_ASIDE, item):
            item.set_aside(self.act(next(self.turn)), reason)
        elif reason := said(BLOCKED, item):
            item.block(self.act(next(self.turn)), reason)
        elif email := said(CLAIMED, item):
            item.claim(self.act(email))
        else:
            return False
        return True

    def finish(self, item: Item) -> None:
        who = next(self.turn)
        for field in item.fields.select_related("project", "item"):
            if value := next((value for words, value in VALUES.items() if words in f"{field.label} {item.text}"), ""):
                field.read(self.act(who), value if not field.options else field.options[0])
        if item.children.open().exists():
            return
        if note := said(NOTES, item):
            item.note(self.act(who), note)
        item.complete(self.act(who))


def said(table: dict[str, str], item: Item) -> str:
    """What the table says of the item, by the beginning of its text."""
    return next((said for words, said in table.items() if item.text.startswith(words)), "")
