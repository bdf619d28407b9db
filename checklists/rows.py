"""One item as a row prints it: of the plan page, of the page of an item, and of every answer to an act.

Rows carry finished strings, so that the template's inner loop only prints them. What a row tells beside its item is
gathered for many rows at once (`Facts`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklists import rendering, schedule
from checklists.models import Evidence, Field, Item, Note, Project, Reading
from checklists.models.item import State
from checklists.readiness import Tally
from checklists.timetable import ItemOrBrief, Timetable
from checklists.verdicts import MISSED, is_asked, words_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Value(TypedDict):
        value: str | None

    FieldWithValue = WithAnnotations[Field, Value]

# Whom a row names.
PEOPLE = ("owner", "settled_by")


@dataclass
class Row:
    """One item as it is printed: `counts` says what opening it shows.

    `when` is when it was settled or is due, on the project's clock; `moment` the same for machines, `tone` whether that
    is late or soon, and `when_title` says in full what `when` only hints at.
    """

    pk: int
    number: int
    mark: str
    url: str
    text: str
    state: str
    state_label: str
    depth: int
    values: str
    missed: str
    counts: str
    who: str
    team: str
    when: str
    moment: str
    tone: str
    when_title: str
    reason: str
    settled: bool
    is_group: bool
    optional: bool
    unasked: bool
    mine: bool

    @property
    def tickable(self) -> bool:
        """Whether one tap completes it: a group completes itself."""
        return not self.settled and not self.is_group

    @property
    def marks(self) -> str:
        """The classes that say what else is so."""
        return (" is-parent" if self.is_group else "") + (" is-mine" if self.mine else "")


@dataclass(frozen=True)
class Facts:
    """What rows tell beside their items, by the item's key: how many notes and pieces of evidence there are, how far the
    parts are, and which fields. `answers` is what was answered so far, for fields that are asked on a condition."""

    notes: Mapping[int, int]
    evidence: Mapping[int, int]
    parts: Mapping[int, Tally]
    fields: Mapping[int, list[FieldWithValue]]
    answers: Mapping[str, str]

    @classmethod
    def of(
        cls,
        project: Project,
        items: Iterable[ItemOrBrief],
        blanks: Iterable[FieldWithValue],
        answers: Mapping[str, str],
        only: Iterable[int] | None = None,
    ) -> Facts:
        """From all items of the plan and the fields that rows may show; `only` are the keys of the rows' items."""
        here = {"item__in": only} if only is not None else {"item__project": project}
        fields: dict[int, list[FieldWithValue]] = defaultdict(list)
        for blank in blanks:
            if blank.item_id:
                fields[blank.item_id].append(blank)
        parts: dict[int, list[ItemOrBrief]] = defaultdict(list)
        for item in items:
            if item.parent_id:
                parts[item.parent_id].append(item)
        return cls(
            counted(Note.objects.filter(withdrawn_at=None, **here)),
            counted(Evidence.objects.filter(withdrawn_at=None, **here)),
            {pk: Tally.of(below) for pk, below in parts.items()},
            fields,
            answers,
        )


def counted(rows: QuerySet) -> Mapping[int, int]:
    """How many of the rows each item has."""
    return Counter(dict(rows.order_by().values_list("item").annotate(Count("pk"))))


def row_of(item: Item, project: Project, viewer_id: int, facts: Facts, timetable: Timetable) -> Row:
    """One item's row; the item comes with its `PEOPLE`."""
    fields, parts = facts.fields.get(item.pk, []), facts.parts.get(item.pk)
    notes, evidence = facts.notes.get(item.pk, 0), facts.evidence.get(item.pk, 0)
    counts = [parts.progress] if parts else []
    blanks = sum(not field.value and is_asked(field.condition, facts.answers) for field in fields)
    counts += [
        told % {"number": number}
        for number, told in (
            (len(item.details), ngettext("%(number)s detail", "%(number)s details", len(item.details))),
            (len(item.commands), ngettext("%(number)s command", "%(number)s commands", len(item.commands))),
            (blanks, ngettext("%(number)s blank", "%(number)s blanks", blanks)),
            (notes, ngettext("%(number)s note", "%(number)s notes", notes)),
            (evidence, _("%(number)s evidence")),
        )
        if number
    ]
    person = item.settled_by if item.is_settled else item.owner
    moment, when, tone = item.settled_at, "", ""
    if moment:
        when = schedule.clock(moment, project.tzinfo)
    elif window := timetable.of_item(item):
        moment = window.due
        when, tone = timetable.due_words(item)
    return Row(
        pk=item.pk,
        number=item.number,
        mark=item.mark,
        url=f"/projects/{project.slug}/items/{item.number}/",
        text=rendering.inline(item.text),
        state=item.state,
        state_label=str(State(item.state).label),
        depth=min(item.depth, 4),
        values=", ".join(f"{field.in_words(field.value)} {field.unit}".strip() for field in fields if field.value),
        missed=limits_missed(item, fields),
        counts=" · ".join(counts),
        unasked=not item.is_settled and not is_asked(item.condition, facts.answers),
        who=str(person) if person else "",
        team=item.team,
        when=when,
        moment=moment.isoformat() if moment else "",
        tone=tone,
        when_title=_("Due %(when)s") % {"when": schedule.words(moment, project.tzinfo)} if moment and tone else "",
        reason=item.reason,
        settled=item.is_settled,
        is_group=bool(parts),
        optional=item.optional,
        mine=item.owner_id == viewer_id,
    )


def limits_missed(item: Item, fields: list[FieldWithValue]) -> str:
    """The limits of an item that its values do not keep, in the author's words; empty where they keep all."""
    for blank in fields:
        blank.item = item
    missed = [blank.limit["words"] for blank in fields if blank.limit and blank.verdict(blank.value) == MISSED]
    return ", ".join(missed)


def missed_items(project: Project) -> dict[int, int]:
    """Items with a value beyond its limit, and the phase of each."""
    rows = with_value(project.fields.exclude(item=None).select_related("item").filter(item__retired_at=None))
    return {each.item.pk: each.item.phase_id for each in rows if each.item and each.verdict(each.value) == MISSED}


def answers_in(fields: Iterable[FieldWithValue]) -> dict[str, str]:
    """What was answered so far, under the words of each question; unanswered ones have an empty answer."""
    return {words_of(field.label): field.value or "" for field in fields}


def mark_unasked(fields: Iterable[FieldWithValue], answers: Mapping[str, str]) -> None:
    """Tell the fields whose condition is not met by the answers so far, so that nobody is asked in vain."""
    for field in fields:
        field.asked = is_asked(field.condition, answers)


def answers_for(project: Project, asking: Iterable[Field | Item]) -> dict[str, str]:
    """The answers so far, if anything here is asked on a condition."""
    return answers_in(with_value(project.fields.all())) if any(each.condition for each in asking) else {}


def with_value(fields: QuerySet[Field]) -> QuerySet[FieldWithValue]:
    """Fields with the value that each has now."""
    latest = Reading.objects.filter(field=OuterRef("pk")).order_by("-pk").values("value")[:1]
    return fields.annotate(value=Subquery(latest))


def rows_of(items: QuerySet[Item], project: Project, viewer_id: int, timetable: Timetable) -> list[Row]:
    """The rows of a few items, for the answer to an act."""
    shown = list(items.select_related(*PEOPLE))
    keys = [item.pk for item in shown]
    blanks = list(with_value(project.fields.filter(item__in=keys)))
    answers = answers_for(project, [*blanks, *shown])
    facts = Facts.of(project, timetable.items.values(), blanks, answers, keys)
    return [row_of(item, project, viewer_id, facts, timetable) for item in shown]
