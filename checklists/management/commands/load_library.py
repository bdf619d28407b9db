"""`manage.py load_library`: the templates that come with the application, as its own versions of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from checklists.models import Template
from checklists.versions import add_template, add_version

FOLDER = Path(settings.BASE_DIR) / "checklists" / "library"


@dataclass(frozen=True)
class Shipped:
    """One of our templates: its address, which is its file's name too, and what people look for it by."""

    slug: str
    name: str
    summary: str


LIBRARY = (
    Shipped(
        "web-application",
        "Web application",
        "A site or application for visitors: servers, name and certificate, load, security, launch, first week.",
    ),
    Shipped(
        "kubernetes-service",
        "Kubernetes service",
        "A service in a cluster: namespace, manifests, breaking it on purpose, traffic in steps, first two weeks.",
    ),
    Shipped(
        "school-erp",
        "ERP or school system",
        "Records, money and daily work move to a new system: migration, reconciliation, training, change-over.",
    ),
    Shipped(
        "workflow-automation",
        "Workflow automation",
        "A workflow takes over work that people did: runs that can be found and repeated, shadow run, way back.",
    ),
)


class Command(BaseCommand):
    help = "Add the templates that come with the application; a text that changed since becomes a new version."

    def handle(self, *args, **options) -> None:
        for shipped in LIBRARY:
            if done := self.load(shipped):
                self.stdout.write(done)

    @transaction.atomic
    def load(self, shipped: Shipped) -> str:
        """Compare with our own newest version: what people added to the template since is theirs and stays newest."""
        source = (FOLDER / f"{shipped.slug}.md").read_bytes()
        template = Template.objects.filter(slug=shipped.slug).first()
        if template is None:
            add_template(shipped.name, shipped.summary, source, timezone.now(), None, "As it comes", shipped.slug)
            return f"Added the template {shipped.name}."
        if template.created_by:
            return f"{shipped.slug} is the address of somebody's own template: ours was left out."
        ours = template.versions.filter(created_by=None).first()
        if ours and bytes(ours.source) == source:
            return ""
        version = add_version(template, source, timezone.now(), None, "Came with an update")
        return f"Added version {version.number} of the template {shipped.name}."
