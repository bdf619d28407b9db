"""A template: a checklist to make projects from, in versions that never change once made."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy

# What those that come with the application say of themselves, as it is kept.
SHIPPED = {
    "As it comes": gettext_lazy("As it comes"),
    "Came with an update": gettext_lazy("Came with an update"),
}


class Template(models.Model):
    """A checklist that is used again. Everybody who is signed in may use it; its text lives in its versions."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    summary = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="templates"
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("template", args=[self.slug])


class TemplateVersion(models.Model):
    """One version of a template's Markdown; a project stays pinned to the one that it was made from."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.BinaryField()
    remark = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="template_version_number_unique")]

    def __str__(self) -> str:
        return f"{self.template}, version {self.number}"

    @property
    def news(self) -> str:
        """What is new in it: in the words of whoever added it, or in the reader's where it came with the application."""
        return self.remark if self.created_by_id else str(SHIPPED.get(self.remark, self.remark))
