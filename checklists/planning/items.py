"""What can be done to the items of a plan: add, amend, move, split, retire, restore. Each is one act with one reason."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.importing import outline as read
from checklists.importing.plan import columns_of, plain, timing_of
from checklists.importing.said import Said
from checklists.models import Action, Amendment, Field, Item, JournalEntry, Project, Slot
from checklists.models.item import Kind, State
from checklists.models.phase import PhaseKind
from checklists.planning import seen
from checklists.planning.baseline import changing_plan
from checklists.planning.groups import follow, parts_came
from checklists.planning.order import Order, Step, home_of
from checklists.planning.places import Place
from checklists.planning.words import meaning_of, read_item

# What the plan says about an item, in the order in which it is shown.
PLANNED = (
    *("text", "team", "optional", "window", "recurrence", "duration_minutes"),
    *("expected", "details", "commands"),
)


class Overtaken(TransitionRefused):
    """Somebody else changed the words meanwhile; `item` is as they left it."""

    def __init__(self, words: str, item: Item):
        super().__init__(words)
        self.item = item


def planned(item: Item) -> dict:
    return {name: getattr(item, name) for name in PLANNED}


def seen_of(item: Item) -> str:
    return seen.seen_of(item, PLANNED)


def add_item(
    project: Project,
    act: Act,
    text: str,
    place: Place | None = None,
    *,
    reason: str = "",
    details: Iterable[str] = (),
    commands: Iterable[str] = (),
    window: str = "",
    as_written: bool = False,
) -> Item:
    """A new item, read like a line of a checklist: its blanks, time and threshold are found in its words.

    `as_written` asks for no blanks. Without a place it stands at the end of the last phase.
    """
    with changing_plan(project, act, reason):
        order = Order(project)
        source = read.Item(text, 0) if as_written else read_item(text)
        source.details, source.commands = list(details), list(commands)
        item = _new_item(order, source, place or _end_of(order), window)
        project.closures.guard(project, item.key)
        parts_came(item.parent, act, item, is_new=_is_only_part(order, item))
        JournalEntry.objects.record(project, act, Action.ITEM_ADDED, item=item, remark=reason)
        return item


def amend_item(item: Item, act: Act, changes: dict, *, began: str, reason: str = "") -> None:
    """Change what the plan says about the item. `began` is what `seen_of` told when the person began to write."""
    with changing_plan(item.project, act, reason):
        _again(item)
        before = planned(item)
        after = {name: value for name, value in changes.items() if name in PLANNED and value != before[name]}
        if not after:
            return
        if began != seen_of(item):
            raise Overtaken(_told_overtaken(item), item)
        _guard_unsettled(item, _("Reopen it, then change it: what was done is not rewritten."))
        _guard_own_words(item)
        for name, value in after.items():
            setattr(item, name, value)
        if after.keys() & {"text", "window", "recurrence"}:
            _mean(item)
        item.save()
        was, salt = {name: before[name] for name in after}, secrets.token_hex(8)
        entry = JournalEntry.objects.record(
            item.project,
            act,
            Action.ITEM_AMENDED,
            item=item,
            remark=reason,
            columns=", ".join(after),
            digest=Amendment.digest_of(was, after, salt),
        )
        Amendment.objects.create(item=item, entry=entry, before=was, after=after, salt=salt)
        if "optional" in after:
            follow(item.parent, act, item)


def give_to_team(item: Item, act: Act, team: str, *, reason: str = "") -> None:
    """Say who of the project's people is meant to claim the item; nobody in particular for an empty name."""
    amend_item(item, act, {"team": team}, began=seen_of(item), reason=reason)


def move_item(item: Item, act: Act, where: Place | Step, *, reason: str = "") -> bool:
    """Put the item and all below it somewhere else; a step that leads nowhere changes nothing (False)."""
    with changing_plan(item.project, act, reason):
        _again(item)
        order = Order(item.project)
        row, above = order.items[item.pk], item.parent
        place = where if isinstance(where, Place) else order.step(row, where)
        if place is None:
            return False
        before, sequence = home_of(row), [each.pk for each in order.walk()]
        order.put([row], place)
        if before == home_of(row) and sequence == [each.pk for each in order.walk()]:
            return False
        _again(item)
        if item.recurrence:
            _mean(item)  # rounds last as long as what is around them
            item.save()
        if item.parent != above:
            parts_came(item.parent, act, item, is_new=_is_only_part(order, row))
            follow(above, act, item)
        JournalEntry.objects.record(item.project, act, Action.ITEM_MOVED, item=item, remark=reason, to=_told(item))
        return True


def split_item(item: Item, act: Act, texts: list[str], *, below: bool = False, reason: str = "") -> list[Item]:
    """Make several of one. The item keeps its number, notes and history.

    `below`: all texts become its sub-items; else it gets the first text, and the others stand behind it.
    """
    with changing_plan(item.project, act, reason):
        _again(item)
        _guard_unsettled(item, _("Reopen it, then split it: what was done is not rewritten."))
        _guard_own_words(item)
        order = Order(item.project)
        row = order.items[item.pk]
        was_part = bool(item.children.exists())
        parts = []
        if not below:
            if item.text != texts[0]:
                amend_item(item, act, {"text": texts[0]}, began=seen_of(item), reason=reason)
            texts = texts[1:]
        after = row
        for text in texts:
            place = Place.of("last", row) if below else Place.of("after", after)
            part = _new_item(order, read_item(text), place, "")
            after = part
            parts.append(part)
            JournalEntry.objects.record(item.project, act, Action.ITEM_ADDED, item=part, remark=reason)
        numbers = ", ".join(f"#{part.number}" for part in parts)
        JournalEntry.objects.record(item.project, act, Action.ITEM_SPLIT, item=item, remark=reason, into=numbers)
        for part in parts[:1]:
            parts_came(part.parent, act, part, is_new=below and not was_part)
        item.refresh_from_db()
        return parts


def retire_item(item: Item, act: Act, *, reason: str = "") -> None:
    """Take the item and all below it out of the plan. It is kept with everything that happened to it."""
    with changing_plan(item.project, act, reason):
        item.refresh_from_db(from_queryset=Item.with_retired.select_related("project", "parent", "retired_by"))
        if item.retired_at:
            return
        item.project.closures.guard_all(item.project, item.key)
        order = Order(item.project)
        going = [each.pk for each in order.below(order.items[item.pk]) if not each.retired_at]
        guard_not_signed_for(Slot.objects.filter(subject__in=going))
        take_out(going, act, reason)
        item.refresh_from_db()
        facts = {"below": Said("with %(number)s below it", number=len(going) - 1)} if len(going) > 1 else {}
        JournalEntry.objects.record(
            item.project, act, Action.ITEM_RETIRED, item=item, remark=reason, went=going, **facts
        )
        follow(item.parent, act, item)


def restore_item(item: Item, act: Act, *, reason: str = "") -> None:
    """Put the item back where it stood, with what went out of the plan together with it."""
    with changing_plan(item.project, act, reason):
        item.refresh_from_db(from_queryset=Item.with_retired.select_related("project", "parent", "section", "phase"))
        if not item.retired_at:
            return
        for above in (item.parent, item.section, item.phase):
            if above and above.retired_at:
                raise TransitionRefused(
                    _("“%(above)s”, in which it stood, is out of the plan too. Put that back first.") % {"above": above}
                )
        item.project.closures.guard(item.project, item.key)
        order = Order(item.project)
        back = [each.pk for each in order.below(order.items[item.pk]) if each.retired_at == item.retired_at]
        had_parts = bool(item.parent and item.parent.children.exists())
        Field.with_retired.filter(item__in=back, retired_at=item.retired_at).update(**NOT_RETIRED)
        Item.with_retired.filter(pk__in=back).update(**NOT_RETIRED)
        item.refresh_from_db()
        JournalEntry.objects.record(item.project, act, Action.ITEM_RESTORED, item=item, remark=reason)
        parts_came(item.parent, act, item, is_new=not had_parts)


def guard_not_signed_for(slots: QuerySet[Slot]) -> None:
    """What somebody is asked to sign for stays, until it is said what that signature is about instead."""
    if slot := slots.first():
        raise TransitionRefused(
            _("“%(slot)s” is signed for this. Say first what that signature is about instead.") % {"slot": slot.title}
        )


def take_out(going: list[int], act: Act, reason: str) -> None:
    """Retire the items with these keys, and their blanks; nobody holds them any more."""
    rows = Item.with_retired.filter(pk__in=going)
    rows.filter(state=State.CLAIMED).update(state=State.OPEN)
    rows.exclude(owner=None).update(owner=None)
    Field.objects.filter(item__in=going).update(**retired(act, reason))
    rows.update(**retired(act, reason))


NOT_RETIRED = {"retired_at": None, "retired_by": None, "retired_reason": ""}


def retired(act: Act, reason: str) -> dict:
    return {"retired_at": act.at, "retired_by": act.by, "retired_reason": reason}


# -- What the verbs share ----------------------------------------------------------------------------------------------


def _again(item: Item) -> None:
    people = ("owner", "settled_by", "retired_by")
    item.refresh_from_db(
        from_queryset=Item.with_retired.select_related(*people, "parent", "project", "phase", "section")
    )
    item._guard_in_plan()
    item.project.closures.guard(item.project, item.key)


def _mean(item: Item) -> None:
    for name, value in meaning_of(item).items():
        setattr(item, name, value)


def _guard_unsettled(item: Item, what_to_do: str) -> None:
    if item.is_settled:
        told = _("#%(number)s is settled.") % {"number": item.number}
        raise TransitionRefused(f"{told} {what_to_do}")


def _guard_own_words(item: Item) -> None:
    if item.kind == Kind.CONDITION:
        raise TransitionRefused(
            _("#%(number)s is a condition, in the words of who signed with it. Nothing was changed.")
            % {"number": item.number}
        )


def _is_only_part(order: Order, item: Item) -> bool:
    return [part.pk for part in order.parts[home_of(item)] if not part.retired_at] == [item.pk]


def _end_of(order: Order) -> Place:
    ends = [phase for phase in order.phases if not phase.retired_at and phase.kind == PhaseKind.PHASE]
    if not ends:
        raise TransitionRefused(_("The plan has no phase yet. Add one first. Nothing was changed."))
    return Place.of("last", ends[-1])


def _told(item: Item) -> str:
    """Where the item stands, in the plan's words."""
    return str(item.parent or item.section or item.phase)


def _told_overtaken(item: Item) -> str:
    last = item.amendments.select_related("entry").last()
    if last is None:
        return _("Somebody changed this item while you were writing. Nothing was changed.")
    when = item.project.local(last.entry.at).strftime("%H:%M %Z")
    return _("%(who)s changed this item at %(when)s, while you were writing. Nothing was changed.") % {
        "who": last.entry.actor_name,
        "when": when,
    }


def _new_item(order: Order, source: read.Item, place: Place, window: str) -> Item:
    """A row and its blanks, at its place; what the form says about when goes before what the words say."""
    item = Item(
        project=order.project,
        number=order.next_number(),
        text=source.text,
        details=source.details,
        commands=source.commands,
        expected=source.expected,
        threshold=plain(source.threshold),
        optional=source.optional,
        **timing_of(source),
    )
    item.window = window or item.window
    order.put([item], place)
    _mean(item)
    item.save()
    last = Field.with_retired.filter(project=order.project).order_by("-position").values_list("position", flat=True)
    begin = (last.first() or 0) + 1
    Field.objects.bulk_create(
        Field(
            project=order.project,
            phase=item.phase,
            section=item.section,
            item=item,
            position=position,
            **columns_of(blank),
        )
        for position, blank in enumerate(source.fields, start=begin)
    )
    return item
