"""`manage.py remove_factors EMAIL`: let somebody in with the password alone who lost everything else."""

from __future__ import annotations

from argparse import ArgumentParser

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from checklists.models import Action, JournalEntry
from golive_site.accounts.factors import tell
from golive_site.accounts.models import User


class Command(BaseCommand):
    help = "Remove the authenticator app, the passkeys and the recovery codes of an account; its password stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="the address with which they sign in")

    def handle(self, *args, email: str, **options) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is no account of {email}.")
        with transaction.atomic():
            number, _ = Authenticator.objects.filter(user_id=user.pk).delete()
            if number:
                JournalEntry.objects.record_for_instance(
                    timezone.now(), None, Action.FACTOR_REMOVED, subject=f"all {number} of {user}"
                )
                tell(user, "all", added=False)
        self.stdout.write(f"Removed {number} of {user}. The password alone signs in now.")
