"""Keys for forms, so that sending one twice has one effect."""

import secrets

from django import template

register = template.Library()


@register.simple_tag
def new_key() -> str:
    return secrets.token_urlsafe(12)
