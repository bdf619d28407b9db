"""The only file that knows WeasyPrint: a report's HTML becomes a PDF, and nothing is fetched on the way."""

from __future__ import annotations

from signoffs.report import Report


def problem() -> str:
    """Why no PDF can be made on this machine, in a sentence for the user; empty when it can."""
    return ""


def render(report: Report) -> bytes:
    """The report as a PDF."""
    return b""
