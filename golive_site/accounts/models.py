"""A person. The e-mail address is the login; it is never given to somebody else later."""

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

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who works on go-lives; what they may do is said per project, by their Membership."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    title = models.CharField(max_length=120, blank=True, help_text="Printed beside a signature, such as IT Director.")
    language = models.CharField(max_length=10, blank=True, help_text="Of mails; blank until one was chosen.")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self).split(" ")[0]

    @property
    def is_staff(self) -> bool:
        return self.is_superuser

    @property
    def initials(self) -> str:
        """Two letters for small places: of first and last word of the name."""
        words = str(self).split("@")[0].replace(".", " ").split()
        return (words[0][0] + words[-1][0]).upper() if len(words) > 1 else str(self)[:2].upper()
