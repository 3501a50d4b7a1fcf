"""With PostgreSQL away the collector never says 200."""

import asyncio
import json

import psycopg
import pytest
from django.db import OperationalError

from regard.ledger.collector.app import Collector
from regard.ledger.collector.keys import Sender
from regard.ledger.collector.writer import InboxWriter


def away():
    raise psycopg.OperationalError("connection refused")


def ask(collector):
    """One batch; returns the status and the headers of the answer."""
    body = json.dumps({"batch": [{"type": "track", "event": "Tick", "userId": "u"}]}).encode()
    said = []

    async def receive():
        return {"type": "http.request", "body": body}

    async def send(message):
        said.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v1/batch", "headers": [(b"authorization", b"Bearer k")]}
    asyncio.run(collector(scope, receive, send))
    return said[0]["status"], dict(said[0]["headers"])


async def known(key):
    return Sender(workspace=1, source=1)


async def unknowable(key):
    raise OperationalError("connection refused")


@pytest.mark.parametrize("look_up", [known, unknowable])
def test_a_request_is_answered_503_and_told_when_to_try_again(monkeypatch, look_up):
    writer = InboxWriter(away)
    writer.start()
    collector = Collector(writer)
    monkeypatch.setattr(collector._keys, "sender", look_up)
    status, headers = ask(collector)
    writer.stop()
    assert status == 503
    assert int(headers[b"retry-after"]) > 0
