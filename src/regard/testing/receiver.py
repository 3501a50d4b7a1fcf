"""A system that is told of things by webhook, for tests."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook


class Receiver:
    """What the other system does: checks the signature, keeps what came, and answers as it is told."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.came: list[Any] = []
        self.keys: list[str] = []
        self.secret, self.slow = "", 0.0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.slow)
                status = receiver.answers.pop(0) if receiver.answers else 200
                receiver.keys.append(self.headers["webhook-id"])
                told = Webhook(receiver.secret).verify(body, dict(self.headers))
                if status == 200:
                    receiver.came.append(told)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"hunter2")

            def log_message(self, *_: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?key=very-secret"

    @property
    def customers(self) -> list[Any]:
        return [row for told in self.came for row in told["data"]["customers"]]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    made = Receiver()
    settings.OUTBOUND_ALLOW = frozenset({f"127.0.0.1:{made.port}"})
    yield made
    made.server.shutdown()
