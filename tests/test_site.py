"""What surrounds the applications: probes, headers, and settings that refuse to start wrong."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

GOOD = {
    "GOLIVE_SECRET_KEY": "0123456789abcdef" * 4,
    "GOLIVE_ALLOWED_HOSTS": "golive.example.org",
    "GOLIVE_BASE_URL": "https://golive.example.org",
}


def start(**changes) -> subprocess.CompletedProcess:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GOLIVE_", "DATABASE_URL"))}
    command = [sys.executable, "-c", "import golive_site.settings"]
    return subprocess.run(
        command, env=environment | GOOD | changes, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
    )


def test_a_whole_configuration_starts():
    assert start().returncode == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOLIVE_SECRET_KEY", ""),
        ("GOLIVE_SECRET_KEY", "short"),
        ("GOLIVE_SECRET_KEY", "k" * 60),
        ("DATABASE_URL", "garbage"),
        ("GOLIVE_ALLOWED_HOSTS", ""),
        ("GOLIVE_ALLOWED_HOSTS", "*"),
        ("GOLIVE_BASE_URL", ""),
        ("GOLIVE_BASE_URL", "http://golive.example.org"),
        ("GOLIVE_DB_POOL", "0"),
    ],
)
def test_a_wrong_configuration_does_not_start_and_names_the_setting(name, value):
    started = start(**{name: value})
    assert started.returncode != 0
    assert name in started.stderr


def test_probes_answer_without_signing_in(client, db):
    assert client.get("/healthz", headers={"host": "10.0.0.7"}).status_code == 200
    assert client.get("/readyz").text == "ready\n"


def test_a_page_allows_only_our_own_scripts(client, db):
    policy = client.get("/accounts/login/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
