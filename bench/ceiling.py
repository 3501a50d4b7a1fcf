"""What this machine could do at most: decode JSON, build Arrow, insert into chDB, in one process and without a
network; the best of inserts of 1,000, 10,000 and 50,000 events."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from typing import Any

import msgspec
import pyarrow as pa

from bench.load import bodies


class Message(msgspec.Struct):
    type: str
    event: str
    messageId: str
    userId: str
    timestamp: str
    properties: msgspec.Raw


class Request(msgspec.Struct):
    batch: list[Message]


def main() -> None:
    folder = tempfile.mkdtemp(prefix="regard-ceiling-")
    os.environ["TMPDIR"] = folder
    from clickhouse_connect import get_client

    client = get_client(dsn=f"chdb://{folder}/ch", settings={"async_insert": 0})
    client.command(
        "create table events (id String, type LowCardinality(String), event LowCardinality(String), user String, at String, properties String) "
        "engine = MergeTree order by id"
    )
    decoder = msgspec.json.Decoder(Request)
    prepared = list(bodies(1000, 100))
    print(
        max(
            statistics.median(_rate(client, decoder, prepared, requests) for _ in range(3))
            for requests in (10, 100, 500)
        )
    )


def _rate(client: Any, decoder: msgspec.json.Decoder[Request], prepared: list[bytes], requests: int) -> float:
    """Events a second, with so many requests an insert."""
    began = time.perf_counter()
    for start in range(0, len(prepared), requests):
        messages = [message for body in prepared[start : start + requests] for message in decoder.decode(body).batch]
        columns = {
            "id": [m.messageId for m in messages],
            "type": [m.type for m in messages],
            "event": [m.event for m in messages],
            "user": [m.userId for m in messages],
            "at": [m.timestamp for m in messages],
            "properties": [bytes(m.properties).decode() for m in messages],
        }
        client.insert_arrow("events", pa.table(columns))
    return 100 * len(prepared) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
