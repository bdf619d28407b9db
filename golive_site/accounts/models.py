"""A person. The e-mail address is the login; it is never given to somebody else later."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        """Make an account; without a password it exists but cannot sign in until one is set."""
        if not email or "@" not in email:
            raise ValueError("An account needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """An administrator: a role so strong that who has it since when stands in the instance's journal."""
        from checklists.models import Action, JournalEntry

        with transaction.atomic(using=self._db):
            user = self.create_user(email, password, is_superuser=True, **fields)
            who = f"{user}, administrator"
            JournalEntry.objects.record_for_instance(timezone.now(), None, Action.ACCOUNT_CREATED, subject=who)
        return user

    def external(self, email: str, name: str) -> "User":
        """Somebody without an account, known by their address: what they sign is theirs, and they can never sign in."""
        user, made = self.get_or_create(
            email=email.strip().lower(),
            defaults={"name": name, "is_external": True, "is_active": False, "password": make_password(None)},
        )
        if not made and user.is_external and user.name != name:
            user.name = name
            user.save(update_fields=["name"])
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works on go-lives; what they may do is said per project, by their Membership."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True, help_text="Printed beside a signature, such as IT Director.")
    language = models.CharField(max_length=10, blank=True, help_text="Of mails; blank until one was chosen.")
    is_active = models.BooleanField(default=True)
    is_external = models.BooleanField(default=False, help_text="Signs by a link from a mail, and has no account.")
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case"),
            # Django writes a password that nobody has as `!` and random letters.
            models.CheckConstraint(
                condition=models.Q(is_external=False)
                | models.Q(is_active=False, is_superuser=False, password__startswith="!"),  # noqa: S106
                name="user_external_cannot_sign_in",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self).split(" ")[0]

    def give_account(self) -> None:
        """Let somebody who was outside sign in from now on: the same person, under the same key and address."""
        self.is_external, self.is_active = False, True
        self.save(update_fields=["is_external", "is_active"])

    @property
    def is_staff(self) -> bool:
        return self.is_superuser

    @property
    def initials(self) -> str:
        """Two letters for small places: of first and last word of the name."""
        words = str(self).split("@")[0].replace(".", " ").split()
        return (words[0][0] + words[-1][0]).upper() if len(words) > 1 else str(self)[:2].upper()
