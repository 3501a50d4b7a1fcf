"""The running server, as the command line sees it."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

from regard.site.engines.places import places


class Refusal(RuntimeError):
    """The server said no; the message is its own."""


@dataclass(frozen=True)
class Server:
    url: str
    token: str

    def health(self) -> dict[str, Any]:
        try:
            return self._open("/health", timeout=5)
        except Refusal as refused:
            return {"status": str(refused)}

    def get(self, path: str, parameters: list[tuple[str, str]], *, workspace: str = "") -> dict[str, Any]:
        return self._open(f"{path}?{urllib.parse.urlencode(parameters)}", workspace=workspace)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return self._open(path, data=json.dumps(body).encode(), timeout=3600)

    def _open(
        self, path: str, *, data: bytes | None = None, timeout: float = 120, workspace: str = ""
    ) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            "X-Regard-Workspace": workspace,
        }
        request = urllib.request.Request(self.url + path, data=data, headers=headers)  # noqa: S310 (our own address)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
                return dict(json.load(answer))
        except urllib.error.HTTPError as problem:
            content = problem.read()
            try:
                known = json.loads(content)
            except ValueError:
                known = {}
            if path == "/health" and known:
                return dict(known)
            raise Refusal(known.get("detail") or f"The server answered {problem.code}.") from None
        except OSError as problem:
            raise Refusal(f"The server at {self.url} does not answer: {problem}.") from None


def running_server() -> Server | None:
    """The server that owns the data folder, when one does."""
    try:
        found = json.loads(places().server.read_text())
        os.kill(found["pid"], 0)
        return Server(found["url"], found["token"])
    except (OSError, ValueError, KeyError):
        return None
