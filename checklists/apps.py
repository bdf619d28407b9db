from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ChecklistsConfig(AppConfig):
    """The plan and the run."""

    name = "checklists"

    def ready(self) -> None:
        from checklists.append_only import protect

        post_migrate.connect(protect, sender=self, dispatch_uid="append_only")
