"""Filters for the report on paper."""

from django import template

from signoffs import glyphs
from signoffs.qr import Code, code_of

register = template.Library()


@register.filter
def isolated(name: object) -> str:
    """A person's name that keeps its place in a line, whichever way it is written."""
    return glyphs.isolated(str(name))


@register.inclusion_tag("signoffs/_pdf_qr.html")
def qr(address: str, words: str = "") -> dict[str, Code | str]:
    """An address to point a phone at; `words` say where it leads."""
    return {"code": code_of(address), "words": words}
