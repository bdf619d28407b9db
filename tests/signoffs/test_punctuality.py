"""Planned against actual."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import translation

from signoffs import pdf
from signoffs.report import report_of
from tests.builders import T_ZERO, item, settle
from tests.conftest import NOON


def test_what_was_late_is_told_with_how_much(project, technician, act):
    item(project, "Lamps answer").complete(act(technician, T_ZERO + timedelta(minutes=25)))
    item(project, "Switch the name").complete(act(technician, T_ZERO - timedelta(minutes=5)))
    before, night = report_of(project, T_ZERO + timedelta(hours=1)).paces
    assert [(late.item.text, late.words) for late in night.late] == [("Lamps answer", "25 min")]
    assert night.first == T_ZERO - timedelta(minutes=5) and night.last == T_ZERO + timedelta(minutes=25)
    # Nothing of the first phase is settled though its time is over: every item of it is late.
    assert len(before.late) == 5 and before.first is None


def test_what_is_not_due_yet_is_not_late(project):
    assert [pace.late for pace in report_of(project, NOON - timedelta(days=30)).paces] == [[], []]


def test_it_costs_no_query(project, django_assert_num_queries):
    report = report_of(project, NOON)
    with django_assert_num_queries(0):
        assert len(report.paces) == 2


def test_it_is_printed_in_every_language(project, technician, act):
    item(project, "Lamps answer").complete(act(technician, T_ZERO + timedelta(minutes=25)))
    report = report_of(project, T_ZERO + timedelta(hours=1))
    for language in ("en-gb", "de", "el"):
        with translation.override(language):
            html = pdf.html_of(report)
        assert f'lang="{language}"' in html
        number = item(project, "Lamps answer").number
        assert f"#{number} (" in html


def test_neighbours_that_were_equally_late_are_told_together(project, technician, act):
    settle(project, act(technician, project.go_live_at + timedelta(days=2)))
    before, night = report_of(project, project.go_live_at + timedelta(days=3)).paces
    assert sum(len(pace.late) for pace in (before, night)) > len(before.runs + night.runs)
    assert any(re.fullmatch(r"#\d+–#\d+ \(.+\)", run) for run in before.runs + night.runs)
