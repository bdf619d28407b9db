"""Read back a plan that was exported: exactly, without guessing. What people added by hand is understood too.

See `dialect` for the form. What a line tells of the run is kept beside the plan (`run`), never as part of it: the new
plan has not been run.
"""

from __future__ import annotations

from . import dialect
from .bounds import refuse_items
from .decode import Decoded, Refused
from .exported_lines import ExportedLines
from .limits import Limits
from .lint import remarks
from .meaning import explain, milestones_in
from .outline import Outline
from .placeholders import placeholders_in
from .repairs import Line
from .said import Said

NOTICE = Said("This is an exported plan. What was done in it is shown as text; nothing in the new plan counts as done.")


def is_exported(text: str) -> bool:
    return dialect.IS_EXPORTED.match(text) is not None


def read_exported(decoded: Decoded, limits: Limits) -> Outline:
    """The outline of an exported plan. Raises Refused for a form that is newer than this program."""
    form = dialect.IS_EXPORTED.match(decoded.text)
    if form is None or int(form["form"]) > dialect.FORM:
        raise Refused(
            Said("This plan was exported by a newer version of the program. Update it, then import the plan.")
        )
    reader = ExportedLines(decoded.text)
    outline = reader.read()
    counts = outline.counts
    refuse_items(counts["items"] + counts["criteria"], limits)
    explain(outline)
    lines = [Line(number, text) for number, text in enumerate(decoded.text.split("\n"), start=1)]
    outline.milestones = milestones_in(lines, reader.ledger.kinds)
    outline.placeholders = placeholders_in(lines, reader.ledger.kinds)
    outline.lint = remarks(outline)
    outline.repairs = [*decoded.repairs]
    outline.warnings = [*decoded.warnings, NOTICE, *outline.warnings]
    return outline
