"""What can be done to phases and sections: add, rename, move, retire with all that is in them, restore."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.importing.said import Counted
from checklists.models import Action, Field, Item, JournalEntry, Phase, Project, Section, Slot
from checklists.models.item import KINDS
from checklists.models.phase import PhaseKind
from checklists.planning.baseline import changing_plan
from checklists.planning.items import NOT_RETIRED, guard_not_signed_for, retired, take_out
from checklists.planning.order import DEEPEST, STAYS_APART, Order, Step
from checklists.planning.seen import seen_of
from checklists.planning.words import timing_of_division, window_around

Division = Phase | Section

# Further than any position, for rows that make way while others take their places.
ASIDE = 1_000_000

ACTIONS = {
    (Phase, "added"): Action.PHASE_ADDED,
    (Phase, "amended"): Action.PHASE_AMENDED,
    (Phase, "moved"): Action.PHASE_MOVED,
    (Phase, "retired"): Action.PHASE_RETIRED,
    (Phase, "restored"): Action.PHASE_RESTORED,
    (Section, "added"): Action.SECTION_ADDED,
    (Section, "amended"): Action.SECTION_AMENDED,
    (Section, "moved"): Action.SECTION_MOVED,
    (Section, "retired"): Action.SECTION_RETIRED,
    (Section, "restored"): Action.SECTION_RESTORED,
}
PLANNED = ("title", "window", "recurrence")


def add_phase(
    project: Project,
    act: Act,
    title: str,
    *,
    window: str = "",
    reason: str = "",
    kind: PhaseKind = PhaseKind.PHASE,
) -> Phase:
    """A new phase at the end, before success criteria and conditions; these stand behind all others."""
    with changing_plan(project, act, reason):
        phases = list(Phase.with_retired.filter(project=project))
        at = len(phases)
        if kind == PhaseKind.PHASE:
            at = next((place for place, each in enumerate(phases) if each.kind != PhaseKind.PHASE), at)
        phase = Phase(project=project, title=title, kind=kind, position=ASIDE * 2, **timing_of_division(window, ""))
        phase.save()
        project.closures.guard(project, phase.key)
        phases.insert(at, phase)
        _write_phases(project, phases)
        Order(project).renumber()
        _record(phase, act, "added", reason)
        return phase


def add_section(place: Division, act: Act, title: str, *, window: str = "", reason: str = "") -> Section:
    """A new section at the end of a phase, or of the section that is around it."""
    with changing_plan(project_of(place), act, reason):
        _guard_in_plan(place)
        phase = place if isinstance(place, Phase) else place.phase
        above = place if isinstance(place, Section) else None
        timing = timing_of_division(window, "", window_around(above, phase))
        section = Section(phase=phase, parent=above, title=title, position=ASIDE * 2, **timing)
        section.depth = above.depth + 1 if above else 0
        if section.depth > DEEPEST:
            raise TransitionRefused(_("That is nested too deep for anybody to read. Nothing was changed."))
        section.save()
        phase.project.closures.guard(phase.project, section.key)
        _write_sections(phase)
        _record(section, act, "added", reason)
        return section


def amend_division(division: Division, act: Act, changes: dict, *, began: str, reason: str = "") -> None:
    """Rename a phase or section, or say when it is. `began` is what `seen_of` told when the person began to write."""
    with changing_plan(project_of(division), act, reason):
        _again(division)
        _guard_in_plan(division)
        before = {name: getattr(division, name) for name in PLANNED}
        after = {name: value for name, value in changes.items() if name in PLANNED and value != before[name]}
        if not after:
            return
        if began != seen_of(division, PLANNED):
            raise TransitionRefused(
                _("Somebody changed it meanwhile. It is now: %(title)s. Nothing was changed.")
                % {"title": " · ".join(filter(None, before.values()))}
            )
        division.title = after.get("title", division.title)
        window, recurrence = (after.get(name, before[name]) for name in ("window", "recurrence"))
        around = window_around(division.parent, division.phase) if isinstance(division, Section) else ""
        for name, value in timing_of_division(window, recurrence, around).items():
            setattr(division, name, value)
        _guard_not_closed(division)
        division.save()
        _guard_not_closed(division)  # with another time it may be in what is closed
        facts = {"old": before["title"], "new": division.title} if "title" in after else {}
        times = ", ".join(after[name] or "-" for name in ("window", "recurrence") if name in after)
        _record(division, act, "amended", reason, **facts, **({"when": times} if times else {}))


def move_phase(phase: Phase, act: Act, step: Step, *, reason: str = "") -> bool:
    """One up or down; where there is nowhere to go, nothing changes (False)."""
    with changing_plan(phase.project, act, reason):
        _again(phase)
        _guard_in_plan(phase)
        phases = list(Phase.with_retired.filter(project=phase.project))
        _guard_not_closed(phase)
        here = [each for each in phases if not each.retired_at]
        beyond = here.index(phase) + {"up": -1, "down": 1}.get(step, 0)
        if not 0 <= beyond < len(here) or here[beyond] == phase:
            return False
        phases.remove(phase)
        phases.insert(phases.index(here[beyond]) + (step == "down"), phase)
        _write_phases(phase.project, phases)
        Order(phase.project).renumber()
        _record(phase, act, "moved", reason, to=_neighbour(phase))
        return True


def move_section(section: Section, act: Act, step: Step, *, reason: str = "") -> bool:
    """One step with all that is in it: among its neighbours, into or out of one, or over the edge of its phase."""
    project = project_of(section)
    with changing_plan(project, act, reason):
        _again(section)
        _guard_in_plan(section)
        target = _target(section, step)
        if target is None:
            return False
        _guard_not_closed(section)
        phase, above, order = target
        rows = list(Section.with_retired.filter(phase=section.phase_id))
        moving = _below(section, rows)
        if above and above.depth + 1 + max(each.depth for each in moving) - section.depth > DEEPEST:
            raise TransitionRefused(_("That is nested too deep for anybody to read. Nothing was changed."))
        deeper = (above.depth + 1 if above else 0) - section.depth
        if phase.pk != section.phase_id:
            if PhaseKind.CONDITIONS in (phase.kind, section.phase.kind):
                raise TransitionRefused(STAYS_APART)
            # Out of the way of the positions there, before they are all written anew.
            top = Section.with_retired.filter(phase=phase).count() + ASIDE * 2
            for number, each in enumerate(moving):
                Section.with_retired.filter(pk=each.pk).update(phase=phase, position=top + number)
            keys = [each.pk for each in moving]
            Item.with_retired.filter(section__in=keys).update(phase=phase, kind=KINDS[PhaseKind(phase.kind)])
            Field.with_retired.filter(section__in=keys).update(phase=phase)
        for each in moving:
            Section.with_retired.filter(pk=each.pk).update(depth=each.depth + deeper)
        Section.with_retired.filter(pk=section.pk).update(parent=above)
        _write_sections(phase, order)
        Order(project).renumber()
        _again(section)
        _guard_not_closed(section)
        _record(section, act, "moved", reason, to=str(section.parent or section.phase))
        return True


def retire_division(division: Division, act: Act, *, reason: str = "") -> None:
    """Take a phase or section out of the plan with all that is in it. It is kept, and can be put back."""
    with changing_plan(project_of(division), act, reason):
        _again(division)
        if division.retired_at:
            return
        project = project_of(division)
        project.closures.guard_all(project, division.key)
        if isinstance(division, Phase):
            if division.slots.exists():
                raise TransitionRefused(
                    _("“%(phase)s” is signed for. Say first what those signatures are about instead.")
                    % {"phase": division}
                )
            sections = Section.objects.filter(phase=division)
            guard_not_signed_for(Slot.objects.filter(section__in=sections))
            items, blanks = Item.objects.filter(phase=division), Field.objects.filter(phase=division)
            Phase.objects.filter(pk=division.pk).update(**retired(act, reason))
        else:
            rows = list(Section.with_retired.filter(phase=division.phase_id))
            keys = [each.pk for each in _below(division, rows) if not each.retired_at]
            sections = Section.objects.filter(pk__in=keys)
            items, blanks = Item.objects.filter(section__in=keys), Field.objects.filter(section__in=keys)
            guard_not_signed_for(Slot.objects.filter(section__in=keys))
        going = list(items.values_list("pk", flat=True))
        guard_not_signed_for(Slot.objects.filter(subject__in=going))
        blanks.update(**retired(act, reason))
        take_out(going, act, reason)
        sections.update(**retired(act, reason))
        _again(division)
        told = Counted("with %(number)s item", "with %(number)s items", number=len(going)) if going else ""
        _record(division, act, "retired", reason, items=told, went=going)


def restore_division(division: Division, act: Act, *, reason: str = "") -> None:
    """Put a phase or section back where it stood, with what went out of the plan together with it."""
    with changing_plan(project_of(division), act, reason):
        _again(division)
        if not division.retired_at:
            return
        _guard_not_closed(division)
        above: list[Division | None] = [division.parent, division.phase] if isinstance(division, Section) else []
        for each in above:
            if each and each.retired_at:
                raise TransitionRefused(
                    _("“%(above)s”, in which it stood, is out of the plan too. Put that back first.") % {"above": each}
                )
        together = {"retired_at": division.retired_at}
        if isinstance(division, Phase):
            Phase.with_retired.filter(pk=division.pk).update(**NOT_RETIRED)
            sections = Section.with_retired.filter(phase=division, **together)
            place = {"phase": division}
        else:
            rows = list(Section.with_retired.filter(phase=division.phase_id))
            keys = [each.pk for each in _below(division, rows)]
            sections = Section.with_retired.filter(pk__in=keys, **together)
            place = {"section__in": keys}  # type: ignore[dict-item]
        Item.with_retired.filter(**place, **together).update(**NOT_RETIRED)
        Field.with_retired.filter(**place, **together).update(**NOT_RETIRED)
        sections.update(**NOT_RETIRED)
        _again(division)
        _record(division, act, "restored", reason)


def project_of(division: Division) -> Project:
    return division.project if isinstance(division, Phase) else division.phase.project


# -- What the verbs share ----------------------------------------------------------------------------------------------


def _again(division: Division) -> None:
    if isinstance(division, Phase):
        division.refresh_from_db(from_queryset=Phase.with_retired.select_related("project", "retired_by"))
    else:
        around = ("phase__project", "parent", "retired_by")
        division.refresh_from_db(from_queryset=Section.with_retired.select_related(*around))


def _guard_in_plan(division: Division) -> None:
    if division.retired_at:
        raise TransitionRefused(
            _("%(who)s took “%(what)s” out of the plan. Nothing was changed.")
            % {"who": division.retired_by, "what": division}
        )


def _guard_not_closed(division: Division) -> None:
    project = project_of(division)
    project.closures.guard(project, division.key)


def _record(division: Division, act: Act, what: str, reason: str, **facts) -> None:
    action = ACTIONS[type(division), what]
    project = project_of(division)
    JournalEntry.objects.record(project, act, action, subject=division.title, remark=reason, **facts)


def _neighbour(phase: Phase) -> str:
    """Before which phase it stands now; empty at the end."""
    phases = list(Phase.objects.filter(project=phase.project))
    after = phases[phases.index(phase) + 1 :]
    return str(after[0]) if after else ""


def _write_phases(project: Project, phases: list[Phase]) -> None:
    Phase.with_retired.filter(project=project).update(position=F("position") + ASIDE)
    for position, phase in enumerate(phases):
        phase.position = position
    Phase.with_retired.bulk_update(phases, ["position"])


def _write_sections(phase: Phase, order: list[int] | None = None) -> None:
    """Positions through the whole phase by the tree; siblings stand as `order` says (keys), else as they stood."""
    rows = list(Section.with_retired.filter(phase=phase))
    if order is not None:
        places = {pk: place for place, pk in enumerate(order)}
        rows.sort(key=lambda each: places.get(each.pk, -1))
    tops = [each for each in rows if each.parent_id is None]
    walked = [inner for top in tops for inner in _below(top, rows)]
    Section.with_retired.filter(phase=phase).update(position=F("position") + ASIDE * 4)
    for position, section in enumerate(walked):
        section.position = position
    Section.with_retired.bulk_update(walked, ["position"])


def _below(section: Section, rows: Iterable[Section]) -> list[Section]:
    """The section and all inside it, in order."""
    return [section, *(inner for each in rows if each.parent_id == section.pk for inner in _below(each, rows))]


def _target(section: Section, step: Step) -> tuple[Phase, Section | None, list[int]] | None:
    """Where a step leads: the phase, the section around, and the order in which siblings are to stand there."""
    rows = list(Section.with_retired.filter(phase=section.phase_id).select_related("phase"))
    known = {each.pk: each for each in rows}
    siblings = [each for each in rows if each.parent_id == section.parent_id and not each.retired_at]
    at = siblings.index(section)
    order = [each.pk for each in rows]
    above = known[section.parent_id] if section.parent_id else None
    order.remove(section.pk)
    match step:
        case "up" if at > 0:
            order.insert(order.index(siblings[at - 1].pk), section.pk)
            return section.phase, above, order
        case "down" if at + 1 < len(siblings):
            order.insert(order.index(siblings[at + 1].pk) + 1, section.pk)
            return section.phase, above, order
        case "deeper":
            return (section.phase, siblings[at - 1], [*order, section.pk]) if at > 0 else None
        case "higher":
            if above is None:
                return None
            order.insert(order.index(above.pk) + 1, section.pk)
            return section.phase, known[above.parent_id] if above.parent_id else None, order
    if above is not None:
        return None
    phases = list(Phase.objects.filter(project=section.phase.project))
    beyond = phases.index(section.phase) + (1 if step == "down" else -1)
    if not 0 <= beyond < len(phases):
        return None
    there = list(Section.with_retired.filter(phase=phases[beyond]).values_list("pk", flat=True))
    return phases[beyond], None, [section.pk, *there] if step == "down" else [*there, section.pk]
