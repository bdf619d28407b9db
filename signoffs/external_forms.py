"""What a manager says of somebody outside, and what they say themselves: link, code, and their word."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.forms import Words, dress
from checklists.models import Role
from golive_site.accounts.models import User
from signoffs.forms import DecisionForm
from signoffs.models import Code, Method
from signoffs.models.code import DIGITS
from signoffs.models.invitation import DAYS
from signoffs.proof import Proof, whereabouts
from signoffs.standing import Standing


class InvitationForm(forms.Form):
    """Whom a manager asks to sign, without an account."""

    name = Words(label=gettext_lazy("Name"), max_length=120)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    days = forms.IntegerField(
        label=gettext_lazy("How many days the link is good"), min_value=1, max_value=DAYS, initial=DAYS
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dress(self)


class TokenForm(forms.Form):
    """What follows the # in the link. A script puts it there; without one, people do."""

    token = forms.CharField(
        label=gettext_lazy("Key from your mail"),
        max_length=100,
        help_text=gettext_lazy("It is what follows the # in the link."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": gettext_lazy("Open the link from your mail, or enter the key that is in it.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_token(self) -> str:
        """Pasted whole, the link is the key, too."""
        return self.cleaned_data["token"].rpartition("#")[2].strip()


class CodeForm(forms.Form):
    """The digits from the second mail, however they were grouped."""

    code = forms.CharField(
        label=gettext_lazy("Code from your mail"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": gettext_lazy("Enter the code from your mail.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dress(self)

    def clean_code(self) -> str:
        digits = "".join(self.cleaned_data["code"].replace("-", "").split())
        if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
            raise ValidationError(_("The code has %(number)s digits.") % {"number": DIGITS})
        return digits


class ExternalSignatureForm(DecisionForm):
    """Their decision, and their name in their own letters. Conditions are for the managers to meet: others they do not know."""

    name = Words(
        label=gettext_lazy("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Type your name: it makes this your signature.")},
    )

    def __init__(self, standing: Standing, *args, **kwargs):
        managers = User.objects.filter(
            memberships__project=standing.slot.project, memberships__role=Role.MANAGER, is_active=True
        )
        super().__init__(standing, [], managers.order_by("name"), *args, **kwargs)
        dress(self)

    def proof(self, request: HttpRequest, code: Code) -> Proof:
        """Of a valid form, in a browser for which the code was entered."""
        name = self.cleaned_data["name"]
        return Proof(Method.EMAIL, code.entered_at, *whereabouts(request), invitation=code.invitation, name=name)
