"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Nobody signs themselves up: a manager adds people to a project."""

    def is_open_for_signup(self, request) -> bool:
        return False
