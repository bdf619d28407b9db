"""What every template may use."""

from django.http import HttpRequest
from django.templatetags.static import static


def look(request: HttpRequest) -> dict[str, str]:
    """The sheet of state signs, for fragments answered to htmx as for pages."""
    return {"sprite": static("signs.svg")}
