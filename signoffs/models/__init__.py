"""The nouns of approval, one file each."""

from signoffs.models.bundle import Bundle
from signoffs.models.job import Job, JobState
from signoffs.models.printout import Printout, Variant
from signoffs.models.record import Record
from signoffs.models.signature import Decision, Signature

__all__ = ["Bundle", "Decision", "Job", "JobState", "Printout", "Record", "Signature", "Variant"]
