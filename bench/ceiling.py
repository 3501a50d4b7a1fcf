"""What this machine could do at most: decode JSON, build Arrow, insert into chDB, in one process and without a network."""

from __future__ import annotations

import os
import statistics
import tempfile
import time

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
    found = []
    for _ in range(3):
        began = time.perf_counter()
        for start in range(0, len(prepared), 10):
            messages = [message for body in prepared[start : start + 10] for message in decoder.decode(body).batch]
            client.insert_arrow(
                "events",
                pa.table(
                    {
                        "id": [m.messageId for m in messages], "type": [m.type for m in messages], "event": [m.event for m in messages],
                        "user": [m.userId for m in messages], "at": [m.timestamp for m in messages],
                        "properties": [bytes(m.properties).decode() for m in messages],
                    }
                ),
            )  # fmt: skip
        found.append(100_000 / (time.perf_counter() - began))
    print(statistics.median(found))


if __name__ == "__main__":
    main()
