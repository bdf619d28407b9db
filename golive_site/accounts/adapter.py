"""How allauth behaves here."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from golive_site.accounts import strongbox
from golive_site.language import CODES, remember
from signoffs.qr import draw


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


class FactorAdapter(DefaultMFAAdapter):
    """Second factors, in our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That is wrong, too old, or was used already. Wait for the next code, or try again."),
        "cannot_delete_authenticator": _("The authenticator app cannot be removed."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def encrypt(self, text: str) -> str:
        return strongbox.lock(text)

    def decrypt(self, encrypted_text: str) -> str:
        return strongbox.unlock(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What the app calls it; a person may be known to several instances."""
        return f"Golive {urlsplit(settings.BASE_URL).hostname}"

    def generate_authenticator_name(self, user, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %(number)s") % {"number": number}

    def build_totp_svg(self, url: str) -> SafeString:
        code = draw(url)
        picture = '<svg class="qr" role="img" aria-label="{0}" viewBox="0 0 {1} {1}"><path d="{2}" /></svg>'
        return format_html(picture, _("QR code for your authenticator app"), code.size, code.path)
