"""Everything that the report prints, as one dataclass of facts, in a fixed number of queries for any plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from django.db.models import Prefetch
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checklists import models, schedule
from checklists.models import (
    Action,
    Contact,
    EscalationLevel,
    JournalEntry,
    Phase,
    Procedure,
    ProcedureRun,
    Project,
    RunStep,
    Section,
    Slot,
)
from checklists.models.item import State
from checklists.models.slot import Meaning
from checklists.readiness import Tally
from signoffs.blank import Blank
from signoffs.gate import is_done
from signoffs.meeting import meeting_of
from signoffs.models import AGAINST, Condition, Decision, JobState, Record, Signature
from signoffs.models.condition import conditions_of
from signoffs.plan_changes import PlanHistory, plan_history_of
from signoffs.punctuality import Pace, paces
from signoffs.snapshot import content_of
from signoffs.standing import Standing, standings
from signoffs.story import SIGNS, Entry, Happening, Part, Talk, story_of

SIGNATURE_SIGNS = {"valid": "●", "conditions": "●", "abstained": "○", "stale": "◐", "declined": "✗", "pending": "○"}
TO_BE = {
    Meaning.APPROVED: gettext_lazy("to be approved"),
    Meaning.PERFORMED: gettext_lazy("to be performed"),
    Meaning.VERIFIED: gettext_lazy("to be verified"),
    Meaning.REVIEWED: gettext_lazy("to be reviewed"),
    Meaning.ACKNOWLEDGED: gettext_lazy("to be acknowledged"),
}
# What may follow the last signature without the record being another one.
HARMLESS = (
    *(Action.SLOT_SIGNED, Action.SLOT_DECIDED, Action.SCOPE_CLOSED, Action.PROJECT_COMPLETED, Action.RECORD_SEALED),
    *(Action.REPORT_DOWNLOADED, Action.PLAN_DOWNLOADED, Action.JOURNAL_DOWNLOADED),
)

# What makes an item of a condition.
DEMANDED = (Action.PHASE_ADDED, Action.ITEM_ADDED, Action.ITEM_HANDED_OVER)


@dataclass(frozen=True)
class Row:
    """One line of the sign-off table: what was asked for, and the signature that was given, if one was."""

    slot: Slot
    signature: Signature | None
    state: str
    conditions: Sequence[Condition] = ()

    @property
    def meaning(self) -> str:
        if self.signature is None:
            if self.slot.is_decision:
                return _("to be decided")
            return _("to be voted on") if self.slot.is_vote else str(TO_BE[Meaning(self.slot.meaning)])
        decision = str(Decision(self.signature.decision).label)
        plain = self.slot.is_of_meeting or self.signature.meaning == Meaning.APPROVED
        return decision if plain else str(Meaning(self.signature.meaning).label)

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


@dataclass(frozen=True)
class Unread:
    """A blank of a check that comes round, and was not read each time; `number` is that of its item, if it stands in one."""

    blank: Blank
    place: str
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
    talk: Talk
    # What people said is not as it should be, beside what deviated from the plan by itself.
    raised: list[models.Deviation]
    conditions: dict[int, list[Condition]]
    broken_at: int | None
    # What was sealed before the project was reopened, oldest first.
    earlier: list[Record]
    # Of a report of one phase or section: its title, and whether the whole is complete.
    part: str = ""
    whole_is_complete: bool = False
    is_done: bool = False
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
        return self.is_done

    def only(self, part: Phase | Section) -> Report:
        """The same of one phase or one section: its items, what happened to them, and the whole plan's sign-offs."""
        if isinstance(part, Phase):
            parts = [each for each in self.parts if each.phase == part]
        else:
            parts = [
                Part(
                    each.phase,
                    places,
                    Tally.of(entry.item for place in places for entry in place.entries),
                    Talk([], []),
                )
                for each in self.parts
                if (places := [place for place in each.places if place.section == part])
            ]
        items = {entry.item.pk for each in parts for place in each.places for entry in place.entries}
        return replace(
            self,
            parts=parts,
            blanks=[],
            talk=Talk([], []),
            raised=[],
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
            words = _("Revision %(number)s, completed %(when)s")
            return words % {"number": self.record.revision, "when": schedule.utc_words(self.at)}
        return _("As of %(when)s") % {"when": schedule.utc_words(self.at)}

    def project_words(self, moment: datetime) -> str:
        return schedule.words(moment, self.project.tzinfo)

    @property
    def as_of(self) -> str:
        return f"{self.project_words(self.at)} ({schedule.utc_words(self.at)})"

    @property
    def outcome(self) -> str:
        """How it went, in one sentence."""
        if self.part:
            return _("Only %(part)s: %(words)s.") % {"part": self.part, "words": self.tally.words or _("no items")}
        if self.is_complete:
            done = _("Complete: %(items)s settled, the plan asks for no signature.")
            if self.standings:
                done = _("Complete: %(items)s settled, %(signatures)s valid.")
            done %= {"items": items(self.tally.settled), "signatures": signatures(len(self.standings))}
            return f"{done} {self.decision}".strip()
        missing = ", ".join([*self.tally.why_not_green, *self._unsigned])
        so_far = _("In progress, as of %(when)s: %(missing)s.") % {"when": self.as_of, "missing": missing}
        return f"{so_far} {self.decision}".strip()

    @property
    def decision(self) -> str:
        """What the chair decided, else what the go or no-go votes say; empty for a plan without them."""
        meeting = meeting_of(self.standings)
        if word := meeting.decided:
            told = {"decision": word.get_decision_display().lower(), "who": word.who, "votes": meeting.words or "–"}
            return _("Decision: %(decision)s, by %(who)s. Votes: %(votes)s.") % told
        votes = [standing.state for standing in self.standings if standing.slot.is_vote]
        if not votes:
            return ""
        if all(vote == "valid" for vote in votes):
            return _("Decision: go.")
        return _("Votes: %(go)s go, %(no_go)s no-go, %(all)s asked for.") % {
            "go": votes.count("valid"),
            "no_go": votes.count("declined"),
            "all": len(votes),
        }

    @property
    def rows(self) -> list[Row]:
        """The sign-off table: how every slot stands, then what was superseded."""
        live = []
        for each in self.standings:
            if not each.given:
                live.append(Row(each.slot, None, f"{SIGNATURE_SIGNS[each.state]} {each.state_label}"))
            for given in each.given:
                held = self.conditions.get(given.signature.pk, ())
                live.append(Row(each.slot, given.signature, f"{SIGNATURE_SIGNS[given.state]} {given.label}", held))
            if each.given and each.still and each.state == "pending":
                missing = _("%(still)s of %(needed)s missing") % {"still": each.still, "needed": each.needed}
                live.append(Row(each.slot, None, f"{SIGNATURE_SIGNS['pending']} {missing}"))
        return live + [
            Row(old.slot, old, f"○ {old.get_voided_how_display()} {self.project_words(old.voided_at)}")
            for old in self.superseded
            if old.voided_at
        ]

    @property
    def _unsigned(self) -> list[str]:
        states = [standing.state for standing in self.standings]
        total = len(states)
        words = {
            "pending": ngettext(
                "%(number)s of %(total)s slot not signed", "%(number)s of %(total)s slots not signed", total
            ),
            "stale": ngettext(
                "%(number)s of %(total)s slot signed but stale", "%(number)s of %(total)s slots signed but stale", total
            ),
            "declined": ngettext("%(number)s of %(total)s slot no-go", "%(number)s of %(total)s slots no-go", total),
        }
        return [
            word % {"number": states.count(state), "total": total} for state, word in words.items() if state in states
        ]

    @property
    def figures(self) -> str:
        """The key figures, in one sentence."""
        places = [place for part in self.parts for place in part.places]
        blanks = [*self.blanks, *(blank for place in places for blank in place.blanks)]
        blanks += [blank for entry in self.entries for blank in entry.blanks]
        valid = sum(standing.state == "valid" for standing in self.standings)
        notes = sum(len(entry.notes) for entry in self.entries)
        total = len(self.standings)
        of_all = ngettext("%(number)s of %(total)s signature valid", "%(number)s of %(total)s signatures valid", total)
        kept = [
            readings(sum(len(blank.readings) for blank in blanks)),
            ngettext("%(number)s note", "%(number)s notes", notes) % {"number": number(notes)},
            journal_entries(len(self.journal)),
        ]
        return ". ".join(
            [
                items(self.tally.total) + ": " + (self.tally.words or _("none")),
                ", ".join(kept),
                of_all % {"number": number(valid), "total": number(total)},
            ]
        )

    @property
    def since_signed(self) -> str:
        """Whether the record moved on after the last signature; empty when nobody has signed."""
        signed = [
            at for at, entry in enumerate(self.journal) if entry.action in (Action.SLOT_SIGNED, Action.SLOT_DECIDED)
        ]
        if not signed:
            return ""
        last = self.journal[signed[-1]]
        later = [
            entry
            for entry in self.journal[signed[-1] :]
            if entry.action not in HARMLESS
            # What a signer demanded is of the act of signing.
            and not (entry.action in DEMANDED and (entry.at, entry.actor_id) == (last.at, last.actor_id))
        ]
        if not later:
            return _("Record unchanged since the last signature.")
        return _("%(entries)s since the last signature.") % {"entries": journal_entries(len(later))}

    @property
    def chain_head(self) -> str:
        """Where the journal ends, short enough for a page's foot: number and start of the hash."""
        if not self.journal:
            return _("Journal empty")
        last = self.journal[-1]
        return _("Chain head %(number)s: %(hash)s") % {"number": last.seq, "hash": grouped(last.hash)}

    @property
    def chain_state(self) -> str:
        """Whether the journal is whole, in a sentence."""
        if self.broken_at is not None:
            words = _("The chain of hashes is BROKEN at entry %(number)s: what follows it was changed or taken out.")
            return words % {"number": self.broken_at}
        return _("The chain of hashes is intact from its first entry to its last.")

    @cached_property
    def paces(self) -> list[Pace]:
        """Planned against actual, phase by phase."""
        return paces(self.project, self.parts, self.at)

    @cached_property
    def deviations(self) -> list[Deviation]:
        """Votes against it first, then items in the order of the plan."""
        given = [(each.slot, word) for each in self.standings for word in each.signatures]
        given += [(word.slot, word) for word in self.superseded]
        found = [against(slot, word) for slot, word in given if word.decision in AGAINST]
        found += [
            Deviation(
                name=entry.item.text,
                sign=SIGNS[State(entry.item.state)],
                state=str(State(entry.item.state).label).lower(),
                happenings=entry.happenings,
                number=entry.item.number,
            )
            for entry in self.entries
            if entry.happenings
        ]
        return found

    @cached_property
    def unread(self) -> list[Unread]:
        """Where a round passed without a value, in the order of the plan; what does not apply is not waited for."""
        found = []
        for part in self.parts:
            for place in part.places:
                title = place.section.title if place.section else part.phase.title
                found += [Unread(blank, title) for blank in place.blanks if blank.is_unread]
                found += [
                    Unread(blank, entry.item.text, entry.item.number)
                    for entry in place.entries
                    if entry.item.state != State.NOT_APPLICABLE
                    for blank in entry.blanks
                    if blank.is_unread
                ]
        return found

    @property
    def stale(self) -> list[Standing]:
        """Signatures over something that has changed since."""
        return [standing for standing in self.standings if standing.state == "stale"]


def against(slot: Slot, word: Signature) -> Deviation:
    """Somebody's no-go, or that they declined to sign."""
    said, did = (_("no-go"), _("Voted no-go")) if word.decision == Decision.NO_GO else (_("declined"), _("Declined"))
    return Deviation(
        name=slot.title,
        sign=SIGNATURE_SIGNS["declined"],
        state=_("%(said)s, superseded") % {"said": said} if word.voided_at else said,
        happenings=[Happening(did, word.comment, word.who, word.signed_at)],
    )


def number(count: int) -> str:
    """`1,184` as the language writes it."""
    return number_format(count, force_grouping=True)


def items(count: int) -> str:
    return ngettext("%(number)s item", "%(number)s items", count) % {"number": number(count)}


def readings(count: int) -> str:
    return ngettext("%(number)s reading", "%(number)s readings", count) % {"number": number(count)}


def signatures(count: int) -> str:
    return ngettext("%(number)s signature", "%(number)s signatures", count) % {"number": number(count)}


def journal_entries(count: int) -> str:
    return ngettext("%(number)s journal entry", "%(number)s journal entries", count) % {"number": number(count)}


def grouped(digest: str, groups: int = 4) -> str:
    """The start of a digest in fours, for the eye to compare: `9c41 77e0 52ab 08d3`."""
    return " ".join(digest[at : at + 4] for at in range(0, 4 * groups, 4))


def report_of(project: Project, at: datetime, record: Record | None = None) -> Report:
    """The facts of a project as of a moment; for a record, with the journal as it was when that was ordered."""
    entries = project.journal.defer("prev")
    journal = list(entries.filter(seq__lte=record.head_seq) if record else entries)
    parts, blanks, talk = story_of(project, journal, at)
    content = content_of(project)
    table = standings(project, content)
    runs = Prefetch(
        "runs",
        ProcedureRun.objects.select_related("started_by", "ended_by").prefetch_related(
            Prefetch("steps", RunStep.objects.select_related("settled_by"))
        ),
    )
    return Report(
        project=project,
        at=at,
        record=record,
        parts=parts,
        blanks=blanks,
        standings=table,
        is_done=is_done(content, table),
        superseded=list(
            Signature.objects.filter(slot__project=project)
            .exclude(voided_at=None)
            .select_related("slot__phase", "slot__section", "slot__subject", "voided_by")
            .defer("snapshot")
        ),
        contacts=list(project.contacts.all()),
        escalation=list(project.escalation_levels.all()),
        procedures=list(project.procedures.prefetch_related("steps", runs)),
        journal=journal,
        plan_history=plan_history_of(project, journal),
        talk=talk,
        raised=list(models.Deviation.objects.in_order(project)),
        conditions=conditions_of(content.signatures),
        broken_at=JournalEntry.objects.first_broken(project),
        earlier=list(
            Record.objects.filter(project=project, state=JobState.SEALED)
            .exclude(superseded_at=None)
            .order_by("revision")
        ),
    )
