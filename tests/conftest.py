"""The cast: who they are in the project is in their names. Nobody else is needed to tell a story.

Manager, two technicians, approver and auditor are members of `project`; the outsider is not.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.contenttypes.management import create_contenttypes
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from django.utils import translation

from checklists import append_only
from checklists.act import Act
from checklists.models import Membership, Role
from golive_site.accounts.models import User
from tests import builders

PASSWORD = "correct horse battery"
NOON = datetime(2027, 2, 5, 12, 0, tzinfo=UTC)


def pytest_addoption(parser):
    parser.addoption("--only-database", action="store_true", help="leave out what is the same on any database")


def pytest_collection_modifyitems(config, items):
    """With --only-database, what dev.py runs on SQLite only is left out, and counted as deselected.

    That is what needs no database, and what is marked: there the database only stands behind what is tested.
    """
    if config.getoption("--only-database"):
        chosen = [each for each in items if asks_the_database(each)]
        config.hook.pytest_deselected(items=[each for each in items if each not in set(chosen)])
        items[:] = chosen


def asks_the_database(item) -> bool:
    needs = {"db", "transactional_db", "live_server"} & set(item.fixturenames)
    return bool(needs or item.get_closest_marker("django_db")) and not item.get_closest_marker("any_database")


def pytest_sessionfinish(session, exitstatus):
    """Where none of the chosen tests needs a database, there is nothing to find fault with."""
    if session.config.getoption("--only-database") and exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory):
    """SQLite in a file, as in real life: threads of a race share no connection. It need not survive a power cut."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")
        database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Tests that commit empty the tables behind them, which the journal's triggers refuse: only here they are taken off.

    Django's flush ends with the signal that puts them in place again, so every test has them. It would write a
    permission for each model then as well, which nobody here has or asks for, and takes longer than most tests.
    """
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)
    operations = type(connection.ops)
    empty = operations.execute_sql_flush

    def without_triggers(self, sql_list):
        append_only.unprotect(self.connection.alias)
        if self.connection.vendor == "postgresql":
            # To truncate makes every table anew, which takes longer than to remove the few rows of a test.
            tables = self.connection.introspection.django_table_names(only_existing=True, include_views=False)
            sql_list = [f"DELETE FROM {self.quote_name(table)}" for table in tables]  # noqa: S608
        empty(self, sql_list)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", without_triggers)
        yield


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory):
    """One for all tests: the seal's key in it is made once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(autouse=True)
def quick(settings, data_folder):
    """Cheap password hashes: they are not what is tested. No test writes into the checkout's own data."""
    settings.DATA_DIR = data_folder
    cache.clear()  # a limit on sign-ins per minute must not count those of other tests
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def in_english():
    """A page that was asked for in another language leaves it behind in the thread, and so for the next test."""
    yield
    translation.deactivate()


def person(name: str) -> User:
    email = f"{name.split()[0].lower()}@example.org"
    return User.objects.create_user(email, PASSWORD, name=name)


@pytest.fixture
def manager(db) -> User:
    return person("Mara Manager")


@pytest.fixture
def technician(db) -> User:
    return person("Tom Technician")


@pytest.fixture
def other_technician(db) -> User:
    return person("Olga Technician")


@pytest.fixture
def approver(db) -> User:
    user = person("Anna Approver")
    user.title = "IT Director"
    user.save()
    return user


@pytest.fixture
def auditor(db) -> User:
    return person("Ari Auditor")


@pytest.fixture
def outsider(db) -> User:
    return person("Otto Outsider")


@pytest.fixture
def project(manager, technician, other_technician, approver, auditor):
    """A small plan with everything in it, and all members in their roles; see `builders.PLAN`."""
    project = builders.project(manager, NOON)
    for user, role in (
        (technician, Role.TECHNICIAN),
        (other_technician, Role.TECHNICIAN),
        (approver, Role.APPROVER),
        (auditor, Role.AUDITOR),
    ):
        Membership.objects.create(project=project, user=user, role=role)
    return project


@pytest.fixture
def act():
    """Make an act: `act(technician)`; all at the same noon unless told otherwise."""

    def make(user: User, at: datetime = NOON) -> Act:
        return Act(by=user, at=at)

    return make


@pytest.fixture
def signed_in():
    """A browser of somebody: `signed_in(technician).get(...)`."""

    def make(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return make
