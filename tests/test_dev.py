"""What dev.py accepts, what it looks up, and the lines it prints when something is in the way."""

import ast
import hashlib
import socket
import subprocess
import sys
import urllib.error
from pathlib import Path

import pytest

import dev

LOCK = """
version = 1

[[package]]
name = "pip"
version = "26.3"
wheels = [{ url = "https://files.example/packages/07/pip-26.3-py3-none-any.whl", hash = "sha256:f3b6" }]
"""


def test_an_old_python_gets_one_line():
    assert dev.too_old((3, 9, 2, "final", 0)) == "dev.py needs Python 3.11 or newer; this is Python 3.9.2."
    assert dev.too_old((3, 11, 0, "final", 0)) == ""
    assert dev.too_old((4, 0, 0, "final", 0)) == ""


def test_an_old_python_can_parse_the_file_far_enough_to_print_it():
    ast.parse(Path(dev.__file__).read_text("utf-8"), feature_version=(3, 6))


def test_a_busy_port_is_named_with_a_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = dev.busy(port)
    assert line.startswith(f"Port {port}: ")
    assert "python3 dev.py run --port " in line
    assert "\n" not in line
    assert dev.busy(port) == ""


def test_a_busy_port_stops_the_run_before_any_work(monkeypatch):
    monkeypatch.setattr(dev, "sync", lambda group: pytest.fail("work began"))
    monkeypatch.setattr(dev, "busy", lambda port: f"Port {port}: taken")
    with pytest.raises(SystemExit, match="Port 8000: taken"):
        dev.run(dev.parse(["run"]))


def test_a_worker_that_dies_is_followed_by_another_one(tmp_path, capsys):
    """The server ends with the birth of the second worker; the first one was killed."""
    born = tmp_path / "born"
    born.touch()
    worker = f"import os; open({str(born)!r}, 'a').write('x'); os.kill(os.getpid(), 9)"
    server = f"import os, sys, time\nwhile os.stat({str(born)!r}).st_size < 2: time.sleep(0.01)\nsys.exit(5)"
    with subprocess.Popen([sys.executable, "-c", server]) as serving:
        assert dev.beside_worker(serving, [sys.executable, "-c", worker], {}) == 5
    assert born.read_text() == "xx"
    assert "The worker ended (exit code -9). Another one is started in 2 s.\n" in capsys.readouterr().out


def test_no_worker_is_started_beside_a_server_that_has_ended():
    with subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(3)"]) as serving:
        serving.wait()
        assert dev.beside_worker(serving, ["/no/such/program"], {}) == 3


def test_run_options():
    options = dev.parse(["run"])
    assert (options.port, options.fresh, options.no_demo, options.no_apt) == (8000, False, False, False)
    options = dev.parse(["run", "--port", "9000", "--fresh", "--no-demo", "--no-apt"])
    assert (options.port, options.fresh, options.no_demo, options.no_apt) == (9000, True, True, True)


def test_test_hands_on_what_is_for_pytest():
    options = dev.parse(["test", "-x", "--db", "sqlite", "tests/test_dev.py", "-k", "port", "--maxfail=2"])
    assert options.db == "sqlite"
    assert options.pytest == ["-x", "tests/test_dev.py", "-k", "port", "--maxfail=2"]
    assert dev.parse(["test"]).db == "both"


@pytest.mark.parametrize("arguments", [[], ["serve"], ["run", "--prot", "1"], ["check", "tests"]])
def test_other_commands_refuse_what_they_do_not_know(arguments, capsys):
    with pytest.raises(SystemExit) as stopped:
        dev.parse(arguments)
    assert stopped.value.code == 2
    assert "usage: dev.py" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "²"])
def test_a_port_is_a_number_that_can_be_listened_on(port, capsys):
    with pytest.raises(SystemExit):
        dev.parse(["run", f"--port={port}"])
    assert "is not a port" in capsys.readouterr().err


def test_the_pip_wheel_stands_in_the_lock():
    url = "https://files.example/packages/07/pip-26.3-py3-none-any.whl"
    assert dev.pip_wheel(LOCK, mirror="") == (url, "f3b6")


def test_the_real_lock_names_a_pip_wheel_with_its_hash():
    url, digest = dev.pip_wheel(dev.LOCK.read_text("utf-8"), mirror="")
    assert url.endswith("-none-any.whl")
    assert len(digest) == len(hashlib.sha256().hexdigest())


def test_the_pip_wheel_is_looked_up_on_a_mirror(monkeypatch):
    pages = {
        "https://mirror.example/simple/pip/": b"""
            <a href="../../files/pip-26.2-py3-none-any.whl#sha256=aa">older</a>
            <a href="../../files/pip-26.3-py3-none-any.whl#sha256=bb">wanted</a>"""
    }
    monkeypatch.setattr(dev, "fetch", pages.__getitem__)
    url, digest = dev.pip_wheel(LOCK, mirror="https://mirror.example/simple")
    assert url == "https://mirror.example/files/pip-26.3-py3-none-any.whl#sha256=bb"
    assert digest == "f3b6", "the lock's hash counts, not what the mirror says"


def test_a_mirror_without_the_wheel_is_one_line(monkeypatch):
    monkeypatch.setattr(dev, "fetch", lambda url: b"<html></html>")
    with pytest.raises(SystemExit, match=r"does not have pip-26\.3-py3-none-any\.whl"):
        dev.pip_wheel(LOCK, mirror="https://mirror.example/simple/")


def test_a_wheel_with_another_hash_is_never_run(monkeypatch):
    monkeypatch.setattr(dev, "fetch", lambda url: b"something else")
    monkeypatch.setattr(dev, "call", lambda *command: pytest.fail("it was run"))
    with pytest.raises(SystemExit, match="SHA-256 differs"):
        dev.install_uv("https://files.example/pip.whl", "f3b6")


def test_no_network_is_one_line(monkeypatch):
    def unreachable(request, timeout):
        raise urllib.error.URLError("Name or service not known")

    monkeypatch.setattr(dev.urllib.request, "urlopen", unreachable)
    with pytest.raises(SystemExit) as stopped:
        dev.fetch("https://files.example/pip.whl")
    assert str(stopped.value.code).startswith("No network?")
    assert "files.example cannot be reached" in str(stopped.value.code)
    assert "\n" not in str(stopped.value.code)


def test_a_login_in_the_address_goes_into_a_header(monkeypatch):
    asked = []

    def urlopen(request, timeout):
        asked.append(request)
        raise OSError

    monkeypatch.setattr(dev.urllib.request, "urlopen", urlopen)
    with pytest.raises(SystemExit) as stopped:
        dev.fetch("https://anna:s%40fe@mirror.example/simple/")
    assert asked[0].full_url == "https://mirror.example/simple/"
    assert asked[0].get_header("Authorization") == "Basic YW5uYTpzQGZl"
    assert "s%40fe" not in str(stopped.value.code)


def test_a_tree_that_is_up_to_date_is_not_synced_again(tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "found_uv", lambda: "uv")
    calls = []
    monkeypatch.setattr(dev, "call", lambda *command, **env: calls.append(command) or 0)
    for group, synced in (("run", True), ("run", False), ("dev", True), ("dev", False), ("run", False)):
        dev.sync(group)
        assert bool(calls) is synced, group
        calls.clear()


def test_nothing_is_ever_uninstalled(tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "VENV", tmp_path)
    monkeypatch.setattr(dev, "found_uv", lambda: "uv")
    calls = []
    monkeypatch.setattr(dev, "call", lambda *command, **env: calls.append(command) or 0)
    dev.sync("run")
    assert all({"--frozen", "--inexact", "--no-dev"} <= set(command) for command in calls)


def test_the_secret_key_stays_and_is_private(tmp_path):
    key = dev.secret_key(tmp_path)
    assert len(key) >= 50
    assert dev.secret_key(tmp_path) == key
    assert (tmp_path / "secret-key").stat().st_mode & 0o777 == 0o600


def test_fresh_removes_the_database_and_nothing_else(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    for name in ("golive.sqlite3", "golive.sqlite3-wal", "secret-key"):
        (tmp_path / name).touch()
    dev.remove_database(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
    assert "golive.sqlite3" in capsys.readouterr().out


def test_fresh_refuses_a_database_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://golive@db/golive")
    (tmp_path / "golive.sqlite3").touch()
    with pytest.raises(SystemExit, match="DATABASE_URL"):
        dev.remove_database(tmp_path)
    assert (tmp_path / "golive.sqlite3").exists()


@pytest.mark.parametrize("name", ["DATABASE_URL", "GOLIVE_DEBUG", "GOLIVE_DATABASE_URL", "GOLIVE_DATA_DIR"])
def test_a_developers_own_settings_do_not_reach_the_tools(name):
    assert dev.OWN_SETTINGS.match(name)


@pytest.mark.parametrize("name", ["GOLIVE_REQUIRE_PDF", "GOLIVE_NO_APT", "PATH", "HTTPS_PROXY", "CI"])
def test_the_rest_of_the_environment_does(name):
    assert not dev.OWN_SETTINGS.match(name)


def test_without_apt_the_command_is_printed(monkeypatch, capsys):
    monkeypatch.setattr(dev.sys, "platform", "linux")
    monkeypatch.setattr(dev.subprocess, "run", lambda *_, **__: pytest.fail("it was run"))
    dev.apt_install(["libpango-1.0-0"], "for PDF reports", allowed=False)
    assert "apt-get install --yes --no-install-recommends libpango-1.0-0" in capsys.readouterr().out


def test_each_tool_has_its_own_time(monkeypatch):
    results: list = []
    monkeypatch.setattr(dev, "VENV", Path("/usr"))
    dev.tools(results, [("slow", ["sleep", "0.6"], {}), ("quick", ["true"], {})])
    (_, _, slow), (_, code, quick) = results
    assert code == 0
    assert quick < 0.5 < slow


def test_one_failure_fails_the_command(capsys):
    assert dev.summary([("mypy", 0, 1.0), ("ruff", 0, 1.0)]) == 0
    assert dev.summary([("mypy", 1, 1.0), ("ruff", 0, 1.0)]) == 1
    assert "failed" in capsys.readouterr().out
