"""`manage.py rotate_seal`: seal with a new key from now on; seals of the old one are still known."""

from django.core.management.base import BaseCommand, CommandError

from signoffs import seal


class Command(BaseCommand):
    help = "Make a new key for the seal. The old certificates are kept; restart the servers and the worker afterwards."

    def handle(self, *args, **options) -> None:
        try:
            old, new = seal.current(), seal.rotate()
        except seal.NoSeal as problem:
            raise CommandError(str(problem), returncode=2) from problem
        self.stdout.write(f"Sealed by {old.id} until now, by {new.id} from now on.")
        self.stdout.write(f"Its authority: {seal.fingerprint(new.authority)}")
