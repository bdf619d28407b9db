from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who you are: people, sign-in and invitations."""

    name = "golive_site.accounts"
    label = "accounts"
