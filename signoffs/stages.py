"""The order of the sign-off page: what is signed side by side stands together, what is closed comes last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from checklists.models import Closure
from checklists.models.scoped import WHOLE
from checklists.scopes import Key
from signoffs import rules
from signoffs.slot_forms import scope_key
from signoffs.standing import Standing


@dataclass
class Stage:
    """Places about the same part of the plan, in one stage of it; `is_only` when that part has no other."""

    number: int
    closure: Closure | None
    standings: list[Standing] = field(default_factory=list)
    is_only: bool = True

    @property
    def scope_name(self) -> str:
        return self.standings[0].slot.scope_name

    @property
    def scope(self) -> str:
        """What it is about, as its address says it."""
        return scope_key(self.standings[0].slot)

    @property
    def headings(self) -> str:
        """The headings of the source above all of them; empty where they stood apart."""
        found = {each.slot.group for each in self.standings}
        return found.pop() if len(found) == 1 else ""

    @property
    def asked(self) -> list[Standing]:
        return [each for each in self.standings if each.slot.required]

    @property
    def missing(self) -> int:
        """How many required places are not validly signed."""
        return sum(each.state != rules.VALID for each in self.asked)

    @property
    def waits(self) -> bool:
        """Whether nothing here can be signed before an earlier stage is."""
        return all(each.waits_for for each in self.standings)


def stages_of(table: Sequence[Standing], closures: Iterable[Closure]) -> list[Stage]:
    """All of them: in the plan's order with what is about much of it at the end, stage after stage; then what is closed."""
    closed = {closure.key: closure for closure in closures}
    parts: dict[Key, dict[int, Stage]] = {}
    for standing in table:
        key, number = standing.slot.key, standing.slot.stage
        stage = parts.setdefault(key, {}).setdefault(number, Stage(number, closed.get(key)))
        stage.standings.append(standing)
    for stages in parts.values():
        for stage in stages.values():
            stage.is_only = len(stages) == 1
    order = {item.pk: number for number, item in enumerate(table[0].content.planned)} if table else {}

    def place(stage: Stage) -> tuple:
        first = stage.standings[0]
        begins = min((order.get(item.pk, len(order)) for item in first.items), default=len(order))
        around = begins, -len(first.items), first.slot.key
        return stage.closure is not None, first.slot.scope in WHOLE, around, stage.number

    return sorted((stage for stages in parts.values() for stage in stages.values()), key=place)
