"""The seal's key: made once, only ours to read, given by the settings, replaced without forgetting the old."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from signoffs import seal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"


def test_a_key_is_made_at_the_first_start_and_kept(tmp_path):
    first = seal.current()
    assert seal.current().id == first.id
    mode = stat.S_IMODE((tmp_path / "data" / "seal" / "key.pem").stat().st_mode)
    assert mode == 0o600
    assert [each.name for each in (tmp_path / "data").iterdir()] == ["seal"]


def test_the_certificate_lasts_ten_years_and_may_only_sign():
    leaf, authority = seal.current().chain
    assert 3650 < (leaf.not_valid_after - leaf.not_valid_before).days <= 3653
    assert leaf.key_usage_value.native == {"digital_signature", "non_repudiation"}
    assert not leaf.ca
    assert authority.ca
    assert leaf.issuer == authority.subject


def test_of_processes_that_start_at_once_one_makes_it():
    with ThreadPoolExecutor(8) as crowd:
        ids = set(crowd.map(lambda _: seal.current().id, range(8)))
    assert len(ids) == 1


def test_a_given_key_is_taken(settings, tmp_path):
    made = seal.current()
    settings.SEAL_KEY = str(tmp_path / "data" / "seal" / "key.pem")
    settings.SEAL_CERT = str(tmp_path / "data" / "seal" / "certificates.pem")
    settings.DATA_DIR = tmp_path / "elsewhere"
    assert seal.current().id == made.id
    assert not (tmp_path / "elsewhere").exists()


def test_another_key_leaves_the_old_authority_known():
    old = seal.current()
    new = seal.rotate()
    assert new.id != old.id
    assert [each.dump() for each in seal.authorities()] == [new.authority.dump(), old.authority.dump()]
    newest = seal.rotate()
    assert {each.dump() for each in seal.authorities()} == {each.authority.dump() for each in (old, new, newest)}


@pytest.mark.parametrize("damage", ["missing", "nonsense", "of another"])
def test_production_does_not_start_without_a_key(settings, tmp_path, damage):
    seal.current()
    settings.SEAL_KEY = str(tmp_path / "given.pem")
    settings.SEAL_CERT = str(tmp_path / "data" / "seal" / "certificates.pem")
    if damage == "nonsense":
        (tmp_path / "given.pem").write_text("no key")
    if damage == "of another":
        settings.DATA_DIR = tmp_path / "other"
        settings.SEAL_KEY, kept = "", settings.SEAL_CERT
        settings.SEAL_CERT = ""
        seal.current()
        settings.SEAL_KEY, settings.SEAL_CERT = str(tmp_path / "other" / "seal" / "key.pem"), kept
    settings.DEBUG = True
    seal.prepare()
    settings.DEBUG = False
    with pytest.raises(ImproperlyConfigured):
        seal.prepare()


@pytest.mark.parametrize("server", ["asgi", "wsgi"])
def test_the_server_itself_refuses(tmp_path, server):
    env = {
        "PATH": os.environ["PATH"],
        "GOLIVE_SECRET_KEY": "".join(map(chr, range(48, 110))),
        "GOLIVE_ALLOWED_HOSTS": "example.org",
        "GOLIVE_BASE_URL": "https://example.org",
        "GOLIVE_DATA_DIR": str(tmp_path),
        "GOLIVE_SEAL_KEY": str(tmp_path / "none.pem"),
        "GOLIVE_SEAL_CERT": str(tmp_path / "none.pem"),
    }
    line = [sys.executable, "-c", f"import golive_site.{server}"]
    refused = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "The seal's key cannot be read" in refused.stderr
    del env["GOLIVE_SEAL_KEY"]
    halved = subprocess.run(line, cwd=ROOT, env=env, capture_output=True, text=True)
    assert "belong together" in halved.stderr
    del env["GOLIVE_SEAL_CERT"]
    assert subprocess.run(line, cwd=ROOT, env=env, capture_output=True).returncode == 0


def test_the_command_makes_a_new_key(capsys):
    old = seal.current().id
    call_command("rotate_seal")
    told = capsys.readouterr().out
    assert old in told and seal.current().id in told and seal.current().id != old
