"""A survey under fifty respondents at once, and how many finished responses a second are durable."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from contextlib import suppress
from urllib.request import urlopen

from bench import load
from bench.__main__ import Row
from bench.firstload import first_load
from regard.site.engines.postgres import EmbeddedPostgres
from regard.testing.server import Server, free_port, new_server

RESPONDENTS, PAGES, PER_SECOND, RESPONSES = 50, 3_000, 100.0, 1_500

_MAKE = """
from regard.site.engines.start import engines, migrate
with engines("bench"):
    migrate()
    from regard.listening.links.models import Link
    from regard.listening.surveys.models import Survey
    from regard.listening.surveys.starts import starts
    from regard.workspace.workspaces.models import Workspace
    survey = Survey(workspace=Workspace.found(name="Halcyon"), name="Calls")
    survey.keep(starts()["relationship"][1], by="bench")
    survey.publish(by="bench")
    print(Link.objects.create(survey=survey, name="Poster").token)
"""


def surveys() -> list[Row]:
    with new_server(REGARD_ANSWERS_PER_MINUTE="0") as server:  # everybody here is one address
        made = subprocess.run(
            [sys.executable, "-c", _MAKE], env=server.variables, capture_output=True, text=True, check=True
        )
        path = f"/s/{made.stdout.split()[-1]}"
        server.start()
        asyncio.run(_visits(server.port, path, 200, 0.0))  # warm
        times = sorted(asyncio.run(_visits(server.port, path, PAGES, PER_SECOND)))
        requests = [_answer(path, number) for number in range(RESPONSES)]
        load.send(server.port, requests[:100], connections=16)
        outcome = load.send(server.port, requests[100:], connections=16)
        assert set(outcome.others) == {302}, (outcome.others, server.log())
        interactive, size = first_load(f"{server.url}{path}")
        server.stop()
        two = _two_processes(server, path)
    return [
        Row(
            f"Survey page, {RESPONDENTS} respondents, {PER_SECOND:.0f} pages a second, p95",
            f"{1000 * times[int(0.95 * len(times))]:.0f} ms (median {1000 * times[len(times) // 2]:.0f})", "", "", "≤ 30 ms",
        ),
        Row("Finished responses, each durable, embedded", f"{outcome.others[302] / outcome.seconds:.0f} /s", "", "", "≥ 100 /s"),
        Row("Finished responses, each durable, two web processes", f"{two:.0f} /s", "", "", "≥ 200 /s"),
        Row("First load of a survey over 3G, until it can be answered", f"{interactive:.2f} s ({size:.1f} KB)", "", "", "≤ 1.5 s, ≤ 30 KB"),
    ]  # fmt: skip


def _two_processes(server: Server, path: str) -> float:
    """The same over one PostgreSQL, which no ClickHouse need stand beside while people answer."""
    postgres, port = EmbeddedPostgres(server.folder / "postgres"), free_port()
    postgres.start()
    over = {"DATABASE_URL": f"postgresql://regard@/regard?host={postgres.socket_folder}", "LEDGER_URL": "clickhouse://127.0.0.1:9/none"}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "16", "--port", str(port),
               "--no-ws", "regard.site.wsgi:application"]  # fmt: skip
    web = subprocess.Popen(command, env=server.variables | over, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port, path)
        load.send(port, [_answer(path, RESPONSES + number) for number in range(100)], connections=16)
        outcome = load.send(port, [_answer(path, RESPONSES + 100 + number) for number in range(RESPONSES)], connections=16)
        assert set(outcome.others) == {302}, outcome.others
        return float(outcome.others[302] / outcome.seconds)
    finally:
        web.terminate()
        web.wait(30)
        postgres.stop()


def _await(port: int, path: str, patience: float = 60) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with suppress(OSError), urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("The web processes did not answer.")


def _answer(path: str, number: int) -> bytes:
    body = f"key=bench-{number:026d}&asked=recommend&asked=why&asked=expected&recommend={number % 11}&why=Because&expected=1".encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _visits(port: int, path: str, count: int, per_second: float) -> list[float]:
    """Seconds that each page took, from asking for it until its last byte."""
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: fr\r\n\r\n".encode()
    times: list[float] = []
    waiting, began = iter(range(count)), time.perf_counter()

    async def respondent() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in waiting:
            if per_second:
                await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            start = time.perf_counter()
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            assert head[9:12] == b"200", head
            times.append(time.perf_counter() - start)
        writer.close()

    await asyncio.gather(*(respondent() for _ in range(RESPONDENTS)))
    return times
