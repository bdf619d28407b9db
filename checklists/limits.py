"""How much of a document this instance reads: the importer's usual limits, where the settings say nothing else."""

from django.conf import settings

from checklists.importing.limits import Limits


def limits_in_force() -> Limits:
    """Limits with what whoever runs the instance has set (docs/operations.md)."""
    return Limits(**settings.IMPORT_LIMITS)
