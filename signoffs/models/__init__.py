"""The nouns of approval, one file each."""

from signoffs.models.signature import Decision, Signature

__all__ = ["Decision", "Signature"]
