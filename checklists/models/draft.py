"""A draft: a checklist that somebody uploaded and has not made a project of yet."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse


class Draft(models.Model):
    """The bytes of an upload, kept so that its preview survives a reload. Only its owner sees it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    name = models.CharField(max_length=255)
    source = models.BinaryField()
    corrections = models.JSONField(default=dict, blank=True, help_text="Line number to what its owner says it is.")
    template_version = models.ForeignKey(
        "TemplateVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("draft", args=[self.pk])
