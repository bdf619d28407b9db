"""Keys for forms, so that sending one twice has one effect."""

import secrets

from django import template
from django.template import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def new_key(context: Context) -> str:
    """A key of its own for each form; what is printed for later (printing.py) has a place for it."""
    return context.get("form_key") or secrets.token_urlsafe(12)
