"""The nouns of approval, one file each."""

from signoffs.models.bundle import Bundle
from signoffs.models.code import Code
from signoffs.models.condition import Condition
from signoffs.models.delegation import Delegation
from signoffs.models.guess import GUESSES, LOCK, Guess
from signoffs.models.invitation import Ending, Invitation
from signoffs.models.job import Job, JobState
from signoffs.models.look import Look
from signoffs.models.override import Override
from signoffs.models.printout import Printout, Variant
from signoffs.models.record import Record
from signoffs.models.reminder import Reminder, Round
from signoffs.models.request import SigningRequest
from signoffs.models.signature import (
    AGAINST,
    APPROVING,
    CONDITIONAL,
    Decision,
    Immutable,
    Method,
    Signature,
    VoidedBy,
)
from signoffs.models.stale_notice import StaleNotice
from signoffs.models.token import Token
from signoffs.models.waiver import Waiver

__all__ = [
    "AGAINST",
    "APPROVING",
    "CONDITIONAL",
    "GUESSES",
    "LOCK",
    "Bundle",
    "Code",
    "Condition",
    "Decision",
    "Delegation",
    "Ending",
    "Guess",
    "Immutable",
    "Invitation",
    "Job",
    "JobState",
    "Look",
    "Method",
    "Override",
    "Printout",
    "Record",
    "Reminder",
    "Round",
    "Signature",
    "SigningRequest",
    "StaleNotice",
    "Token",
    "Variant",
    "VoidedBy",
    "Waiver",
]
