from django.apps import AppConfig


class SignoffsConfig(AppConfig):
    """Approval and the record."""

    name = "signoffs"
