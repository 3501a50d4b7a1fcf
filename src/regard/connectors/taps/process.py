"""A tap as a process: its lines, however long, its errors, however many, and its end, however stubborn."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

LONGEST_LINE = 16 << 20
HEAD = 4_000
KEPT_ERRORS = 200
LONGEST_ERROR = 2_000
_BLOCK = 1 << 18
_TICK = 0.5
_LAUNCH = Path(__file__).with_name("launch.py")


@dataclass(frozen=True)
class Line:
    """A line without its end. Of one that is too long only its head is here."""

    data: bytes
    length: int

    @property
    def cut(self) -> bool:
        return self.length > len(self.data)


@dataclass
class Lines:
    """Bytes as they come → whole lines; never holds more than the longest that is taken."""

    longest: int = LONGEST_LINE
    _held: bytearray = field(default_factory=bytearray)
    _skipped: int = 0

    def feed(self, block: bytes) -> Iterator[Line]:
        start = 0
        while (end := block.find(b"\n", start)) >= 0:
            yield self._line(block[start:end])
            start = end + 1
        self._hold(block[start:])

    def rest(self) -> Iterator[Line]:
        if self._held or self._skipped:
            yield self._line(b"")

    def _hold(self, piece: bytes) -> None:
        if self._skipped:
            self._skipped += len(piece)
            return
        self._held += piece
        if len(self._held) > self.longest:
            self._skipped = len(self._held)
            del self._held[HEAD:]

    def _line(self, last: bytes) -> Line:
        self._hold(last)
        data, length = bytes(self._held), self._skipped
        self._held, self._skipped = bytearray(), 0
        data = data if length else data.removesuffix(b"\r")
        return Line(data, length or len(data))


class Tap:
    """The running process, in a process group of its own. Leaving the block ends all of it."""

    def __init__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> None:
        self.errors: deque[str] = deque(maxlen=KEPT_ERRORS)
        self._stderr = Lines(longest=64_000)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_LAUNCH), str(os.getpid()), *argv],
            cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True, umask=0o077, close_fds=True,
        )  # fmt: skip
        self._selector = selectors.DefaultSelector()
        assert self.process.stdout is not None and self.process.stderr is not None
        for pipe in (self.process.stdout, self.process.stderr):
            self._selector.register(pipe.fileno(), selectors.EVENT_READ)

    def __enter__(self) -> Tap:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def lines(self) -> Iterator[Line | None]:
        """The lines of its output as they come; None now and then while it says nothing, so that clocks can be looked at."""
        assert self.process.stdout is not None and self.process.stderr is not None
        out, err = self.process.stdout.fileno(), self.process.stderr.fileno()
        found, open_pipes, gone = Lines(), {out, err}, 0.0
        while open_pipes:
            ready = self._selector.select(_TICK)
            for key, _ in ready:
                block = os.read(key.fd, _BLOCK)
                if not block:
                    self._selector.unregister(key.fd)
                    open_pipes.discard(key.fd)
                elif key.fd == out:
                    yield from found.feed(block)
                else:
                    self._heard(block)
            if not ready:
                yield None
                if self.process.poll() is not None:  # a child of it still holds the pipe
                    gone = gone or time.monotonic()
                    if time.monotonic() - gone > 3:
                        break
        yield from found.rest()
        self.errors.extend(_text(line) for line in self._stderr.rest())

    def wait(self, seconds: float = 20.0) -> int:
        """Its exit code; one that has closed its output and will not go is killed."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.end()
            return self.process.wait()

    def end(self, patience: float = 5.0) -> None:
        """SIGTERM, and SIGKILL for whatever of its group is left."""
        if self.process.poll() is None:
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(patience)
        self._signal(signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        self._selector.close()

    def _heard(self, block: bytes) -> None:
        self.errors.extend(_text(line) for line in self._stderr.feed(block))

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def _text(line: Line) -> str:
    return line.data[:LONGEST_ERROR].decode("utf-8", "replace").replace("\0", "\ufffd")
