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
    Closure,
    Contact,
    Deviation,
    EscalationLevel,
    Evidence,
    Field,
    Item,
    JournalEntry,
    Mail,
    Note,
    Phase,
    Procedure,
    ProcedureRun,
    Reading,
    RunStep,
    Section,
    Slot,
    Step,
)
from signoffs.models import Condition, Delegation, Override, Signature, Waiver
from signoffs.models.signature import TOLD, SignatureQuerySet

# What stands where words were; a row may need some.
REMOVED = "[…]"
REASONS = (Action.ITEM_BLOCKED, Action.ITEM_FAILED, Action.ITEM_SET_ASIDE, Action.ITEM_REOPENED)
RETIRABLE: tuple[type[Any], ...] = (Item, Phase, Section, Field, Contact, EscalationLevel, Procedure, Step, Slot)
# What signatures are over, so that it goes only when none is valid.
UNDER_SIGNATURES = (Action.READING_GIVEN, *REASONS, *TOLD)

Shown = tuple[models.QuerySet, str]


def redact(entry: JournalEntry, act: Act, reason: str) -> None:
    """Remove what was written in an entry of a project, there and where else it stands."""
    project = entry.project
    if project is None:
        raise TransitionRefused(_("Entries of the instance hold nothing that somebody wrote. Nothing was changed."))
    with project.locked(act, archived=True):
        entry.refresh_from_db()
        if not entry.remark:
            return
        places = shown(entry)
        live = Signature.objects.live().filter(slot__project=project)
        if entry.action in UNDER_SIGNATURES and any(rows.exists() for rows, _column in places) and live.exists():
            raise TransitionRefused(
                _("That is part of what was signed, and signatures are valid. Reopen first; nothing was changed.")
            )
        for rows, column in places:
            if isinstance(rows, SignatureQuerySet):
                rows.redact(column, REMOVED)
            else:
                rows.update(**{column: REMOVED})
        for mail in Mail.objects.filter(project=project):
            facts = {name: REMOVED if entry.remark in str(value) else value for name, value in mail.facts.items()}
            if facts != mail.facts:
                Mail.objects.filter(pk=mail.pk).update(facts=facts)
        for model in RETIRABLE:  # whatever went out of the plan in that act says why
            together = model.with_retired.filter(retired_at=entry.at, retired_by=entry.actor)
            together.filter(retired_reason=entry.remark).update(retired_reason=REMOVED)
        entry.redact(act, reason)


def shown(entry: JournalEntry) -> list[Shown]:
    """Rows that show the words of an entry, each with the column in which they stand."""
    project, by, at, words = entry.project, entry.actor, entry.at, entry.remark
    signatures = Signature.objects.filter(slot__project=project)
    match entry.action:
        case Action.NOTE_ADDED:
            return [(Note.objects.filter(project=project, author=by, at=at, text=words), "text")]
        case Action.EVIDENCE_ADDED:
            return [(Evidence.objects.filter(project=project, by=by, at=at, remark=words), "remark")]
        case Action.EVIDENCE_WITHDRAWN:
            gone = Evidence.objects.filter(project=project, withdrawn_by=by, withdrawn_at=at)
            return [(gone, "withdrawn_reason")]
        case Action.DEVIATION_RAISED | Action.DEVIATION_CHANGED:
            return of_deviation(Deviation.objects.filter(project=project, number=entry.facts["deviation"]), words)
        case Action.READING_GIVEN:
            return [(Reading.objects.filter(field__project=project, by=by, at=at), "value")]
        case Action.PHASE_OPENED:
            return [(Phase.with_retired.filter(project=project, opened_reason=words), "opened_reason")]
        case Action.PROCEDURE_STARTED:
            return [(ProcedureRun.objects.filter(project=project, number=entry.facts["run"]), "reason")]
        case Action.PROCEDURE_STEP_SETTLED:
            steps = RunStep.objects.filter(run__project=project, run__number=entry.facts["run"])
            return [(steps.filter(number=entry.facts["step"]), "remark")]
        case Action.PROCEDURE_ENDED:
            return [(ProcedureRun.objects.filter(project=project, number=entry.facts["run"]), "remark")]
        case Action.SCOPE_REOPENED:
            closures = Closure.objects.filter(project=project, reopened_at=at, reopened_by=by)
            return [(closures, "reopened_reason"), (signatures.filter(voided_at=at, voided_by=by), "void_reason")]
        case Action.SIGNATURE_WITHDRAWN:
            return [(signatures.filter(voided_at=at, voided_by=by), "void_reason")]
        case Action.ITEM_WAIVED:
            return [(Waiver.objects.filter(item__project=project, seq=entry.seq), "reason")]
        case Action.FOUR_EYES_OVERRIDDEN:
            used = signatures.filter(overridden_by=by, override_reason=words)
            return [(Override.objects.filter(slot__project=project, by=by, at=at), "reason"), (used, "override_reason")]
        case Action.DELEGATION_MADE:
            return [(Delegation.objects.filter(project=project, principal=by, made_at=at), "reason")]
        case Action.CONDITION_MET:
            return [(Condition.objects.filter(signature__in=signatures, met_by=by, met_at=at), "text")]
    if entry.action in REASONS:
        return [(Item.with_retired.filter(history=entry, reason=words), "reason")]
    if entry.action in TOLD:
        signed = signatures.filter(signer=by, signed_at=at).exclude(comment="")
        conditions = Condition.objects.filter(signature__in=signed)
        made = Item.with_retired.filter(pk__in=list(conditions.exclude(item=None).values_list("item", flat=True)))
        return [(signed, "comment"), (conditions, "text"), (made, "text")]
    return []


def of_deviation(rows: models.QuerySet[Deviation], words: str) -> list[Shown]:
    """Those columns of a deviation that still say what the entry tells of."""
    return [
        (rows, column)
        for deviation in rows
        for column in ("title", "text", "follow_up")
        if (said := getattr(deviation, column)) and said in words
    ]
