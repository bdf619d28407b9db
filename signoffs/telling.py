"""Who is told what about signatures, by the outbox: within the transaction of what happened, so never without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.urls import reverse

from checklists.act import Act
from checklists.models import JournalEntry, Mail, Project, Role, Slot
from signoffs.models import Signature, SigningRequest

if TYPE_CHECKING:
    from golive_site.accounts.models import User
    from signoffs.awaited import Awaited
    from signoffs.standing import Standing


def managers_and(project: Project, people: Iterable[int]) -> QuerySet[User]:
    """The managers, and whoever else it concerns; each once."""
    managers = project.memberships.filter(role=Role.MANAGER).values("user")
    return get_user_model().objects.filter(Q(pk__in=managers) | Q(pk__in=list(people)), is_active=True).distinct()


def tell(
    project: Project, act: Act, kind: str, event: str, people: Iterable[int], *, actor_too: bool = False, **facts: Any
) -> None:
    """One mail to each, but not to who did it, unless somebody else may have done it in their name."""
    path = reverse("slots", args=[project.slug])
    for person in managers_and(project, people).exclude(pk__in=[] if actor_too else [act.by.pk]):
        key = f"{kind}:{project.pk}:{event}:{person.pk}"
        Mail.objects.post(kind, person, key, act.at, project=project, by=str(act.by), path=path, **facts)


def tell_requested(project: Project, act: Act, seq: int, mails: Mapping[User, Iterable[Awaited]]) -> None:
    """Whoever is asked to sign, each of all that they are asked for, with the person in whose place they would."""
    for person, asked in mails.items():
        key = f"signing_requested:{project.pk}:{seq}:{person.pk}"
        places = [place_of(each) | {"principal": str(each.principal or "")} for each in asked]
        Mail.objects.post("signing_requested", person, key, act.at, project=project, by=str(act.by), places=places)


def remind_of(project: Project, person: User, now: datetime, waiting: Iterable[Awaited]) -> None:
    """One mail with everything that waits for the person in a project, if anything does; one a day."""
    places = [place_of(each) for each in waiting]
    if places:
        key = f"signing_reminder:{project.pk}:{project.local(now).date()}:{person.pk}"
        Mail.objects.post("signing_reminder", person, key, now, project=project, places=places)


def place_of(awaited: Awaited) -> dict[str, str]:
    return {"slot": awaited.slot.title, "path": awaited.slot.get_absolute_url()}


def tell_declined(signature: Signature, table: list[Standing], act: Act) -> None:
    """Managers, whoever asked for it, and everybody who signed: their word is not enough any more."""
    people = {pk for standing in table for each in standing.signatures for pk in each.people}
    people |= who_asked([signature.slot])
    project = signature.slot.project
    tell(project, act, "signing_declined", str(signature.seq), people, slot=signature.slot.title, why=signature.comment)


def tell_withdrawn(signature: Signature, act: Act, seq: int, reason: str) -> None:
    """Managers, whoever asked for it, and whoever else stands behind it."""
    slot = signature.slot
    people = signature.people | who_asked([slot])
    tell(slot.project, act, "signing_withdrawn", str(seq), people, slot=slot.title, why=reason)


def tell_stale(project: Project, now: datetime, signatures: list[Signature]) -> None:
    """Whoever signed, of theirs; and managers, of all. One mail to each."""
    managers = set(project.memberships.filter(role=Role.MANAGER).values_list("user", flat=True))
    for person in managers_and(project, {pk for each in signatures for pk in each.people}):
        mine = [each for each in signatures if person.pk in managers or person.pk in each.people]
        places = [
            {"slot": each.slot.title, "who": each.who, "path": reverse("slot", args=[project.slug, each.slot.number])}
            for each in mine
        ]
        # Each is told of once, so the first of them tells this mail from every other.
        key = f"signing_stale:{project.pk}:{mine[0].seq}:{person.pk}"
        Mail.objects.post("signing_stale", person, key, now, project=project, places=places)


def who_asked(slots: Iterable[Slot]) -> set[int]:
    """Whoever asked for these signatures; also who manages the project no more."""
    return set(SigningRequest.objects.filter(slot__in=[slot.pk for slot in slots]).values_list("by", flat=True))


def tell_locked(slot: Slot, act: Act, seq: int, tries: int, minutes: int) -> None:
    """Managers, and the person: whoever guesses their password is not them."""
    project = slot.project
    facts = {"slot": slot.title, "tries": tries, "minutes": minutes}
    tell(project, act, "signing_locked", str(seq), [act.by.pk], actor_too=True, **facts)


def tell_guessed(slot: Slot, act: Act, code: int, tries: int) -> None:
    """Managers: somebody has the link and not the mail."""
    tell(slot.project, act, "signing_guessed", str(code), [], slot=slot.title, tries=tries)


def tell_reopened(project: Project, act: Act, entry: JournalEntry, voided: list[Signature], slots: list[Slot]) -> None:
    """Those whose signatures are void now, managers, whoever is named to sign there, and whoever asked for it."""
    people = {pk for signature in voided for pk in signature.people} | who_asked(slots)
    people |= {person.user_id for slot in slots for person in slot.named.all()}
    tell(project, act, "signing_reopened", str(entry.seq), people, scope=entry.subject, why=entry.remark)
    for signature in voided:
        if signature.is_external:
            tell_outside("signing_void", signature, act, by=str(act.by), scope=entry.subject, why=entry.remark)


def tell_signed(signature: Signature, act: Act) -> None:
    """Somebody without an account, at their address: what was signed there in their name, to keep."""
    tell_outside("signing_receipt", signature, act, digest=signature.digest, statement=signature.statement)


def tell_outside(kind: str, signature: Signature, act: Act, **facts: Any) -> None:
    """One mail to the address of a signature that was given from outside, in the language in which it was signed."""
    Mail.objects.post(
        kind,
        signature.email,
        f"{kind}:{signature.uuid}",
        act.at,
        project=signature.slot.project,
        language=signature.language,
        name=signature.name,
        slot=signature.slot.title,
        **facts,
    )


def tell_completed(project: Project, act: Act, seq: int) -> None:
    """Managers and everybody whose signature stands."""
    live = Signature.objects.live().filter(slot__project=project)
    people = {pk for signature in live for pk in signature.people}
    tell(project, act, "project_completed", str(seq), people, revision=project.revision)
