"""Everything that the report prints, as one dataclass of facts, in a fixed number of queries for any plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from checklists import schedule
from checklists.models import (
    Action,
    Contact,
    EscalationLevel,
    JournalEntry,
    Phase,
    Procedure,
    Project,
    Section,
    Slot,
)
from checklists.models.item import State
from checklists.models.slot import Meaning
from checklists.readiness import Tally
from signoffs.gate import Standing, standings
from signoffs.models import Decision, Record, Signature
from signoffs.plan_changes import PlanHistory, plan_history_of
from signoffs.story import SIGNS, Blank, Entry, Happening, Part, story_of

SIGNATURE_SIGNS = {"valid": "●", "stale": "◐", "declined": "✗", "pending": "○"}
# What may follow the last signature without the record being another one.
HARMLESS = (Action.SLOT_SIGNED, Action.REPORT_DOWNLOADED, Action.PLAN_DOWNLOADED, Action.JOURNAL_DOWNLOADED)


@dataclass(frozen=True)
class Row:
    """One line of the sign-off table: what was asked for, and the signature that was given, if one was."""

    slot: Slot
    signature: Signature | None
    state: str

    @property
    def meaning(self) -> str:
        if self.signature is None:
            return "to be voted on" if self.slot.is_vote else f"to be {Meaning(self.slot.meaning).label.lower()}"
        decision = Decision(self.signature.decision).label
        plain = self.slot.is_vote or self.signature.meaning == Meaning.APPROVED
        return decision if plain else Meaning(self.signature.meaning).label

    @property
    def digest(self) -> str:
        return grouped(self.signature.digest, 3) if self.signature else ""


@dataclass
class Deviation:
    """An item or a vote that went another way than planned, with all that happened to it, oldest first."""

    name: str
    sign: str
    state: str
    happenings: list[Happening]
    number: int = 0


@dataclass
class Report:
    """A project as of a moment, for a reader who was not there."""

    project: Project
    at: datetime
    record: Record | None
    parts: list[Part]
    blanks: list[Blank]
    standings: list[Standing]
    superseded: list[Signature]
    contacts: list[Contact]
    escalation: list[EscalationLevel]
    procedures: list[Procedure]
    journal: list[JournalEntry]
    plan_history: PlanHistory
    broken_at: int | None
    # Of a report of one phase or section: its title, and whether the whole is complete.
    part: str = ""
    whole_is_complete: bool = False
    tally: Tally = field(init=False)

    def __post_init__(self) -> None:
        self.tally = sum((part.tally for part in self.parts), Tally())

    @property
    def entries(self) -> list[Entry]:
        return [entry for part in self.parts for place in part.places for entry in place.entries]

    @property
    def is_complete(self) -> bool:
        """Everything settled, and every slot validly signed over the plan as it is."""
        if self.part:
            return self.whole_is_complete
        return self.tally.is_settled and all(standing.state == "valid" for standing in self.standings)

    def only(self, part: Phase | Section) -> Report:
        """The same of one phase or one section: its items, what happened to them, and the whole plan's sign-offs."""
        if isinstance(part, Phase):
            parts = [each for each in self.parts if each.phase == part]
        else:
            parts = [
                Part(each.phase, places, Tally.of(entry.item for place in places for entry in place.entries))
                for each in self.parts
                if (places := [place for place in each.places if place.section == part])
            ]
        items = {entry.item.pk for each in parts for place in each.places for entry in place.entries}
        return replace(
            self,
            parts=parts,
            blanks=[],
            contacts=[],
            escalation=[],
            procedures=[],
            journal=[entry for entry in self.journal if entry.item_id in items],
            part=part.title,
            whole_is_complete=self.is_complete,
        )

    @property
    def stamp(self) -> str:
        """What stands at the head of every page: which revision, or how far the project was."""
        if self.record:
            return f"Revision {self.record.revision}, completed {schedule.utc_words(self.at)}"
        return f"As of {schedule.utc_words(self.at)}"

    @property
    def as_of(self) -> str:
        return f"{schedule.words(self.at, self.project.tzinfo)} ({schedule.utc_words(self.at)})"

    @property
    def outcome(self) -> str:
        """How it went, in one sentence."""
        if self.part:
            return f"Only {self.part}: {self.tally.words or 'no items'}."
        if self.is_complete:
            signed = counted(len(self.standings), "signature")
            approval = f"{signed} valid" if self.standings else "the plan asks for no signature"
            return f"Complete: {counted(self.tally.total, 'item')} settled, {approval}. {self.decision}".strip()
        missing = [*self.tally.why_not_green, *self._unsigned]
        return f"In progress, as of {self.as_of}: {', '.join(missing)}. {self.decision}".strip()

    @property
    def decision(self) -> str:
        """What the go or no-go votes say; empty for a plan without votes."""
        votes = [standing.state for standing in self.standings if standing.slot.is_vote]
        if not votes:
            return ""
        if all(vote == "valid" for vote in votes):
            return "Decision: go."
        return f"Votes: {votes.count('valid')} go, {votes.count('declined')} no-go, {len(votes)} asked for."

    @property
    def rows(self) -> list[Row]:
        """The sign-off table: how every slot stands, then what was superseded."""
        live = [
            Row(each.slot, each.signature, f"{SIGNATURE_SIGNS[each.state]} {each.state_label}")
            for each in self.standings
        ]
        return live + [
            Row(old.slot, old, f"○ superseded {schedule.words(old.superseded_at, self.project.tzinfo)}")
            for old in self.superseded
            if old.superseded_at
        ]

    @property
    def _unsigned(self) -> list[str]:
        states = [standing.state for standing in self.standings]
        words = {"pending": "not signed", "stale": "signed but stale", "declined": "no-go"}
        slots = f"of {counted(len(states), 'slot')}"
        return [f"{states.count(state)} {slots} {word}" for state, word in words.items() if state in states]

    @property
    def figures(self) -> str:
        """The key figures, in one sentence."""
        places = [place for part in self.parts for place in part.places]
        blanks = [*self.blanks, *(blank for place in places for blank in place.blanks)]
        blanks += [blank for entry in self.entries for blank in entry.blanks]
        valid = sum(standing.state == "valid" for standing in self.standings)
        return ". ".join(
            [
                f"{counted(self.tally.total, 'item')}: {self.tally.words or 'none'}",
                ", ".join(
                    [
                        counted(sum(len(blank.readings) for blank in blanks), "reading"),
                        counted(sum(len(entry.notes) for entry in self.entries), "note"),
                        counted(len(self.journal), "journal entry", "journal entries"),
                    ]
                ),
                f"{valid} of {counted(len(self.standings), 'signature')} valid",
            ]
        )

    @property
    def since_signed(self) -> str:
        """Whether the record moved on after the last signature; empty when nobody has signed."""
        signed = [at for at, entry in enumerate(self.journal) if entry.action == Action.SLOT_SIGNED]
        if not signed:
            return ""
        later = [entry for entry in self.journal[signed[-1] :] if entry.action not in HARMLESS]
        changes = counted(len(later), "journal entry", "journal entries")
        return f"{changes} since the last signature." if later else "Record unchanged since the last signature."

    @property
    def chain_head(self) -> str:
        """Where the journal ends, short enough for a page's foot: number and start of the hash."""
        if not self.journal:
            return "Journal empty"
        last = self.journal[-1]
        return f"Chain head {last.seq}: {grouped(last.hash)}"

    @property
    def chain_state(self) -> str:
        """Whether the journal is whole, in a sentence."""
        if self.broken_at is not None:
            return f"The chain of hashes is BROKEN at entry {self.broken_at}: what follows it was changed or taken out."
        return "The chain of hashes is intact from its first entry to its last."

    @cached_property
    def deviations(self) -> list[Deviation]:
        """Votes against it first, then items in the order of the plan."""
        votes = [standing.signature for standing in self.standings if standing.state == "declined"]
        votes += [signature for signature in self.superseded if signature.decision == Decision.NO_GO]
        found = [
            Deviation(
                name=vote.slot.title,
                sign=SIGNATURE_SIGNS["declined"],
                state="no-go, superseded" if vote.superseded_at else "no-go",
                happenings=[Happening("Voted no-go", vote.comment, vote.name, vote.signed_at)],
            )
            for vote in votes
            if vote is not None
        ]
        found += [
            Deviation(
                name=entry.item.text,
                sign=SIGNS[State(entry.item.state)],
                state=State(entry.item.state).label.lower(),
                happenings=entry.happenings,
                number=entry.item.number,
            )
            for entry in self.entries
            if entry.happenings
        ]
        return found

    @property
    def stale(self) -> list[Standing]:
        """Signatures over something that has changed since."""
        return [standing for standing in self.standings if standing.state == "stale"]


def counted(number: int, one: str, many: str = "") -> str:
    """`1 item`, `1,184 items`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def grouped(digest: str, groups: int = 4) -> str:
    """The start of a digest in fours, for the eye to compare: `9c41 77e0 52ab 08d3`."""
    return " ".join(digest[at : at + 4] for at in range(0, 4 * groups, 4))


def report_of(project: Project, at: datetime, record: Record | None = None) -> Report:
    """The facts of a project as of a moment; for a record, with the journal as it was when that was ordered."""
    entries = project.journal.defer("prev")
    journal = list(entries.filter(seq__lte=record.head_seq) if record else entries)
    parts, blanks = story_of(project, journal)
    return Report(
        project=project,
        at=at,
        record=record,
        parts=parts,
        blanks=blanks,
        standings=standings(project),
        superseded=list(
            Signature.objects.filter(slot__project=project)
            .exclude(superseded_at=None)
            .select_related("slot__phase")
            .defer("snapshot")
        ),
        contacts=list(project.contacts.all()),
        escalation=list(project.escalation_levels.all()),
        procedures=list(project.procedures.prefetch_related("steps")),
        journal=journal,
        plan_history=plan_history_of(project, journal),
        broken_at=JournalEntry.objects.first_broken(project),
    )
