"""Removing what somebody wrote, such as personal data, without breaking what it proves.

The words go from the journal and from the row that shows them; their salted hash stays in the chain, and a later entry says
who removed them and why. What a sealed record holds cannot be removed from it: it is a file that others have. Who did what
and when is the record itself, and stays as long as the record must be kept.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.models import (
    Action,
    Contact,
    Deviation,
    EscalationLevel,
    Evidence,
    Field,
    Item,
    JournalEntry,
    Note,
    Phase,
    Procedure,
    ProcedureRun,
    Reading,
    RunStep,
    Section,
    Step,
)
from signoffs.models import Signature

# What stands where words were; a row may need some.
REMOVED = "[…]"
REASONS = (Action.ITEM_BLOCKED, Action.ITEM_FAILED, Action.ITEM_SET_ASIDE, Action.ITEM_REOPENED)
RETIRABLE: tuple[type[Any], ...] = (Item, Phase, Section, Field, Contact, EscalationLevel, Procedure, Step)
SIGNED = (Action.SLOT_SIGNED, Action.SLOT_DECLINED, Action.SLOT_REFUSED, Action.SLOT_ABSTAINED)
REOPENING = (Action.SCOPE_REOPENED, Action.SIGNATURE_WITHDRAWN)


def redact(entry: JournalEntry, act: Act, reason: str) -> None:
    """Remove what was written in an entry of a project, there and where else it stands."""
    project = entry.project
    if project is None:
        raise TransitionRefused(_("Entries of the instance hold nothing that somebody wrote. Nothing was changed."))
    with project.locked(act, archived=True):
        entry.refresh_from_db()
        if not entry.remark:
            return
        rows, column, is_signed = shown(entry)
        live = Signature.objects.filter(slot__project=project, voided_at=None)
        if is_signed and rows.exists() and live.exists():
            raise TransitionRefused(
                _("That is part of what was signed, and signatures are valid. Reopen first; nothing was changed.")
            )
        rows.update(**{column: REMOVED})
        for model in RETIRABLE:  # whatever went out of the plan in that act says why
            together = model.with_retired.filter(retired_at=entry.at, retired_by=entry.actor)
            together.filter(retired_reason=entry.remark).update(retired_reason=REMOVED)
        entry.redact(act, reason)


def shown(entry: JournalEntry) -> tuple[models.QuerySet, str, bool]:
    """Rows that show the words of an entry, in which column, and whether signatures are over them."""
    words = entry.remark
    if entry.action == Action.NOTE_ADDED:
        notes = Note.objects.filter(project=entry.project, author=entry.actor, at=entry.at)
        return notes.filter(text=words), "text", False
    if entry.action in (Action.DEVIATION_RAISED, Action.DEVIATION_CHANGED):
        deviations = Deviation.objects.filter(project=entry.project, number=entry.facts["deviation"])
        return deviations.exclude(text=""), "text", False
    if entry.action == Action.EVIDENCE_ADDED:
        return Evidence.objects.filter(project=entry.project, by=entry.actor, at=entry.at), "remark", False
    if entry.action == Action.EVIDENCE_WITHDRAWN:
        rows = Evidence.objects.filter(project=entry.project, withdrawn_by=entry.actor, withdrawn_at=entry.at)
        return rows, "withdrawn_reason", False
    if entry.action == Action.READING_GIVEN:
        return Reading.objects.filter(field__project=entry.project, by=entry.actor, at=entry.at), "value", True
    if entry.action in REASONS:
        return Item.with_retired.filter(history=entry, reason=words), "reason", True
    if entry.action == Action.PHASE_OPENED:
        return Phase.with_retired.filter(project=entry.project, opened_reason=words), "opened_reason", False
    if entry.action == Action.PROCEDURE_STARTED:
        return ProcedureRun.objects.filter(project=entry.project, number=entry.facts["run"]), "reason", False
    if entry.action == Action.PROCEDURE_STEP_SETTLED:
        steps = RunStep.objects.filter(run__project=entry.project, run__number=entry.facts["run"])
        return steps.filter(number=entry.facts["step"]), "remark", False
    if entry.action == Action.PROCEDURE_ENDED:
        return ProcedureRun.objects.filter(project=entry.project, number=entry.facts["run"]), "remark", False
    if entry.action in SIGNED:
        signed = Signature.objects.filter(slot__project=entry.project, signer=entry.actor, signed_at=entry.at)
        return signed.exclude(comment=""), "comment", True
    return Note.objects.none(), "text", False
