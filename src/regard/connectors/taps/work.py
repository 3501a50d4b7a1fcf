"""What every piece of work on a connection shares: its tap as a process, the clock, the button that stops it, and its log."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _

from regard.connectors.taps.catalog import chosen
from regard.connectors.taps.environment import command_of, environment, folder, workplace
from regard.connectors.taps.models import Run, Stream
from regard.connectors.taps.process import Line, Tap

#: Set when the server stops: a running tap is ended, and goes on from its last STATE after the next start.
STOPPING = threading.Event()
_LIMITS = {Run.Kind.INSTALL: 900, Run.Kind.DISCOVER: 900, Run.Kind.SAMPLE: 300}
_LOOK = 1.0


class Stopped(Exception):
    """Somebody stopped it."""


class Interrupted(Exception):
    """The server stops."""


class Failed(Exception):
    """It did not work. The message is one sentence for whoever asked."""


class Work:
    """One run, while it is carried out."""

    def __init__(self, run: Run) -> None:
        self.run, self.connection = run, run.connection
        self.mask = self.connection.mask()
        minutes = self.connection.limit_minutes
        self.until = time.monotonic() + _LIMITS.get(Run.Kind(run.kind), minutes * 60)
        self._looked = 0.0
        self.log: list[str] = []

    @contextmanager
    def started(self, *arguments: str, streams: list[Stream] | None = None, state: Any = None) -> Iterator[Tap]:
        """The tap with its files, which go when it does."""
        connection = self.connection
        command = command_of(
            connection.pk, executable=connection.executable, name=connection.environment, script=connection.script
        )
        files: dict[str, Any] = {"config.json": connection.config()}
        argv = [command, "--config", "config.json", *arguments]
        if streams is not None:
            if connection.catalog is None:
                raise Failed(_("Test the connection first: Regard does not know its streams yet."))
            files["catalog.json"] = chosen(connection.catalog, streams)
            for option in connection.options or ["catalog"]:
                argv += [f"--{option}", "catalog.json"]
        if state:
            files["state.json"] = state
            argv += ["--state", "state.json"]
        with workplace(connection.pk, files) as place, Tap(argv, cwd=place, env=environment(place)) as tap:
            try:
                yield tap
            finally:
                tap.end()
                self.log += tap.errors

    def watched(self, tap: Tap) -> Iterator[Line | None]:
        """Its lines, while somebody looks at the clock and at the button."""
        for line in tap.lines():
            self._look()
            yield line

    def execute(self, argv: list[str], *, what: str, may_fail: bool = False) -> list[str]:
        """Run a helper to its end; its lines. Raises Failed with the last thing it said."""
        home = folder(self.connection.pk)
        printed: list[str] = []
        with Tap(argv, cwd=home, env=environment(home, installing=True)) as tap:
            for line in tap.lines():
                self._look()
                if line is not None and len(printed) < 5_000:
                    printed.append(line.data.decode("utf-8", "replace"))
            code = tap.wait()
        if not may_fail:
            self.log += [*printed[-60:], *tap.errors]
        if code and not may_fail:
            said = [line for line in tap.errors if line.strip()] or printed
            telling = next((line for line in reversed(said) if "ERROR" in line), said[-1] if said else "")
            raise Failed(f"{what}: {telling.strip()}")
        return printed or list(tap.errors)

    def _look(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK:
            return
        self._looked = now
        if STOPPING.is_set():
            raise Interrupted
        if now > self.until:
            raise Failed(
                _("It took longer than it may, and was ended. What had come is kept; the next run goes on from there.")
            )
        if Run.objects.filter(pk=self.run.pk).exclude(stop_asked=None).exists():
            raise Stopped
        Run.objects.filter(pk=self.run.pk).update(records=self.run.records)

    def tell(self, step: str) -> None:
        Run.objects.filter(pk=self.run.pk).update(message=step[:400])

    def died(self, tap: Tap, code: int) -> Failed:
        """The last thing it said that tells something."""
        said = [line.strip() for line in tap.errors if line.strip()]
        telling = next(
            (
                line
                for line in reversed(said)
                if any(word in line for word in ("CRITICAL", "ERROR", "Error", "Exception"))
            ),
            said[-1] if said else "",
        )
        if code < 0:
            return Failed(_("The tap was killed (signal %(n)s). %(said)s") % {"n": -code, "said": telling})
        return Failed(
            _("The tap ended with code %(n)s: %(said)s") % {"n": code, "said": telling or _("it did not say why.")}
        )
