"""A process of its own that works on the test's database, to be killed in the middle of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def database_url() -> str:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    configured = os.environ.get("GOLIVE_DATABASE_URL") or os.environ["DATABASE_URL"]
    return f"{configured.rpartition('/')[0]}/{name}"


def begun(code: str, settings, **more: str) -> subprocess.Popen:
    """Python that knows our models, our data folder and our key."""
    env = {
        **os.environ,
        "GOLIVE_DEBUG": "1",
        "GOLIVE_SECRET_KEY": settings.SECRET_KEY,
        "GOLIVE_DATA_DIR": str(settings.DATA_DIR),
        "GOLIVE_DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "golive_site.settings",
        **more,
    }
    line = [sys.executable, "-c", f"import django\ndjango.setup()\nfrom datetime import datetime\n{code}"]
    return subprocess.Popen(line, cwd=ROOT, env=env)
