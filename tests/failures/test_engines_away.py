"""An engine goes away and comes back: nothing acknowledged is lost, and nothing is acknowledged that could be."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from regard.site.engines.postgres import EmbeddedPostgres
from regard.testing.server import Server, free_port
from tests.engines.test_servers import servers, wait  # noqa: F401


def post(port, key, *ids):
    body = json.dumps({"batch": [{"type": "track", "event": "Tick", "messageId": id, "userId": "u"} for id in ids]})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("POST", "/v1/batch", body, {"Authorization": f"Bearer {key}"})
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("Retry-After")


def test_postgresql_is_started_again_under_the_running_server(server):
    server.start()
    key = server.key("collect")
    assert post(server.port, key, "before")[0] == 200
    postgres = EmbeddedPostgres(server.folder / "postgres")
    os.kill(postgres._live_pid(), signal.SIGKILL)
    statuses, until = set(), time.monotonic() + 60
    number = 0
    while time.monotonic() < until:
        number += 1
        status, retry = post(server.port, key, f"after-{number}")
        statuses.add(status)
        assert status == 200 or (status == 503 and retry)
        if status == 200:
            break
        time.sleep(0.2)
    assert 200 in statuses
    taken = 2
    assert server.settled(taken, patience=30) == taken


def test_a_recycled_and_a_cut_off_pid_file_do_not_fool_the_supervisor(server):
    postgres = EmbeddedPostgres(server.folder / "postgres")
    postgres.start()
    postgres.stop()
    for content in ("", "not a number", f"{os.getpid()}\n/elsewhere\n", "999999\n"):
        (postgres.cluster / "postmaster.pid").write_text(content)
        assert postgres.start()
        assert postgres.answers()
        postgres.stop()
    assert oct(postgres.folder.stat().st_mode)[-3:] == "700"


@pytest.mark.slow
def test_with_clickhouse_away_the_collector_takes_on_and_the_backlog_drains(servers):  # noqa: F811
    holder, addresses = servers
    server = Server(holder.folder, free_port(), addresses)
    server.start()
    try:
        key, read = server.key("collect"), server.key("read")
        assert post(server.port, key, "before")[0] == 200
        double = next(pid for pid in _children() if "clickhouse_double" in _command(pid))
        port, folder = _command(double).split("\0")[-3:-1]
        os.kill(double, signal.SIGKILL)
        for number in range(20):
            assert post(server.port, key, f"during-{number}")[0] == 200
        with pytest.raises(Exception, match="503"):
            server.get("/api/metrics/interactions", read)
        again = subprocess.Popen([sys.executable, "-m", "regard.testing.clickhouse_double", port, folder])
        wait(f"http://127.0.0.1:{port}/ping")
        try:
            for _ in range(150):
                found = server.get("/api/metrics/interactions", read)["total"]["value"]
                if found == 21:
                    break
                time.sleep(0.2)
            assert found == 21
        finally:
            again.kill()
    finally:
        server.stop()


def _children():
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _command(int(pid))]


def _command(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read()
    except OSError:
        return ""
