"""A running Regard of its own for a test: the real command, the real engines, on a free port of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

REGARD = Path(sys.executable).parent / "regard"


@dataclass
class Server:
    """`regard serve` in a folder; it can be killed and started again there."""

    folder: Path
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def variables(self) -> dict[str, str]:
        # Without the bytecode cache every start would compile the whole of Regard anew, as no user's does.
        dropped = ("REGARD_", "DJANGO_", "PYTHONDONTWRITEBYTECODE")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        return {**kept, "REGARD_DATA": str(self.folder), "REGARD_PORT": str(self.port), **self.environment}

    def start(self, *arguments: str, patience: float = 120) -> float:
        """Returns the seconds until it was healthy."""
        began = time.monotonic()
        with (self.folder / "output.log").open("ab") as log:
            self.process = subprocess.Popen(
                [REGARD, *(arguments or ("serve",))],
                env=self.variables,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        while time.monotonic() - began < patience:
            if self.process.poll() is not None:
                raise RuntimeError(f"The server stopped:\n{self.log()}")
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                if json.load(answer)["status"] == "ok":
                    return time.monotonic() - began
            time.sleep(0.05)
        raise RuntimeError(f"The server was not healthy within {patience} s:\n{self.log()}")

    def log(self) -> str:
        return (self.folder / "output.log").read_text(errors="replace")[-4000:]

    def kill(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(30)

    def stop(self) -> int:
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def regard(self, *arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the command line against this folder."""
        done = subprocess.run(
            [REGARD, *map(str, arguments)],
            env=self.variables,
            capture_output=True,
            text=True,
            cwd=self.folder,
            timeout=300,
        )
        if check and done.returncode:
            raise RuntimeError(f"regard {' '.join(map(str, arguments))} failed:\n{done.stdout}\n{done.stderr}")
        return done

    def key(self, scope: str) -> str:
        return self.regard("key", "create", "--scope", scope).stdout.strip()

    def metric(self, name: str, *arguments: str) -> dict[str, Any]:
        return dict(json.loads(self.regard("metric", name, *arguments, "--json").stdout))

    def settled(self, expected: float, *, name: str = "interactions", patience: float = 60) -> float:
        """The total of a metric once it is `expected`, or what it was when patience ended."""
        until = time.monotonic() + patience
        while True:
            value = float(self.metric(name)["total"]["value"] or 0)
            if value == expected or time.monotonic() > until:
                return value
            time.sleep(0.3)

    def get(self, path: str, key: str) -> Any:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {key}"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def new_server(**environment: str) -> Iterator[Server]:
    """A server in a folder of its own, not started; everything goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix="regard-server-"))
    server = Server(folder, free_port(), environment)
    try:
        yield server
    finally:
        if server.process and server.process.poll() is None:
            server.kill()
        from regard.site.engines.postgres import EmbeddedPostgres

        EmbeddedPostgres(folder / "postgres").stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def running() -> Iterator[Server]:
    """One server for all tests of a process that only add to it."""
    with new_server() as server:
        server.start()
        yield server


@pytest.fixture
def server() -> Iterator[Server]:
    """A server for a test that kills or restores it."""
    with new_server() as made:
        yield made
