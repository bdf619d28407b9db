from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are: people, sign-in and invitations."""

    name = "golive_site.accounts"
    label = "accounts"

    def ready(self) -> None:
        from golive_site.accounts import factors, journal  # noqa: F401
