"""What an edit form remembers of the words that it was made from, so that two editors never overwrite each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db.models import Model

from checklists.chain import canonical


def seen_of(row: Model, columns: Iterable[str]) -> str:
    """A mark of what stands in these columns: another one as soon as any of them changes."""
    return hashlib.sha256(canonical([getattr(row, name) for name in columns]).encode()).hexdigest()[:16]
