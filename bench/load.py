"""A small HTTP load generator: prepared bodies over kept connections, so that the sender costs little of the two cores it shares."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Outcome:
    seconds: float
    acknowledged: int  # requests answered 200
    others: dict[int, int] = field(default_factory=dict)


def bodies(requests: int, events: int, *, start: int = 0, users: int = 20_000) -> Iterator[bytes]:
    """Batches like those of an SDK, each event with an id of its own."""
    number = start
    for _ in range(requests):
        batch = []
        for _ in range(events):
            batch.append(
                {
                    "type": "track",
                    "event": ("Call Ended", "Bill Viewed", "Order Completed")[number % 3],
                    "messageId": f"bench-{number:09d}-4f1e-9a77",
                    "userId": f"user-{number * 7919 % users}",
                    "timestamp": "2026-11-20T10:00:00.000Z",
                    "properties": {"duration": number % 600, "plan": "fibre", "solved": number % 2 == 0},
                    "integrations": {},
                    "context": {"library": {"name": "analytics-python", "version": "2.4.0"}},
                }
            )
            number += 1
        yield (
            json.dumps({"batch": batch, "sentAt": "2026-11-20T10:00:00.000Z"}, separators=(",", ":"))
            .encode()
            .replace(b'"sentAt":"2026-11-20T10:00:00.000Z"', b'"integrations":{}')
        )


def request(path: str, body: bytes, key: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send(port: int, requests: list[bytes], *, connections: int, per_second: float = 0.0) -> Outcome:
    """All requests once, over so many connections; `per_second` holds the rate of requests down."""
    return asyncio.run(_send(port, requests, connections, per_second))


async def _send(port: int, requests: list[bytes], connections: int, per_second: float) -> Outcome:
    outcome = Outcome(0.0, 0)
    waiting = iter(enumerate(requests))
    began = time.perf_counter()

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, content in waiting:
            if per_second:
                await asyncio.sleep(max(0.0, began + number / per_second - time.perf_counter()))
            writer.write(content)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            status = int(head[9:12])
            if status == 200:
                outcome.acknowledged += 1
            else:
                outcome.others[status] = outcome.others.get(status, 0) + 1
        writer.close()

    await asyncio.gather(*(one() for _ in range(connections)))
    outcome.seconds = time.perf_counter() - began
    return outcome


def at_rest() -> None:
    """Until ClickHouse has put together what was written in a minute: rows that came over a year have long been."""
    from regard.warehouse import warehouse

    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        time.sleep(2)
        if warehouse().unscoped("select count() from system.merges")[0][0] == 0:
            return
