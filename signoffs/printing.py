"""Makes the printouts that are asked for, off every request; each is gone after a day."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.utils import translation

from checklists.files import written
from checklists.models import Project
from signoffs import pdf
from signoffs.models import JobState, Printout
from signoffs.report import report_of

logger = logging.getLogger(__name__)

KEPT = timedelta(days=1)


def print_due(now: datetime) -> None:
    """The worker's duty: make what is asked for, forget what is old."""
    for old in Printout.objects.filter(at__lt=now - KEPT):
        old.path.unlink(missing_ok=True)
        old.delete()
    for printout in Printout.each_lent(now):
        make(printout, now)


def make(printout: Printout, now: datetime) -> None:
    """One attempt. What goes wrong is said beside the printout."""
    try:
        content = drawn(printout)
        written(printout.path, content)
        printout.ours.update(state=JobState.READY, lease=None, progress=100, size=len(content))
    except Exception as problem:
        logger.exception("The printout %s was not made (attempt %s).", printout.pk, printout.attempts)
        printout.put_off(problem, now)


def drawn(printout: Printout) -> bytes:
    """The PDF, in the reader's language and of the part that they chose."""
    if reason := pdf.problem():
        raise RuntimeError(reason)
    printout.tell(5)
    with translation.override(printout.language or translation.get_language()):
        report = report_of(Project.objects.get(pk=printout.project_id), printout.at)
        if printout.part:
            report = report.only(printout.part)
        printout.tell(15)
        return pdf.render(report, tell=lambda part: printout.tell(15 + int(80 * part)), variant=printout.variant)
