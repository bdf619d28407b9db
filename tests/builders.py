"""Plain functions that make what a test talks about."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checklists.act import Act
from checklists.importing.plan import Launch, Source, create_project
from checklists.importing.reading import read_checklist
from checklists.models import Item, Membership, Project, Role, Slot
from golive_site.accounts.models import User
from signoffs import gate
from signoffs.models import JobState, Printout, Record
from signoffs.standing import standings
from signoffs.statements import approving

SHARED = Path(__file__).resolve().parent.parent.parent / "shared"
T_ZERO = datetime(2027, 2, 7, 6, 0, tzinfo=UTC)

PLAN = """# Harbour Lights Go-Live

**Customer:** Harbour Lights Ltd
**System:** Lamp Control

## Phase 1: Before (T-3 days)

### Servers

- [ ] **Database ready**
  - [ ] Backup restored on the spare machine
  - [ ] Replica follows within 5 seconds
- [ ] Certificates valid
  - openssl shows 30 days or more
- [ ] Rows counted (count: ____ rows)

```
systemctl status lamps
```

## Phase 2: Night (T-0)

- [ ] Switch the name to the new server
- [ ] Lamps answer

## Rollback Plan

1. Switch the name back
2. Restart the old lamps

## Contacts

| Role | Name | Phone | Email |
|------|------|-------|-------|
| Harbour master | Nia Okafor | +44 20 7946 0100 | nia@example.org |

## Sign-Off

| Item | Signature | Date |
|------|-----------|------|
| Before | | |
| Go-Live Approved | | |
"""

TEMPLATE = """# Go-Live of [SYSTEM_NAME]

**Customer:** [CUSTOMER_NAME]
**Target Go-Live:** [DD.MM.YYYY]
**Backup Date**: TBD (one week before)

## Phase 1: Before (T-3 days)

- [ ] Server of [CUSTOMER_NAME] stands in [DATA_CENTRE]
- [ ] No TBD is left in this plan
- [ ] [HIGH] Rows counted: ____
- [ ] See [RUNBOOK](RUNBOOK.md)
```
deploy --to [DATA_CENTRE] --release $VERSION --log run_YYYYMMDD_HHMMSS ${LIST[INDEX]}
```

## Phase 2: Night (T-0)

- [ ] Switched over

## Contacts

| Role | Name | Phone |
|------|------|-------|
| Lead | [NAME] | TBD |
| Night desk | [NAME] | +44 20 7946 0100 |
"""


def project(manager: User, at: datetime, text: str = PLAN, name: str = "Harbour Lights") -> Project:
    """A project made by the real importer."""
    launch = Launch(name, "Harbour Lights Ltd", "Lamp Control", T_ZERO, "Europe/Athens")
    data = text.encode()
    return create_project(read_checklist(data), Source("plan.md", data), launch, Act(by=manager, at=at))


def item(project: Project, words: str) -> Item:
    """The item whose text begins with these words."""
    return project.items.select_related("project").get(text__startswith=words)


def settle(project: Project, act: Act) -> None:
    """Complete everything that is open, sub-items first."""
    for each in project.items.open().select_related("project").order_by("-depth", "position"):
        each.complete(act)


def sealed_record(project: Project, content: bytes = b"%PDF-1.7 sealed") -> Record:
    """A record of revision 1 as the worker leaves it, with any bytes."""
    record, _ = Record.objects.get_or_create(
        project=project,
        revision=1,
        defaults={
            "state": JobState.SEALED,
            "ordered_at": T_ZERO,
            "due_at": T_ZERO,
            "head_seq": 1,
            "head_hash": "0" * 64,
            "sealed_at": T_ZERO,
            "key_id": "0" * 16,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
        },
    )
    record.path.parent.mkdir(parents=True, exist_ok=True)
    record.path.write_bytes(content)
    return record


def printout(project: Project, content: bytes = b"%PDF-1.7 printed") -> Printout:
    """A printout that is ready, with any bytes."""
    made = Printout.objects.create(
        project=project, by=project.created_by, at=T_ZERO, due_at=T_ZERO, state=JobState.READY, size=len(content)
    )
    made.path.parent.mkdir(parents=True, exist_ok=True)
    made.path.write_bytes(content)
    return made


def ask_one_more(project: Project, number: int = 1, title: str = "Second signer", **says) -> Slot:
    """Another required slot about the same as an existing one, so that the first signature there does not close it."""
    first = project.slots.get(number=number)
    last = project.slots.order_by("number").last().number
    place = {name: getattr(first, name) for name in ("scope", "phase", "section", "subject")}
    return Slot.objects.create(
        project=project, number=last + 1, title=title, **{**place, "stage": first.stage, "kind": first.kind, **says}
    )


def sign_all(project: Project, at: datetime, first: User | None = None) -> None:
    """Have everything signed that is asked for: earlier stages first, and each place of a stage by somebody else."""
    people = [first] if first else []
    used: Counter[tuple] = Counter()
    while waiting := [each for each in standings(project) if each.state == "pending" and not each.waits_for]:
        # Votes that are only advice come before what closes the plan.
        chosen = min(waiting, key=lambda each: each.slot.required)
        slot = chosen.slot
        turn = used[slot.key, slot.stage]
        used[slot.key, slot.stage] += 1
        if turn == len(people):
            name = f"Signer{turn} Approver"
            users = User.objects.filter(email=f"signer{turn}@example.org")
            people.append(users.first() or User.objects.create_user(f"signer{turn}@example.org", name=name))
        Membership.objects.get_or_create(project=project, user=people[turn], defaults={"role": Role.APPROVER})
        gate.sign(slot, Act(people[turn], at), approving(slot), chosen.digest)


def seed(number: str) -> Path:
    """One of the customer's five documents; the test skips where they are not at hand."""
    found = sorted((SHARED / "seeds").glob(f"{number}_*"))
    if not found:
        pytest.skip("the customer's documents are not beside this checkout (../shared/seeds)")
    return found[0]
