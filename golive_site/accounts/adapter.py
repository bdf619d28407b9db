"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from golive_site.language import CODES, remember


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Nobody signs themselves up: a manager adds people to a project."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def post_login(self, request: HttpRequest, user, **kwargs) -> HttpResponse:
        """Whoever chose a language has it on every machine; who chose it before signing in, keeps it."""
        response = super().post_login(request, user, **kwargs)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if user.language in CODES:
            remember(response, user.language)
        elif chosen in CODES:
            user.language = chosen
            user.save(update_fields=["language"])
        return response

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail begins with the configured address, whatever Host the request claimed."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.BASE_URL + path.replace("UID-KEY", key)
