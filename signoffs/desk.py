"""The auditor's desk: every project that somebody may see, with what an auditor asks first, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from checklists.models import Action, Item, JournalEntry, Project
from checklists.models.item import SETTLED
from signoffs.models import JobState, Record, Signature

# What somebody did although a rule of the plan stood against it.
OVERRIDES = [
    action.value
    for action in Action
    if action == Action.PHASE_OPENED or "overrid" in action.value or "waive" in action.value
]
STATES = (("", _("All")), ("sealed", _("With a sealed record")), ("open", _("Without one")))
STANDS_OUT = (("", _("All")), ("both", _("Did and approved")), ("overridden", _("Overridden")))


# By which rows a project stands out: as `rows_of` tells it below.
STANDING_OUT: dict[str, QuerySet] = {
    "both": Item.objects.filter(
        Exists(
            Signature.objects.filter(
                slot__project=OuterRef("project"), signer=OuterRef("settled_by"), voided_at=None
            ).order_by()
        ),
        project=OuterRef("pk"),
    ),
    "overridden": JournalEntry.objects.filter(project=OuterRef("pk"), action__in=OVERRIDES),
}


class DeskFilter(forms.Form):
    """Every field may be left out. Days are those of T-0, in UTC."""

    words = forms.CharField(label=_("Project, customer or system"), required=False, max_length=100)
    person = forms.CharField(label=_("Person"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=STATES)
    out = forms.ChoiceField(label=_("What stands out"), required=False, choices=STANDS_OUT)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, user, data: QueryDict | dict):
        super().__init__(data)
        self.user = user

    def projects(self) -> QuerySet[Project]:
        """Those that are asked for, of those that the person may see."""
        self.is_valid()
        asked = self.cleaned_data
        found = Project.objects.visible_to(self.user)
        if words := asked.get("words"):
            found = found.filter(Q(name__icontains=words) | Q(customer__icontains=words) | Q(system__icontains=words))
        if person := asked.get("person"):
            known = Project.objects.filter(Q(members__name__icontains=person) | Q(members__email__icontains=person))
            signed = Signature.objects.filter(name__icontains=person).values("slot__project")
            found = found.filter(Q(pk__in=known.values("pk")) | Q(pk__in=signed))
        if state := asked.get("state"):
            sealed = Record.objects.filter(state=JobState.SEALED, superseded_at=None).values("project")
            found = found.filter(pk__in=sealed) if state == "sealed" else found.exclude(pk__in=sealed)
        if out := asked.get("out"):
            found = found.filter(Exists(STANDING_OUT[out].order_by()))
        if since := asked.get("since"):
            found = found.filter(go_live_at__gte=datetime.combine(since, time.min, UTC))
        if until := asked.get("until"):
            found = found.filter(go_live_at__lt=datetime.combine(until + timedelta(days=1), time.min, UTC))
        return found.defer("source", "metadata", "prose", "repairs", "warnings").order_by("-go_live_at", "pk")

    @property
    def asked(self) -> dict[str, str]:
        """The choice, to be kept or put in an address."""
        return {name: value for name in self.fields if (value := self.data.get(name))}

    @property
    def query(self) -> str:
        kept = QueryDict(mutable=True)
        kept.update(self.asked)
        return kept.urlencode()


@dataclass
class Row:
    """One project with what stands out."""

    project: Project
    items: int = 0
    settled: int = 0
    signatures: int = 0
    slots: int = 0
    records: list[Record] = field(default_factory=list)
    did_and_signed: list[str] = field(default_factory=list)
    overrides: list[JournalEntry] = field(default_factory=list)

    @property
    def record(self) -> Record | None:
        """The one that counts now."""
        return next((record for record in self.records if record.superseded_at is None), None)


def rows_of(projects: Iterable[Project]) -> list[Row]:
    """The rows of a page of projects."""
    rows = {project.pk: Row(project) for project in projects}
    counted = (
        Item.objects.filter(project__in=rows)
        .values("project")
        .annotate(all=Count("pk"), settled=Count("pk", filter=Q(state__in=SETTLED)))
        .order_by()
    )
    for each in counted:
        rows[each["project"]].items, rows[each["project"]].settled = each["all"], each["settled"]
    for pk, slots in Project.objects.filter(pk__in=rows).annotate(number=Count("slots")).values_list("pk", "number"):
        rows[pk].slots = slots
    signers: dict[int, dict[int, str]] = defaultdict(dict)
    live = Signature.objects.filter(slot__project__in=rows, voided_at=None)
    for pk, signer, name in live.values_list("slot__project", "signer", "name"):
        rows[pk].signatures += 1
        signers[pk][signer] = name
    doers = Item.objects.filter(project__in=rows).exclude(settled_by=None).order_by()
    for pk, doer in doers.values_list("project", "settled_by").distinct():
        if doer in signers[pk]:
            rows[pk].did_and_signed.append(signers[pk][doer])
    for record in Record.objects.filter(project__in=rows).select_related("project"):
        rows[record.project_id].records.append(record)
    for entry in JournalEntry.objects.filter(project__in=rows, action__in=OVERRIDES).order_by("seq"):
        if entry.project_id:
            rows[entry.project_id].overrides.append(entry)
    return list(rows.values())


def quarters(today: date, number: int = 4) -> list[tuple[str, date, date]]:
    """The last quarters with their first and last days, the running one first."""
    found = []
    year, quarter = today.year, (today.month - 1) // 3
    for _number in range(number):
        first = date(year, 3 * quarter + 1, 1)
        after = date(year + 1, 1, 1) if quarter == 3 else date(year, 3 * quarter + 4, 1)
        found.append((f"{year} Q{quarter + 1}", first, after - timedelta(days=1)))
        year, quarter = (year - 1, 3) if quarter == 0 else (year, quarter - 1)
    return found
