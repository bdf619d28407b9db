"""Where something goes in the plan: before or after an item, or at the beginning or end of what it is put into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from checklists.models import Item, Phase, Section

How = Literal["before", "after", "first", "last"]
What = Literal["item", "section", "phase"]
WRITTEN = re.compile(r"(?P<how>before|after|first|last)-(?P<what>item|section|phase)-(?P<key>\d{1,9})")


@dataclass(frozen=True)
class Place:
    """`after-item-12`, `first-section-3`: items by their number, sections and phases by their key."""

    how: How
    what: What
    key: int

    def __str__(self) -> str:
        return f"{self.how}-{self.what}-{self.key}"

    @classmethod
    def parse(cls, written: str) -> Place | None:
        """The place that a form names; None for anything else."""
        match = WRITTEN.fullmatch(written)
        if not match or (match["what"] != "item" and match["how"] in ("before", "after")):
            return None
        return cls(match["how"], match["what"], int(match["key"]))  # type: ignore[arg-type]

    @classmethod
    def of(cls, how: How, what: Item | Section | Phase) -> Place:
        """Before or after an item, or first or last in an item, a section or a phase."""
        if isinstance(what, Item):
            return cls(how, "item", what.number)
        return cls(how, "section" if isinstance(what, Section) else "phase", what.pk)
