from django.apps import AppConfig, apps


class AccountsConfig(AppConfig):
    """Who you are: people, sign-in and invitations."""

    name = "golive_site.accounts"
    label = "accounts"

    def ready(self) -> None:
        from golive_site.accounts import journal  # noqa: F401

        if apps.is_installed("allauth.mfa"):
            from golive_site.accounts import factors  # noqa: F401
