"""What must hold in every project at every moment (TRUST.md section 3), each as sentences about what does not."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from itertools import pairwise

from django.db.models import Count, F, Q

from checklists.models import Action, Evidence, Field, Item, JournalEntry, Project, RequestKey, Section
from checklists.models.item import SETTLED, STUCK, State
from checklists.replay import Event, Known, Replay

Check = Callable[[Project], Iterator[str]]


def the_journal_is_whole(project: Project) -> Iterator[str]:
    """I2: no gap, every link right, and the last entry is the newest."""
    if found := JournalEntry.objects.first_break(project):
        yield f"Entry {found.seq} of the journal is not as it was written: {found.why}."


def the_journal_rebuilds_every_item(project: Project) -> Iterator[str]:
    """I1 and I11: state, owner, who settled it and when, and why, follow from the entries; a version counts the changes."""
    known = Replay().read(events_of(project)).items
    for item in Item.with_retired.filter(project=project):
        says = known.pop(item.pk, Known())
        for name in ("state", "owner_id", "settled_by_id", "settled_at", "reason", "version"):
            told, stands = getattr(says, name.removesuffix("_id")), getattr(item, name)
            if told != stands and not (name == "reason" and told is None):
                yield f"Item #{item.number}: {name.removesuffix('_id')} is {stands!s:.80}, by the journal {told!s:.80}."
    for key in known:
        yield f"The journal tells of an item with key {key}, which is not there."


def events_of(project: Project) -> Iterator[Event]:
    rows = project.journal.order_by("seq").values_list("action", "item_id", "actor_id", "at", "remark", "salt", "body")
    for action, item, actor, at, remark, salt, body in rows.iterator():
        written = json.loads(body)
        is_redacted = bool(written["remark_sha256"]) and not salt
        yield Event(action, item, actor, at, remark, is_redacted, written["facts"])


def every_holder_holds_something(project: Project) -> Iterator[str]:
    """I3: who has an item is one person, and has it only while there is something to do."""
    held = Item.with_retired.filter(project=project).exclude(owner=None)
    for item in held.exclude(state__in=[State.CLAIMED, *STUCK], retired_at=None):
        yield f"Item #{item.number} is {item.state}{' and retired' if item.retired_at else ''}, but somebody has it."


def groups_follow_their_parts(project: Project) -> Iterator[str]:
    """A group is not settled while one of the parts that it needs is open."""
    for item in project.items.filter(state__in=SETTLED):
        for part in item.holding_parts():
            yield f"Item #{item.number} is {item.state}, but its part #{part.number} is {part.state}."


def values_are_counted(project: Project) -> Iterator[str]:
    """I11 for fields: every value is a version."""
    fields = Field.with_retired.filter(project=project).annotate(given=Count("readings"))
    for field in fields.exclude(given=F("version")):
        yield f"Field {field.pk} ({field.label:.40}) has version {field.version} after {vars(field)['given']} values."


def everything_stands_in_its_own_plan(project: Project) -> Iterator[str]:
    """Rows point to rows of the same project, and to those that are around them."""
    items = Item.with_retired.filter(project=project)
    strays = items.exclude(phase__project=project) | items.exclude(section=None).exclude(section__phase=F("phase"))
    strays |= items.exclude(parent=None).exclude(parent__project=project)
    for item in strays.distinct():
        yield f"Item #{item.number} stands in a phase, section or item that is not around it."
    for item in items.exclude(parent=None).exclude(depth__gt=F("parent__depth")):
        yield f"Item #{item.number} is not deeper than the item above it."
    for item in (
        items.filter(retired_at=None)
        .exclude(parent=None, section=None, phase__retired_at=None)
        .filter(
            Q(parent__retired_at__isnull=False)
            | Q(section__retired_at__isnull=False)
            | Q(phase__retired_at__isnull=False)
        )
    ):
        yield f"Item #{item.number} is in the plan, but what it stands in is not."
    for section in (
        Section.with_retired.filter(phase__project=project).exclude(parent=None).exclude(parent__phase=F("phase"))
    ):
        yield f"Section {section.pk} stands in a section of another phase."


def t_zero_is_where_it_was_moved(project: Project) -> Iterator[str]:
    """I1 for T-0: the last move says where it is."""
    last = project.journal.filter(action=Action.GO_LIVE_MOVED).order_by("-seq").first()
    now = Project.objects.values_list("go_live_at", flat=True).get(pk=project.pk).isoformat()
    if last and (told := last.facts.get("moment")) != now:
        yield f"T-0 is {now}, by the journal {told}."


def times_are_possible(project: Project) -> Iterator[str]:
    """No window ends before it begins."""
    for name, rows in (
        ("Phase", project.phases.all()),
        ("Section", Section.objects.filter(phase__project=project)),
        ("Item", project.items.all()),
    ):
        for row in rows.filter(offset_end__lt=F("offset_start")):
            yield f"{name} {row.pk} ({row!s:.40}) ends before it begins."


def every_key_has_one_effect(project: Project) -> Iterator[str]:
    """I10: what a key stands for is in the journal, and no entry was made for two keys."""
    head = JournalEntry.objects.head(project)
    keys = list(RequestKey.objects.filter(project=project).order_by("seq").values_list("key", "seq"))
    for key, seq in keys:
        if seq is None or seq > head:
            yield f"The key {key} stands for entry {seq}, which the journal does not have."
    for (one, seq), (other, same) in pairwise(keys):
        if seq == same:
            yield f"The keys {one} and {other} stand for the same entry {seq}."


def evidence_is_as_it_came(project: Project) -> Iterator[str]:
    """Every file is there, byte for byte."""
    for evidence in Evidence.objects.filter(project=project).select_related("project"):
        try:
            found = hashlib.sha256(evidence.path.read_bytes()).hexdigest()
        except OSError:
            yield f"The file of evidence {evidence.pk} ({evidence.name:.40}) is not there."
        else:
            if found != evidence.sha256:
                yield f"The file of evidence {evidence.pk} ({evidence.name:.40}) is not as it came."


CHECKS: tuple[Check, ...] = (
    the_journal_is_whole,
    the_journal_rebuilds_every_item,
    every_holder_holds_something,
    groups_follow_their_parts,
    values_are_counted,
    everything_stands_in_its_own_plan,
    t_zero_is_where_it_was_moved,
    times_are_possible,
    every_key_has_one_effect,
    evidence_is_as_it_came,
)
