"""Removing a project for good, once its time is over: every row that hangs on it, found by the models themselves."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import models, transaction

from checklists import append_only
from checklists.act import TransitionRefused
from checklists.models import Action, JournalEntry, Keeping, Project

Paths = dict[type[models.Model], set[str]]
AT_ONCE = 500


def remove(project: Project, now: datetime) -> dict[str, int]:
    """Remove it and say of what how much. What stays is an entry of the instance's chain, with the head of its journal.

    The journal's triggers are taken off for this one transaction, which only the owner of the tables can do.
    """
    with transaction.atomic(), project.locked():
        if why := Keeping.objects.of(project).why_not_removed(now):
            raise TransitionRefused(why)
        head = JournalEntry.objects.filter(project=project).order_by("-seq").first()
        rows = {
            model: list(model._base_manager.filter(condition(paths, project)).values_list("pk", flat=True).distinct())
            for model, paths in hanging_on(Project).items()
        }
        append_only.unprotect()
        for model, keys in rows.items():
            for at in range(0, len(keys), AT_ONCE):
                model._base_manager.filter(pk__in=keys[at : at + AT_ONCE])._raw_delete("default")
        Project.objects.filter(cloned_from=project).update(cloned_from=None)
        uuid = str(project.uuid)
        Project.objects.filter(pk=project.pk)._raw_delete("default")
        append_only.protect()
        JournalEntry.objects.record_for_instance(
            now, None, Action.PROJECT_REMOVED, subject=uuid, head=f"{head.seq}:{head.hash}" if head else ""
        )
    return {model._meta.label: len(keys) for model, keys in rows.items() if keys}


def condition(paths: set[str], project: Project) -> models.Q:
    """What is on any of the ways to the project."""
    found = models.Q()
    for path in paths:
        found |= models.Q(**{path: project})
    return found


def hanging_on(root: type[models.Model]) -> Paths:
    """Every model whose rows belong to one of `root`, with the ways from it to there. Rows only pointed to stay."""
    found: Paths = defaultdict(set)
    waiting: list[tuple[type[models.Model], str]] = [(root, "")]
    while waiting:
        model, way = waiting.pop()
        for relation in model._meta.related_objects:
            child, column = relation.related_model, relation.field
            if child is model or child is root or relation.on_delete is models.SET_NULL:
                continue
            path = f"{column.name}__{way}" if way else column.name
            if path.count("__") < 4 and path not in found[child]:
                found[child].add(path)
                waiting.append((child, path))
    return found
