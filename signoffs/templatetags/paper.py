"""Filters for the report on paper."""

from django import template

from signoffs import glyphs

register = template.Library()


@register.filter
def isolated(name: object) -> str:
    """A person's name that keeps its place in a line, whichever way it is written."""
    return glyphs.isolated(str(name))
