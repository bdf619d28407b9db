"""`manage.py lock_factors`: lock the secrets of second factors with the secret key of now, after it was changed."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from golive_site.accounts.strongbox import lock_anew


class Command(BaseCommand):
    help = "Lock what authenticator apps and recovery codes are made of with GOLIVE_SECRET_KEY as it is now."

    def handle(self, *args, **options) -> None:
        with transaction.atomic():
            number = lock_anew(Authenticator.objects.select_for_update().order_by("pk"))
        self.stdout.write(f"Locked {number} secrets with the secret key of now.")
