"""What this machine could do at most: decode JSON, build Arrow, insert into a table like the ledger in chDB, in one process, without a
network, without identity, deduplication or a promise; the best of inserts of 1,000, 10,000 and 50,000 events."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from datetime import datetime
from typing import Any

import msgspec
import pyarrow as pa

from bench.load import bodies
from regard.ledger.ddl import LEDGER


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
    for statement in LEDGER.create(""):
        client.command(statement)
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
            "workspace": pa.repeat(pa.scalar(1, pa.uint32()), len(messages)),
            "kind": pa.repeat(pa.scalar("interaction"), len(messages)),
            "profile": pa.array([hash(m.userId) & 0xFFFFFFFF for m in messages], pa.uint64()),
            "at": pa.array([datetime.fromisoformat(m.timestamp) for m in messages], pa.timestamp("ms", "UTC")),
            "id": pa.array([m.messageId.encode()[-16:].rjust(16) for m in messages], pa.binary(16)),
            "event": pa.array([m.event for m in messages]),
            "properties": pa.array([bytes(m.properties).decode() for m in messages]),
        }
        client.insert_arrow("ledger", pa.table(columns))
    return 100 * len(prepared) / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
