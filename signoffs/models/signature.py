"""A signature: one person's word about exactly what they saw."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from checklists.chain import canonical
from checklists.models import Action, Slot


class Decision(models.TextChoices):
    APPROVE = "approve", _("Approved")
    CONDITIONS = "conditions", _("Approved with conditions")
    DECLINE = "decline", _("Declined")
    ABSTAIN = "abstain", _("Abstained")
    GO = "go", _("Go")
    GO_CONDITIONS = "go_if", _("Go with conditions")
    NO_GO = "no_go", _("No-go")
    ACKNOWLEDGE = "acknowledge", _("Acknowledged")


# What lets things go on, what stops them, and what binds somebody to do something.
APPROVING = (Decision.APPROVE, Decision.CONDITIONS, Decision.GO, Decision.GO_CONDITIONS, Decision.ACKNOWLEDGE)
AGAINST = (Decision.DECLINE, Decision.NO_GO)
CONDITIONAL = (Decision.CONDITIONS, Decision.GO_CONDITIONS)


# Entries of the journal that tell of a signature, each of one.
TOLD = (
    *(Action.SLOT_SIGNED, Action.SLOT_DECLINED, Action.SLOT_REFUSED, Action.SLOT_ABSTAINED),
    Action.SLOT_DECIDED,
)


class Method(models.TextChoices):
    """How the signer showed, for this very signature, who they are."""

    PASSWORD = "password", _("password")
    TOTP = "totp", _("code of the authenticator app")
    PASSWORD_TOTP = "password_totp", _("password and code of the authenticator app")
    PASSKEY = "passkey", _("passkey")
    EMAIL = "email_verified", _("e-mail verified")
    UNASKED = "unasked", _("not asked: made by a command")


class VoidedBy(models.TextChoices):
    """What ended a signature."""

    AGAIN = "again", _("signed again")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REOPENED = "reopened", _("reopened")


# The only columns that are ever written again, and only once.
VOIDING = ("voided_at", "voided_by", "voided_how", "void_reason")
# What people wrote, and what can be removed where the journal says so.
WRITTEN = ("comment", "void_reason", "override_reason")


class Immutable(TypeError):
    """Somebody tried to change a signature."""


class SignatureQuerySet(models.QuerySet["Signature"]):
    def live(self) -> SignatureQuerySet:
        return self.filter(voided_at=None)

    def void(self, at: datetime, by: Any, how: VoidedBy, reason: str = "") -> int:
        """End those of these that still hold; the caller holds the project's lock. They stay readable for ever."""
        return super().filter(voided_at=None).update(voided_at=at, voided_by=by, voided_how=how, void_reason=reason)

    def redact(self, column: str, words: str) -> int:
        """Remove what the person wrote, where the journal says so."""
        if column not in WRITTEN:
            raise Immutable(f"The {column} of a signature is not changed.")
        return super().update(**{column: words})

    def update(self, **changes: Any) -> int:
        if set(changes) - set(VOIDING):
            raise Immutable("A signature is not changed, only voided.")
        if super().exclude(voided_at=None).exists():
            raise Immutable("What is void stays as it is.")
        return super().update(**changes)

    def delete(self) -> tuple[int, dict[str, int]]:
        raise Immutable("A signature is not deleted, only voided.")


class Signature(models.Model):
    """Who signed a slot, when, with which meaning, over which snapshot; all as it was at that moment, never changed.

    `digest` is the SHA-256 of `snapshot`, the canonical JSON of what the signer was shown. `on_behalf_of` is whom the
    signer stood in for. `seq` is the entry of the journal that tells of it.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="signatures")
    revision = models.PositiveIntegerField(default=1)
    scope = models.TextField(blank=True)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254)
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    on_behalf_name = models.CharField(max_length=120, blank=True)
    meaning = models.CharField(max_length=16)
    decision = models.CharField(max_length=16, choices=Decision.choices)
    statement = models.TextField()
    statement_version = models.PositiveSmallIntegerField(default=1)
    language = models.CharField(max_length=10, default="en")
    comment = models.TextField(max_length=2000, blank=True)
    signed_at = models.DateTimeField()
    zone = models.CharField(max_length=64, default="UTC")
    method = models.CharField(max_length=16, choices=Method.choices, default=Method.UNASKED)
    proved_at = models.DateTimeField(null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=400, blank=True)
    # By which link it was given, where the signer has no account; each is good for one signature.
    invitation = models.OneToOneField(
        "Invitation", on_delete=models.PROTECT, null=True, blank=True, related_name="signature"
    )
    # Who let somebody sign what they had worked on, and why.
    overridden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    override_name = models.CharField(max_length=120, blank=True)
    override_reason = models.TextField(max_length=1000, blank=True)
    digest = models.CharField(max_length=64)
    snapshot = models.TextField()
    seq = models.PositiveIntegerField(default=0)

    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    voided_how = models.CharField(max_length=16, choices=VoidedBy.choices, blank=True)
    void_reason = models.TextField(max_length=1000, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["slot", "signer"], condition=Q(voided_at=None), name="signature_one_live_per_slot_and_signer"
            ),
            models.CheckConstraint(condition=Q(decision__in=Decision.values), name="signature_decision_known"),
            models.CheckConstraint(condition=Q(method__in=Method.values), name="signature_method_known"),
            models.CheckConstraint(
                condition=~Q(decision__in=[*AGAINST, *CONDITIONAL]) | ~Q(comment=""), name="signature_says_why"
            ),
            models.CheckConstraint(
                condition=Q(method=Method.EMAIL, invitation__isnull=False)
                | (~Q(method=Method.EMAIL) & Q(invitation=None)),
                name="signature_by_email_was_invited",
            ),
            models.CheckConstraint(
                condition=Q(method=Method.UNASKED) | Q(proved_at__isnull=False), name="signature_proved_has_when"
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of=None, on_behalf_name="")
                | (Q(on_behalf_of__isnull=False) & ~Q(on_behalf_name="")),
                name="signature_principal_has_name",
            ),
            models.CheckConstraint(
                condition=Q(overridden_by=None, override_name="", override_reason="")
                | (Q(overridden_by__isnull=False) & ~Q(override_name="") & ~Q(override_reason="")),
                name="signature_override_has_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, voided_how="", void_reason="")
                | (Q(voided_at__isnull=False) & ~Q(voided_how="")),
                name="signature_void_has_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who}, {self.get_decision_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise Immutable("A signature is not changed, only voided.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise Immutable("A signature is not deleted, only voided.")

    @property
    def who(self) -> str:
        """`Sofia Markidou on behalf of Ines Duarte`, `Nia Okafor (e-mail verified)`: never more than they showed."""
        if self.on_behalf_name:
            return gettext("%(who)s on behalf of %(principal)s") % {"who": self.name, "principal": self.on_behalf_name}
        return gettext("%(who)s (e-mail verified)") % {"who": self.name} if self.is_external else self.name

    @property
    def is_external(self) -> bool:
        """Whether who signed has shown no more than that they read the mail of an address."""
        return self.method == Method.EMAIL

    @property
    def people(self) -> set[int]:
        """The keys of whoever stands behind it: who signed, and for whom."""
        return {self.signer_id, *([self.on_behalf_of_id] if self.on_behalf_of_id else [])}

    @property
    def voter(self) -> int:
        """Whose word it is: that of the one on whose behalf it was given, where it was."""
        return self.on_behalf_of_id or self.signer_id

    @property
    def record(self) -> str:
        """A digest over every column that is never written again and that the journal does not have from elsewhere."""
        facts = {
            "uuid": str(self.uuid),
            "slot": self.slot_id,
            "revision": self.revision,
            "scope": self.scope,
            "signer": [self.signer_id, self.name, self.title, self.email],
            "on_behalf_of": [self.on_behalf_of_id, self.on_behalf_name],
            "meaning": self.meaning,
            "decision": self.decision,
            "statement": [self.statement, self.statement_version, self.language],
            "zone": self.zone,
            "method": self.method,
            "override": [self.overridden_by_id, self.override_name],
            "digest": self.digest,
        }
        return hashlib.sha256(canonical(facts).encode()).hexdigest()
