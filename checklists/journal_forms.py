"""What narrows a journal down: a person, an item, a kind of entry, a time."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, time, timedelta

from django import forms
from django.db.models import Max
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from checklists.models import Action
from checklists.models.journal import JournalQuerySet


class JournalFilter(forms.Form):
    """Every field may be left out. A day counts from midnight to midnight on the clocks of `zone`."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    item = forms.IntegerField(
        label=_("Item"), required=False, min_value=1, max_value=999_999, widget=forms.NumberInput(attrs={"size": 6})
    )
    kind = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, entries: JournalQuerySet, zone: str, data: QueryDict, *, has_items: bool = True):
        super().__init__(data)
        if not has_items:
            del self.fields["item"]
        self.entries, self.zone = entries, zoneinfo.ZoneInfo(zone)
        # As people were called last; the newest name of two is no worse than the other.
        people = entries.exclude(actor=None).values_list("actor").annotate(name=Max("actor_name")).order_by("name")
        present = set(entries.order_by().values_list("action", flat=True).distinct())
        kinds = [(action.value, action.label) for action in Action if action.value in present]
        self.fields["who"] = forms.ChoiceField(label=_("Who"), required=False, choices=[("", _("Everybody")), *people])
        self.fields["kind"] = forms.ChoiceField(
            label=_("What"), required=False, choices=[("", _("Everything")), *kinds]
        )

    @property
    def is_narrowed(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    def chosen(self) -> JournalQuerySet:
        """The entries that are asked for; of a field that was filled in wrongly nothing is taken."""
        self.is_valid()
        asked = self.cleaned_data
        found = self.entries
        if asked.get("who"):
            found = found.filter(actor=asked["who"])
        if asked.get("item"):
            found = found.filter(item__number=asked["item"])
        if asked.get("kind"):
            found = found.filter(action=asked["kind"])
        if asked.get("since"):
            found = found.filter(at__gte=datetime.combine(asked["since"], time.min, self.zone))
        if asked.get("until"):
            found = found.filter(at__lt=datetime.combine(asked["until"] + timedelta(days=1), time.min, self.zone))
        return found

    @property
    def query(self) -> str:
        """The choice as the end of an address, for the links to other pages and to files."""
        kept = QueryDict(mutable=True)
        for name in self.fields:
            if value := self.data.get(name):
                kept[name] = value
        return kept.urlencode()
