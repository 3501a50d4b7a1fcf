from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import load
from bench.__main__ import Row
from regard.site.engines.postgres import EmbeddedPostgres
from regard.testing.server import Server, free_port, new_server

ROUNDS = 3


def acknowledged() -> list[Row]:
    """100-event batches, each acknowledged after its commit, against decode → Arrow → chDB in one process."""
    prepared = list(load.bodies(1500, 100))
    with _collecting() as (server, key):
        requests = [load.request("/v1/batch", body, key) for body in prepared]
        load.send(server.port, requests[:100], connections=16)
        found = [load.send(server.port, requests, connections=32) for _ in range(ROUNDS)]
    assert all(outcome.acknowledged == len(requests) for outcome in found), [outcome.others for outcome in found]
    ours = statistics.median(100 * outcome.acknowledged / outcome.seconds for outcome in found)
    yardstick = ceiling()
    return [
        Row(
            "Collector, 100-event batches, durable",
            f"{ours:,.0f} events/s",
            f"{yardstick:,.0f} events/s",
            f"{ours / yardstick:.2f}",
            "≥ 0.8",
        )
    ]


def until_queryable() -> list[Row]:
    """The same batches until a query counts them all: projector, deduplication and identity on the same cores."""
    found = []
    for _ in range(ROUNDS):
        with new_server() as server:
            server.start()
            key, read = server.key("collect"), server.key("read")
            requests = [load.request("/v1/batch", body, key) for body in load.bodies(2000, 100)]
            began = time.perf_counter()
            load.send(server.port, requests, connections=16)
            while server.get("/api/metrics/interactions", read)["total"]["value"] < 200_000:
                time.sleep(0.05)
            found.append(200_000 / (time.perf_counter() - began))
    ours, yardstick = statistics.median(found), ceiling()
    return [
        Row(
            "The same, until queryable",
            f"{ours:,.0f} events/s",
            f"{yardstick:,.0f} events/s",
            f"{ours / yardstick:.2f}",
            "≥ 0.2",
        )
    ]


def one_event_a_request() -> list[Row]:
    with new_server() as server:
        with (server.folder / "output.log").open("ab") as log:
            server.process = subprocess.Popen(
                [sys.executable, "-m", "bench.server"],
                env=server.variables,
                stdout=log,
                stderr=log,
                cwd=Path(__file__).parent.parent,
            )
        _wait(server)
        key = server.key("collect")
        ours, theirs = [], []
        for round in range(ROUNDS):
            prepared = list(load.bodies(4000, 1, start=round * 10_000))
            outcome = load.send(
                server.port, [load.request("/v1/batch", body, key) for body in prepared], connections=64
            )
            assert not outcome.others, outcome.others
            ours.append(outcome.acknowledged / outcome.seconds)
            outcome = load.send(
                server.port, [load.request("/bench/event", body, key) for body in prepared[:800]], connections=64
            )
            assert not outcome.others, (outcome.others, server.log())
            theirs.append(outcome.acknowledged / outcome.seconds)
    mine, yardstick = statistics.median(ours), statistics.median(theirs)
    return [
        Row(
            "One event a request, 64 connections",
            f"{mine:,.0f} /s",
            f"{yardstick:,.0f} /s (ninja + ORM)",
            f"{mine / yardstick:.1f}",
            "≥ 5",
        )
    ]


def lag(seconds: int = 60, rate: int = 5_000) -> list[Row]:
    """How far queries are behind what was acknowledged, at a steady rate."""
    with new_server() as server:
        server.start()
        key, read = server.key("collect"), server.key("read")
        requests = [load.request("/v1/batch", body, key) for body in load.bodies(seconds * rate // 100, 100)]
        began = time.perf_counter()
        sender = threading.Thread(
            target=load.send, args=(server.port, requests), kwargs={"connections": 8, "per_second": rate / 100}
        )
        sender.start()
        lags = []
        while sender.is_alive():
            count = server.get("/api/metrics/interactions", read)["total"]["value"]
            now = time.perf_counter() - began
            # The event that is number `count` was sent at count / rate.
            lags.append(now - count / rate)
            time.sleep(0.5)
        sender.join()
    lags = sorted(lags[4:])
    return [
        Row(
            f"Projection lag at {rate:,} events/s for {seconds} s",
            f"{lags[len(lags) // 2]:.1f} s (worst {lags[-1]:.1f})",
            "",
            "",
            "≤ 5 s",
        )
    ]


def ceiling() -> float:
    """msgspec → Arrow → chDB in one process, nothing else: events a second."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.ceiling"],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    return float(done.stdout)


@contextmanager
def _collecting() -> Iterator[tuple[Server, str]]:
    """`regard collect` over a PostgreSQL of its own."""
    with new_server() as server:
        postgres = EmbeddedPostgres(server.folder / "postgres")
        postgres.start()
        key = server.key("collect") if server.regard("migrate") else ""
        postgres.start()
        host = str(postgres.socket_folder).replace("/", "%2F")
        server.environment["DATABASE_URL"] = f"postgresql://regard@{host}/regard"
        server.port = free_port()
        server.process = subprocess.Popen(
            [sys.executable, "-m", "regard.site.cli", "collect"], env=server.variables, cwd=server.folder
        )
        _wait(server)
        yield server, key


def _wait(server: Server) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{server.url}/health", timeout=2)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(server.log())
