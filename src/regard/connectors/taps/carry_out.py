"""Does what was asked of a connection: install its tap, test it, fetch first records, or run it."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.connectors.taps import sealed
from regard.connectors.taps.catalog import BadCatalog, chosen, learn
from regard.connectors.taps.environment import (
    Unusable,
    command_of,
    environment,
    folder,
    interpreter,
    new_name,
    package_name,
    python_of,
    sweep,
    workplace,
)
from regard.connectors.taps.intake import BadTap, Intake
from regard.connectors.taps.models import Run, Stream
from regard.connectors.taps.process import Line, Tap
from regard.connectors.taps.sample import Sampler, keep_sample

log = logging.getLogger(__name__)
#: Set when the server stops: a running tap is ended, and goes on from its last STATE after the next start.
STOPPING = threading.Event()
LARGEST_CATALOG = 64 << 20
_LIMITS = {Run.Kind.INSTALL: 900, Run.Kind.DISCOVER: 900, Run.Kind.SAMPLE: 300}
_LOOK = 1.0
_LOCK = 7204


class Stopped(Exception):
    """Somebody stopped it."""


class Interrupted(Exception):
    """The server stops."""


class Failed(Exception):
    """It did not work. The message is one sentence for whoever asked."""


def carry_out(run: Run) -> None:
    """Do it, and write down how it went. A run that was begun before and has not ended was cut short: it is closed, and taken up again."""
    with _alone(run.connection_id) as ours:
        if not ours or run.ended or not settings.TAPS:
            return
        if run.begun:
            run.end(Run.Outcome.INTERRUPTED, _("The server was stopped while it ran."))
            if run.kind != Run.Kind.RUN:
                return
            run = run.connection.ask(run.kind, by=run.by)
        if not Run.objects.filter(pk=run.pk, ended=None, begun=None).update(begun=timezone.now()):
            return
        run.refresh_from_db()
        Work(run).carry_out()


def close_cut_short() -> list[Run]:
    """Runs whose server was killed: marked as interrupted. Returns those whose connection should go on."""
    found = []
    for run in Run.objects.filter(ended=None).exclude(begun=None).select_related("connection"):
        with _alone(run.connection_id) as ours:
            if ours:
                run.refresh_from_db()
                if run.ended is None:
                    run.end(Run.Outcome.INTERRUPTED, _("The server was stopped while it ran."))
                    found.append(run)
    return found


@contextmanager
def _alone(pk: int) -> Iterator[bool]:
    """One process at a time does something with a connection; the lock goes with the process that holds it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(%s, %s)", [_LOCK, pk])
        ours = cursor.fetchone() == (True,)
    try:
        yield ours
    finally:
        if ours:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("select pg_advisory_unlock(%s, %s)", [_LOCK, pk])


class Work:
    """One run, from its beginning to its end."""

    def __init__(self, run: Run) -> None:
        self.run, self.connection = run, run.connection
        self.mask = self.connection.mask()
        minutes = self.connection.limit_minutes
        self.until = time.monotonic() + _LIMITS.get(Run.Kind(run.kind), minutes * 60)
        self._looked = 0.0
        self._log: list[str] = []

    def carry_out(self) -> None:
        act = {"install": self._install, "discover": self._discover, "sample": self._sample, "run": self._fetch}
        try:
            outcome, message = act[self.run.kind]()
        except Stopped:
            outcome, message = Run.Outcome.STOPPED, _("It was stopped.")
        except Interrupted:
            outcome, message = Run.Outcome.INTERRUPTED, _("The server was stopped while it ran.")
        except (Failed, BadTap, BadCatalog, Unusable, sealed.Unreadable) as problem:
            outcome, message = Run.Outcome.FAILED, str(problem)
        except DatabaseError:
            raise  # tried again when the database is back: see `close_cut_short`
        except Exception:
            log.exception("Run %s of a connection failed", self.run.pk)
            outcome, message = Run.Outcome.FAILED, _("Regard failed to carry this out; the server’s log says more.")
        self.run.log = self.mask("\n".join(self._log))[-200_000:]
        self.run.end(outcome, self.mask(message))

    def _install(self) -> tuple[str, str]:
        """A virtual environment with the tap in it. The one in use stays until the new one is good."""
        connection = self.connection
        if connection.executable:
            command_of(connection.pk, executable=connection.executable, name="", script="")
            self._ask_about(connection.executable)
            return Run.Outcome.DONE, _("It is there and can be started.")
        home, name = folder(connection.pk), new_name(connection.pk)
        sweep(connection.pk, keep=connection.environment)
        self._tell(_("Making an environment for it."))
        self._execute([interpreter(), "-m", "venv", str(home / name)], what=_("The environment could not be made"))
        python = str(python_of(connection.pk, name))
        self._tell(_("Installing %(package)s and what it needs.") % {"package": connection.requirement})
        self._execute(
            [python, "-m", "pip", "install", connection.requirement], what=_("The package could not be installed")
        )
        script, version = self._script(python, package_name(connection.requirement))
        connection.environment, connection.script, connection.version = name, script, version[:60]
        connection.save(update_fields=["environment", "script", "version"])
        self._ask_about(command_of(connection.pk, executable="", name=name, script=script))
        sweep(connection.pk, keep=name)
        return Run.Outcome.DONE, _("%(script)s %(version)s is installed.") % {"script": script, "version": version}

    def _script(self, python: str, package: str) -> tuple[str, str]:
        """The command that a package brings along, and its version."""
        ask = (
            "import importlib.metadata as m, json, sys; d = m.distribution(sys.argv[1]); "
            "print(json.dumps([d.version, [e.name for e in d.entry_points if e.group == 'console_scripts']]))"
        )
        output = self._execute([python, "-c", ask, package], what=_("The package cannot be looked at"))
        version, scripts = json.loads(output[-1])
        if not scripts:
            raise Failed(_("%(package)s brings no command along, so it is no tap.") % {"package": package})
        taps = [name for name in scripts if name.startswith("tap-")]
        return (package if package in scripts else (taps or scripts)[0]), version

    def _ask_about(self, command: str) -> None:
        """How it takes its catalog, and which settings it knows, where it says so."""
        connection = self.connection
        helped = " ".join(self._execute([command, "--help"], what="", may_fail=True))
        connection.options = [name for name in ("catalog", "properties") if f"--{name}" in helped] or ["catalog"]
        connection.about = {}
        if "--about" in helped:
            told = "\n".join(self._execute([command, "--about", "--format=json"], what="", may_fail=True))
            with suppress(ValueError, AttributeError, TypeError):
                found = json.loads(told[told.index("{") :]).get("settings", {})
                connection.about = found if isinstance(found, dict) and len(told) < 500_000 else {}
        connection.save(update_fields=["options", "about"])

    def _discover(self) -> tuple[str, str]:
        printed = bytearray()
        with self._started("--discover") as tap:
            for line in self._watched(tap):
                if line is not None:
                    printed += line.data + b"\n"
                    if line.cut or len(printed) > LARGEST_CATALOG:
                        raise Failed(_("The catalog of this tap is larger than 64 MB."))
            code = tap.wait()
        if code:
            raise self._died(tap, code)
        try:
            catalog = json.loads(printed[printed.index(b"{") :])
        except (ValueError, RecursionError):
            raise Failed(_("The tap answered, but what it printed is no catalog of streams.")) from None
        with transaction.atomic():
            count = learn(self.connection, catalog)
            self.connection.catalog, self.connection.discovered = catalog, timezone.now()
            self.connection.save(update_fields=["catalog", "discovered"])
        if not count:
            raise Failed(_("The connection works, but it offers no streams."))
        return Run.Outcome.DONE, _("The connection works: it offers %(n)s streams.") % {"n": count}

    def _sample(self) -> tuple[str, str]:
        stream = self.run.stream
        assert stream is not None
        sampler = Sampler(stream)
        code = 0
        with self._started(streams=[stream]) as tap:
            for line in self._watched(tap):
                if line is not None and sampler.take(line):
                    break
            else:
                code = tap.wait()
        if not sampler.records:
            if code:
                raise self._died(tap, code)
            raise Failed(
                _("%(stream)s gave no record: check the settings (a start date that is too late?).")
                % {"stream": stream}
            )
        keep_sample(stream, sampler)
        self.run.records = len(sampler.records)
        return Run.Outcome.DONE, _("%(n)s records of %(stream)s were looked at; nothing was taken in.") % {
            "n": len(sampler.records),
            "stream": stream,
        }

    def _fetch(self) -> tuple[str, str]:
        streams = self.connection.streams_to_run()
        if not streams:
            raise Failed(_("No stream is chosen and mapped."))
        intake = Intake(self.run, streams, mask=self.mask)
        try:
            with self._started(streams=streams, state=self.connection.state) as tap:
                for line in self._watched(tap):
                    if line is None:
                        intake.idle()
                    else:
                        intake.take(line)
                code = tap.wait()
        except (Stopped, Interrupted, Failed, BadTap):
            intake.commit()
            raise
        intake.finish()
        Stream.objects.filter(pk__in=[one.pk for one in streams], source__isnull=False).update(sample=None)
        if code:
            raise self._died(tap, code)
        if intake.stopped:
            return Run.Outcome.PARTLY, " ".join(open_.row.stopped for open_ in intake.stopped)
        return Run.Outcome.DONE, ""

    @contextmanager
    def _started(self, *arguments: str, streams: list[Stream] | None = None, state: Any = None) -> Iterator[Tap]:
        """The tap with its files, which go when it does."""
        connection = self.connection
        self._ensure_installed()
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
                self._log += tap.errors

    def _ensure_installed(self) -> None:
        """On another machine than the one it was installed on, it is installed there first."""
        found = self.connection
        if not found.executable and not python_of(found.pk, found.environment or "none").exists() and found.requirement:
            self._install()

    def _watched(self, tap: Tap) -> Iterator[Line | None]:
        """Its lines, while somebody looks at the clock and at the button."""
        for line in tap.lines():
            self._look()
            yield line

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

    def _execute(self, argv: list[str], *, what: str, may_fail: bool = False) -> list[str]:
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
            self._log += [*printed[-60:], *tap.errors]
        if code and not may_fail:
            said = [line for line in tap.errors if line.strip()] or printed
            telling = next((line for line in reversed(said) if "ERROR" in line), said[-1] if said else "")
            raise Failed(f"{what}: {telling.strip()}")
        return printed or list(tap.errors)

    def _tell(self, step: str) -> None:
        Run.objects.filter(pk=self.run.pk).update(message=step[:400])

    def _died(self, tap: Tap, code: int) -> Failed:
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


def forget_old_runs() -> None:
    """The log of runs is kept as long as what they brought in."""
    oldest = timezone.now() - timedelta(days=settings.INBOX_DAYS)
    Run.objects.filter(ended__lt=oldest).delete()


def remove_folder(pk: int) -> None:
    """Its environment goes with a connection."""
    import shutil

    shutil.rmtree(Path(settings.REGARD_DATA) / "taps" / str(pk), ignore_errors=True)


__all__ = ["STOPPING", "carry_out", "close_cut_short", "forget_old_runs", "remove_folder"]
