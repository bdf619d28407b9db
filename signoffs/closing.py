"""Closing and reopening: what follows from the last signature that is needed, and how a manager takes it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.importing.said import Said
from checklists.models import Action, Closure, JournalEntry, Project, Slot
from checklists.models.scoped import Scope, Scoped
from checklists.scopes import PLAN, Key, Places
from signoffs import rules
from signoffs.demands import release
from signoffs.models import Record, Signature, SigningRequest, VoidedBy
from signoffs.snapshot import Content, content_of
from signoffs.standing import Standing, holding_up, standings
from signoffs.telling import tell_completed, tell_reopened

SHORTEST_REASON = 10


def follow(project: Project, act: Act, slot: Slot, content: Content, table: list[Standing]) -> None:
    """After a signature: close what everybody has signed, and complete the project if nothing is left.

    What is around other places to sign is closed with the last of these, not before: nobody could sign them any more.
    """
    required = [each for each in table if each.slot.required]
    closed = {closure.key for closure in Closure.objects.live(project)}
    for key in content.places.path(slot.key):
        here = [each for each in required if each.slot.key == key]
        inside = [each for each in required if key in content.places.path(each.slot.key)]
        if here and key not in closed and all(each.state == rules.VALID for each in inside):
            Closure.objects.close(project, act, here[0].slot, signers(here))
    if required and not project.completed_at and not why_not_complete(content, table):
        _complete(project, act, table)


def why_not_complete(content: Content, table: Iterable[Standing]) -> str:
    """What keeps the project from being complete, in words; empty if nothing does."""
    missing = [each.slot.title for each in table if each.slot.required and each.state != rules.VALID]
    if missing:
        return _("not signed: %(titles)s") % {"titles": ", ".join(missing)}
    if left := holding_up(content.planned, content):
        return _("not settled: %(items)s") % {"items": ", ".join(f"#{item.number} {item.text}" for item in left[:3])}
    return ""


def complete(project: Project, act: Act) -> None:
    """Complete what nothing is missing from; for managers, where the last act was no signature."""
    with project.locked(act):
        project.refresh_from_db(fields=["revision", "completed_at"])
        if project.completed_at:
            return
        content = content_of(project)
        table = standings(project, content)
        if why := why_not_complete(content, table):
            raise TransitionRefused(_("Not yet: %(why)s. Nothing was changed.") % {"why": why})
        _complete(project, act, table)


def _complete(project: Project, act: Act, table: list[Standing]) -> None:
    """State, closure, record and mails, all or nothing; the caller holds the lock."""
    project.completed_at = act.at
    project.save(update_fields=["completed_at"])
    if PLAN not in {closure.key for closure in Closure.objects.live(project)}:
        names = signers(each for each in table if each.slot.required) or str(act.by)
        Closure.objects.close(project, act, Closure(project=project, scope=Scope.PLAN), names)
    project.revision = max(project.revision, Record.objects.next_revision(project))
    project.save(update_fields=["revision"])
    told = Said("revision %(revision)s", revision=str(project.revision))
    entry = JournalEntry.objects.record(project, act, Action.PROJECT_COMPLETED, revision=told)
    Record.objects.order(project, act, project.revision)
    tell_completed(project, act, entry.seq)


def reopen(project: Project, act: Act, scoped: Scoped, reason: str) -> list[Signature]:
    """Let what is closed, or stopped by somebody who declined, be worked on again; for managers.

    Every live signature on it and on what is around it becomes void, in a new revision. They stay readable.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise TransitionRefused(
            _("Say why in at least %(number)s characters: the people whose signatures become void read it.")
            % {"number": SHORTEST_REASON}
        )
    with project.locked(act):
        project.refresh_from_db(fields=["revision", "completed_at"])
        ends = what_ends(project, scoped)
        slots, voided, closures = ends.slots, ends.signatures, ends.closures
        if not ends.anything:
            raise TransitionRefused(
                _("%(scope)s is neither closed nor signed. Nothing was changed.") % {"scope": scoped.scope_name}
            )
        Signature.objects.filter(pk__in=[each.pk for each in voided]).void(act.at, act.by, VoidedBy.REOPENED, reason)
        release(voided, act)
        Closure.objects.filter(pk__in=[closure.pk for closure in closures]).update(
            reopened_at=act.at, reopened_by=act.by, reopened_reason=reason
        )
        SigningRequest.objects.end([slot.pk for slot in slots], act.at)
        project.revision, project.completed_at = project.revision + 1, None
        project.save(update_fields=["revision", "completed_at"])
        Record.objects.supersede(project, act)
        with translation.override(settings.LANGUAGE_CODE):
            subject = str(scoped.scope_name)
        entry = JournalEntry.objects.record(
            project,
            act,
            Action.SCOPE_REOPENED,
            subject=subject,
            remark=reason,
            revision=Said("revision %(revision)s begins", revision=str(project.revision)),
            voids=[str(each.uuid) for each in voided],
        )
        tell_reopened(project, act, entry, voided, [slot for slot in slots if not slot.retired_at])
        return voided


@dataclass(frozen=True)
class Ends:
    """What a reopening ends: the live signatures, and the closures; with all slots that are concerned."""

    key: Key
    slots: list[Slot]
    signatures: list[Signature]
    closures: list[Closure]

    @property
    def anything(self) -> bool:
        """Whether the scope itself is closed or signed."""
        return any(each.key == self.key for each in self.closures) or any(
            each.slot.key == self.key for each in self.signatures
        )


def what_ends(project: Project, scoped: Scoped) -> Ends:
    """What reopening this scope would end, as it is now: what stands on it and on what is around it, not inside it."""
    slots = list(Slot.with_retired.filter(project=project).select_related("section", "subject"))
    around = set(Places.load(project).path(scoped.key))
    near = [slot for slot in slots if slot.key in around]
    live = Signature.objects.live().filter(slot__in=[slot.pk for slot in near])
    signatures = list(live.select_related("slot", "signer", "on_behalf_of"))
    return Ends(scoped.key, near, signatures, [each for each in Closure.objects.live(project) if each.key in around])


def signers(table: Iterable[Standing]) -> str:
    """Who signed, each once, in the order of slots, as it is kept."""
    with translation.override(settings.LANGUAGE_CODE):
        names = [signature.who for standing in table for signature in standing.signatures]
    return ", ".join(dict.fromkeys(names))
