"""A stand-in that speaks the Messages API of Twilio, over HTTP on this machine."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

ACCOUNT, TOKEN = "AC0123456789", "secret-token"


@dataclass
class Provider:
    """What was sent. `answer` decides: (status, code) refuses, None takes the message, "silent" never answers."""

    url: str = ""
    texts: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[dict[str, str]], Any] = lambda given: None

    def signed(self, url: str, given: dict[str, str]) -> str:
        text = url + "".join(f"{name}{given[name]}" for name in sorted(given))
        return base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()


@pytest.fixture
def texts(settings: Any) -> Iterator[Provider]:
    found = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            given = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            proof = base64.b64decode(self.headers.get("Authorization", "").removeprefix("Basic ") or b"").decode()
            if proof != f"{ACCOUNT}:{TOKEN}" or not self.path.endswith(f"/Accounts/{ACCOUNT}/Messages.json"):
                self._say(401, {"code": 20003, "message": "Authenticate"})
                return
            said = found.answer(given)
            if said == "silent":
                time.sleep(3)
                self._say(504, {})
            elif said is not None:
                self._say(said[0], {"code": said[1], "message": "<b>no</b>"})
            else:
                found.texts.append(given)
                self._say(201, {"sid": f"SM{len(found.texts):032d}", "status": "queued"})

        def _say(self, status: int, body: dict[str, Any]) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    settings.OUTBOUND_ALLOW = frozenset({f"127.0.0.1:{server.server_port}"})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
