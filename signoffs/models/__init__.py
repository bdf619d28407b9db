"""The nouns of approval, one file each."""

from signoffs.models.record import Record, RecordState
from signoffs.models.signature import Decision, Signature

__all__ = ["Decision", "Record", "RecordState", "Signature"]
