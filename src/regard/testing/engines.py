"""pytest plugin: a PostgreSQL and a chDB for this test process, in a folder that goes with it. Load with `-p regard.testing.engines`."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(tempfile.mkdtemp(prefix="regard-test-"))
(_FOLDER / "static").mkdir()  # whitenoise warns of a missing one
os.environ["REGARD_DATA"] = str(_FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "regard.site.settings"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
os.environ.setdefault("REGARD_EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
for _name in ("DATABASE_URL", "LEDGER_URL", "LEDGER_CLUSTER", "REGARD_PORT"):
    os.environ.pop(_name, None)

#: Real data sets lie beside the repository where they are at hand.
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    atexit.register(_clean)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Each process that runs tests has a PostgreSQL of its own; xdist's controller runs none."""
    controls_others = getattr(session.config.option, "numprocesses", None) and not hasattr(
        session.config, "workerinput"
    )
    if not controls_others and not session.config.option.collectonly:
        from regard.site.engines.postgres import EmbeddedPostgres

        EmbeddedPostgres(_FOLDER / "postgres").start()


def _clean() -> None:
    from regard.site.engines.postgres import EmbeddedPostgres

    EmbeddedPostgres(_FOLDER / "postgres").stop()
    shutil.rmtree(_FOLDER, ignore_errors=True)


@pytest.fixture(autouse=True)
def _flushable(request: pytest.FixtureRequest) -> None:
    """A test that commits is followed by a flush of every table, which the audit log's trigger would refuse."""
    marker = request.node.get_closest_marker("django_db")
    if not {"transactional_db", "live_server"} & set(request.fixturenames) and not (
        marker and marker.kwargs.get("transaction")
    ):
        return
    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock():
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("alter table workspace_auditentry disable trigger audit_never_emptied")


@pytest.fixture(scope="session")
def _ledger_tables(django_db_setup: None) -> None:
    from regard.site.engines.start import raise_file_limit
    from regard.site.wiring import enter_decoders, enter_keepers, enter_senders, fill_slots, ledger_migrations
    from regard.warehouse import warehouse
    from regard.warehouse.migrate import migrate

    raise_file_limit()
    enter_decoders()
    enter_senders()
    fill_slots()
    enter_keepers()
    migrate(warehouse(), ledger_migrations())


@pytest.fixture
def ledger(_ledger_tables: None) -> Iterator[Any]:
    """The warehouse with its tables, empty."""
    from regard.ledger.ddl import LEDGER
    from regard.segments.consents.mirror import CONSENTS
    from regard.segments.finding.mirror import WORDS
    from regard.segments.mirror import PEOPLE
    from regard.segments.restrained.mirror import RESTRAINTS
    from regard.segments.suppressed.mirror import SUPPRESSED
    from regard.warehouse import warehouse

    for table in (LEDGER, PEOPLE, WORDS, CONSENTS, SUPPRESSED, RESTRAINTS):
        warehouse().execute(f"truncate table {table.name}")
    yield warehouse()


@pytest.fixture
def workspace(db: None) -> Any:
    from regard.workspace.models import Workspace

    return Workspace.found(name="Halcyon", industry="telecom", time_zone="Europe/Paris")


@pytest.fixture
def data() -> Path:
    """The folder of real data sets; tests that need it are left out where it is not."""
    if not DATA.is_dir():
        pytest.skip("The real data sets are not beside this repository (../shared/data).")
    return DATA
