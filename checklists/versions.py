"""What happens to templates: made, given a version, made a project of. A version never changes once it is there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from checklists.act import Act, TransitionRefused
from checklists.importing.decode import decode
from checklists.importing.outline import Outline
from checklists.importing.plan import Launch, Source, create_project
from checklists.importing.reading import read_checklist
from checklists.limits import limits_in_force
from checklists.models import Membership, Project, RequestKey, Role, Template, TemplateVersion
from checklists.templating import Variable, fill, variables_of

if TYPE_CHECKING:
    from golive_site.accounts.models import User

# The address of the page that makes templates.
RESERVED = "new"


@dataclass(frozen=True)
class Person:
    """Somebody for a new project, by e-mail."""

    email: str
    role: Role


def add_template(
    name: str, summary: str, source: bytes, at: datetime, by: User | None, remark: str = "", slug: str = ""
) -> Template:
    """A new template with its first version. `by` is nobody for those that come with the application."""
    with transaction.atomic():
        template = Template.objects.create(slug=slug or free_slug(name), name=name, summary=summary, created_by=by)
        add_version(template, source, at, by, remark)
    return template


def add_version(template: Template, source: bytes, at: datetime, by: User | None, remark: str = "") -> TemplateVersion:
    """The next version. Refused when the newest has the same text: a version that changes nothing would only confuse."""
    with transaction.atomic():
        Template.objects.select_for_update().get(pk=template.pk)  # so that two people get two numbers
        newest = template.versions.first()
        if newest and bytes(newest.source) == source:
            raise TransitionRefused(
                _("This is the text of version %(number)s. Nothing was added.") % {"number": newest.number}
            )
        return template.versions.create(
            number=newest.number + 1 if newest else 1, source=source, remark=remark, created_at=at, created_by=by
        )


def make_project(
    version: TemplateVersion, values: Mapping[str, str], launch: Launch, people: list[Person], act: Act
) -> Project:
    """A project of the version's text with the values filled in, read by the real importer, with its people."""
    source = fill(text_of(version), values).encode()
    outline = read_checklist(source, limits_in_force())
    name = f"{version.template.slug}-v{version.number}.md"
    with RequestKey.objects.once(act):
        project = create_project(outline, Source(name, source), launch, act, template_version=version)
        for person in people:
            Membership.objects.admit(project, act, person.email, "", person.role)
    return project


def outline_of(version: TemplateVersion) -> Outline:
    """What the importer understands of the version."""
    return read_checklist(bytes(version.source), limits_in_force())


def text_of(version: TemplateVersion) -> str:
    """The version's Markdown as the importer decodes it."""
    return decode(bytes(version.source), limits_in_force()).text


def variables_in(version: TemplateVersion) -> list[Variable]:
    return variables_of(text_of(version))


def counts_of(version: TemplateVersion) -> dict[str, int]:
    """How many phases, items and so on: remembered by the text itself, because reading it takes a while."""
    source = bytes(version.source)
    key = f"template-counts:{hashlib.sha256(source).hexdigest()}"
    return cache.get_or_set(key, lambda: read_checklist(source, limits_in_force()).counts, timeout=None) or {}


def free_slug(name: str) -> str:
    """An address for the name that no template has yet, such as `web` or `web-2`."""
    base = slugify(name)[:50].strip("-") or "template"
    taken = {RESERVED, *Template.objects.filter(slug__startswith=base).values_list("slug", flat=True)}
    number, slug = 1, base
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
