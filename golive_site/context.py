"""What every template may use."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import get_language

from golive_site.language import words_address


def look(request: HttpRequest) -> dict[str, str]:
    """The sheet of state signs, for fragments answered to htmx as for pages; the words that scripts say."""
    return {"sprite": static("signs.svg"), "words_url": words_address(get_language())}
