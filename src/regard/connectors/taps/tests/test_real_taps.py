"""Two taps from the package index, installed as an owner would have it, against a real database and a real HTTP service."""

import contextlib
import json
import socket
import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest
from django.db import connection as database

from regard.connectors.taps.environment import python_of
from regard.connectors.taps.models import Connection
from regard.connectors.taps.settings_of import Setting
from regard.connectors.taps.tests.conftest import OWNER, Hand
from regard.ledger.models import RefusedItem
from regard.ledger.record.project import project_all
from regard.warehouse.scope import Scope

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def installed(ledger, workspace):
    """A connection whose tap has just been installed; skips where no package can be fetched."""

    def make(requirement):
        found = Connection.objects.create(workspace=workspace, name="Real", requirement=requirement, owner=OWNER)
        hand = Hand(found)
        run = hand.do("install")
        if run.outcome != "done" and any(
            word in run.log for word in ("No matching distribution", "Connection", "resolve")
        ):
            pytest.skip("no package can be fetched here")
        assert run.outcome == "done", (run.message, run.log)
        assert python_of(found.pk, hand.connection.environment).exists()
        return hand

    return make


SHOP = """
create table shop_source.customers (id int primary key, email text, full_name text, tier text, updated_at timestamptz);
create table shop_source.visits (
    id int primary key, customer_id int, visited_at timestamptz, amount numeric(10,2), store text, updated_at timestamptz
);
insert into shop_source.customers
select n, 'c' || n || '@example.org', 'Customer ' || n, 'gold', timestamptz '2026-01-01Z' + n * interval '1 minute'
from generate_series(1, 300) n;
insert into shop_source.visits
select n, n % 300 + 1, at, n * 0.5, 'Lyon', at
from generate_series(1, 6000) n, lateral (select timestamptz '2026-02-01Z' + n * interval '1 minute' as at) clock;
"""


@pytest.fixture
def shop_database():
    """Tables of a shop in this test's PostgreSQL, in a schema of their own, seen by everyone."""
    parameters = {
        name: value
        for name, value in database.get_connection_params().items()
        if name in ("host", "port", "user", "password", "dbname")
    }
    with psycopg.connect(**parameters, autocommit=True) as found:
        found.execute("create schema shop_source")
        found.execute(SHOP)
        yield found
        found.execute("drop schema shop_source cascade")


@pytest.fixture
def over_tcp():
    """A port of this machine that leads to the socket of the embedded PostgreSQL, which listens nowhere else."""
    settings = database.get_connection_params()
    path = f"{settings['host']}/.s.PGSQL.{settings.get('port') or 5432}"

    class Forward(socketserver.BaseRequestHandler):
        def handle(self):
            with socket.socket(socket.AF_UNIX) as there:
                there.connect(path)
                back = threading.Thread(target=pump, args=(there, self.request), daemon=True)
                back.start()
                pump(self.request, there)
                back.join(5)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Forward) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def pump(one, other):
    with contextlib.suppress(OSError):
        while block := one.recv(65536):
            other.sendall(block)
        other.shutdown(socket.SHUT_WR)


def test_tap_postgres_brings_a_database_in_and_then_only_what_is_new(
    installed, shop_database, over_tcp, ledger, workspace
):
    hand = installed("meltanolabs-tap-postgres")
    assert hand.connection.script == "tap-postgres" and hand.connection.options == ["catalog"]
    given = {
        "host": "127.0.0.1",
        "port": over_tcp,
        "user": shop_database.info.user,
        "database": shop_database.info.dbname,
        "filter_schemas": ["shop_source"],
    }
    secret = Setting("password", "open-sesame-pg-7", True)
    hand.connection.keep_settings([*(Setting(name, value) for name, value in given.items()), secret], by=OWNER)
    hand.discover()
    assert {one.name for one in hand.connection.streams.all()} == {"shop_source-customers", "shop_source-visits"}
    hand.connection.streams.update(method="INCREMENTAL", replication_key="updated_at")
    hand.choose("shop_source-customers", "shop_source-visits")
    maps = {one.name: one.import_map for one in hand.connection.streams.all()}
    assert maps["shop_source-customers"].what == "customers" and maps["shop_source-visits"].what == "interactions"
    linked = [one.named for one in maps["shop_source-visits"].each("identifier")]
    assert (
        linked
        == [one.named for one in maps["shop_source-customers"].each("identifier")]
        == ["real-shop-source-customer"]
    )
    run = hand.run()
    assert run.outcome == "done", (run.message, run.log)
    assert hand.counts(run) == (6_300, 0, 6_300, 0, 0)
    ((people, visits),) = ledger.select(
        Scope(workspace.pk), "select uniq(profile), count() from ledger where $scope and kind = 'interaction'"
    )
    assert (people, visits) == (300, 6_000)  # each visit is one of the customers that came before
    shop_database.execute("insert into shop_source.visits values (6001, 1, '2026-03-01Z', 9, 'Nice', '2026-03-01Z')")
    shop_database.execute("update shop_source.visits set amount = 12345, updated_at = '2026-03-02Z' where id = 7")
    run = hand.run()
    assert run.outcome == "done", (run.message, run.log)
    records, known, accepted, refused, repeated = hand.counts(run)
    assert (accepted, refused, repeated) == (2, 0, 0) and records - known == 2 and records < 10
    ((count, most),) = ledger.select(Scope(workspace.pk), "select count(), max(money) from ledger where $scope and kind = 'interaction'")  # fmt: skip
    assert (count, most) == (6_001, 12_345)
    assert "open-sesame-pg-7" not in repr(list(hand.connection.runs.values()))


@contextmanager
def serving(answer):
    class Service(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body = answer(self)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def test_tap_rest_api_brings_an_http_service_in(installed):
    visits = [
        {
            "id": n,
            "visited_at": f"2026-03-01T{n % 24:02d}:00:00Z",
            "customer": {"email": f"g{n % 9}@example.org"},
            "channel": "store",
            "spent": n + 0.5,
        }
        for n in range(120)
    ]
    seen = []

    def answer(request):
        seen.append(request.headers.get("Authorization"))
        return (200, {"visits": visits}) if seen[-1] == "Bearer open-sesame-9" else (401, {"error": "who are you?"})

    hand = installed("tap-rest-api-msdk")
    assert "api_url" in hand.connection.about["properties"]
    with serving(answer) as address:
        stream = {"name": "visits", "path": "/visits", "primary_keys": ["id"], "records_path": "$.visits[*]"}
        given = [Setting("api_url", address), Setting("streams", [stream])]
        hand.connection.keep_settings(
            [*given, Setting("headers", {"Authorization": "Bearer wrong-password-1"}, True)], by=OWNER
        )
        run = hand.do("discover")
        assert run.outcome == "failed" and "wrong-password-1" not in repr(run.__dict__)
        hand.connection.keep_settings(
            [*given, Setting("headers", {"Authorization": "Bearer open-sesame-9"}, True)], by=OWNER
        )
        hand.discover()
        hand.choose("visits")
        assert hand.counts(hand.run()) == (120, 0, 120, 0, 0)
        visits[5]["spent"] = 999
        visits.append(visits[0] | {"id": 500, "visited_at": "not a time"})
        run = hand.run()
        assert hand.counts(run) == (121, 119, 1, 1, 0)
        assert "not a time" in RefusedItem.objects.get().detail
    run = hand.run()
    assert run.outcome == "failed"  # the service is gone
    assert "open-sesame-9" not in run.log + run.message
    project_all()


def test_a_package_that_does_not_exist_is_said_in_the_installers_words(ledger, workspace):
    found = Connection.objects.create(
        workspace=workspace, name="No", requirement="tap-of-regard-that-nobody-wrote", owner=OWNER
    )
    run = Hand(found).do("install")
    assert run.outcome == "failed"
    assert run.message.startswith("The package could not be installed: ERROR: ")
    assert "tap-of-regard-that-nobody-wrote" in run.message
    found.refresh_from_db()
    assert not found.ready
