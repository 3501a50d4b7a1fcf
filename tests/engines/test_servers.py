"""The same code over a PostgreSQL server and ClickHouse's HTTP protocol, each role in a process of its own."""

import json
import subprocess
import sys
import time
import urllib.request

import pytest

from regard.site.engines.postgres import EmbeddedPostgres
from regard.testing.server import Server, free_port, new_server


def wait(address, patience=60):
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            return urllib.request.urlopen(address, timeout=2).status
        except urllib.error.HTTPError as answer:
            return answer.code
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(address)


@pytest.fixture
def servers():
    """A PostgreSQL with a password-less role reached by URL, and a ClickHouse double: (DATABASE_URL, LEDGER_URL)."""
    with new_server() as holder:
        postgres = EmbeddedPostgres(holder.folder / "postgres")
        postgres.start()
        port = free_port()
        double = subprocess.Popen(
            [sys.executable, "-m", "regard.testing.clickhouse_double", str(port), str(holder.folder / "clickhouse")]
        )
        wait(f"http://127.0.0.1:{port}/ping")
        host = str(postgres.socket_folder).replace("/", "%2F")
        try:
            yield (
                holder,
                {
                    "DATABASE_URL": f"postgresql://regard@{host}/regard",
                    "LEDGER_URL": f"clickhouse://127.0.0.1:{port}/default",
                },
            )
        finally:
            double.kill()
            double.wait()


def test_web_collect_and_work_share_servers(servers):
    holder, addresses = servers
    web, collect = (Server(holder.folder, free_port(), addresses) for _ in range(2))
    roles = []

    def begin(server, *role):
        roles.append(
            subprocess.Popen([sys.executable, "-m", "regard.site.cli", *role], env=server.variables, cwd=holder.folder)
        )

    try:
        web.regard("migrate")
        begin(collect, "collect")
        begin(web, "work")
        begin(web, "web", "--workers", "1")
        wait(f"{collect.url}/v1/nothing")
        wait(f"{web.url}/health")
        key, read = web.key("collect"), web.key("read")
        batch = {
            "batch": [
                {"type": "track", "event": "Tick", "messageId": f"m{i % 90}", "userId": f"u{i % 7}"} for i in range(100)
            ]
        }
        request = urllib.request.Request(
            f"{collect.url}/v1/batch",
            json.dumps(batch).encode(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        assert urllib.request.urlopen(request, timeout=20).status == 200
        for _ in range(100):
            found = web.get("/api/metrics/interactions", read)["total"]["value"]
            if found == 90:
                break
            time.sleep(0.2)
        assert found == 90
        assert len(web.get("/api/customers", read)["items"]) == 7
        assert (
            json.loads(web.regard("metric", "interactions", "--by", "event", "--json").stdout)["rows"][0]["by"]
            == "Tick"
        )
    finally:
        for role in roles:
            role.terminate()
        codes = [role.wait(30) for role in roles]
    assert codes[1] == 0


def test_several_processes_over_embedded_engines_are_refused():
    with new_server() as holder:
        for role in ("web", "collect", "work"):
            refused = holder.regard(role, check=False)
            assert refused.returncode == 1
            assert "DATABASE_URL" in refused.stderr


def test_a_second_server_on_the_same_folder_is_told_who_has_it(running):
    second = Server(running.folder, free_port())
    refused = second.regard("serve", check=False)
    assert refused.returncode == 1
    assert "in use by `regard serve`" in refused.stderr


def test_a_port_in_use_is_said_in_a_sentence(running):
    with new_server() as other:
        other.port = running.port
        refused = other.regard("serve", check=False)
        assert refused.returncode == 1
        assert "Set REGARD_PORT to a free port" in refused.stderr
        assert "Regard is at" not in refused.stderr


def test_a_question_to_an_empty_folder_makes_nothing(running):
    with new_server() as empty:
        refused = empty.regard("metric", "nps", check=False)
        assert refused.returncode == 1 and "There is nothing in" in refused.stderr
        assert len(empty.key("collect")) > 20
