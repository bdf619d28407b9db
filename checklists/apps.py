from django.apps import AppConfig


class ChecklistsConfig(AppConfig):
    """The plan and the run."""

    name = "checklists"
