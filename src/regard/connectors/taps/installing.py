"""A virtual environment for each connection, with its tap in it."""

from __future__ import annotations

import json
from contextlib import suppress

from django.utils.translation import gettext as _

from regard.connectors.taps.environment import (
    command_of,
    folder,
    interpreter,
    new_name,
    package_name,
    python_of,
    sweep,
)
from regard.connectors.taps.models import Run
from regard.connectors.taps.work import Failed, Work


def install(work: Work) -> tuple[str, str]:
    """A virtual environment with the tap in it. The one in use stays until the new one is good."""
    connection = work.connection
    if connection.executable:
        command_of(connection.pk, executable=connection.executable, name="", script="")
        _ask_about(work, connection.executable)
        return Run.Outcome.DONE, _("It is there and can be started.")
    home, name = folder(connection.pk), new_name(connection.pk)
    sweep(connection.pk, keep=connection.environment)
    work.tell(_("Making an environment for it."))
    work.execute([interpreter(), "-m", "venv", str(home / name)], what=_("The environment could not be made"))
    python = str(python_of(connection.pk, name))
    work.tell(_("Installing %(package)s and what it needs.") % {"package": connection.requirement})
    work.execute([python, "-m", "pip", "install", connection.requirement], what=_("The package could not be installed"))
    script, version = _script(work, python, package_name(connection.requirement))
    connection.environment, connection.script, connection.version = name, script, version[:60]
    connection.save(update_fields=["environment", "script", "version"])
    _ask_about(work, command_of(connection.pk, executable="", name=name, script=script))
    sweep(connection.pk, keep=name)
    return Run.Outcome.DONE, _("%(script)s %(version)s is installed.") % {"script": script, "version": version}


def ensure_installed(work: Work) -> None:
    """On another machine than the one it was installed on, it is installed there first."""
    found = work.connection
    if not found.executable and not python_of(found.pk, found.environment or "none").exists() and found.requirement:
        install(work)


def _script(work: Work, python: str, package: str) -> tuple[str, str]:
    """The command that a package brings along, and its version."""
    ask = (
        "import importlib.metadata as m, json, sys; d = m.distribution(sys.argv[1]); "
        "print(json.dumps([d.version, [e.name for e in d.entry_points if e.group == 'console_scripts']]))"
    )
    output = work.execute([python, "-c", ask, package], what=_("The package cannot be looked at"))
    version, scripts = json.loads(output[-1])
    if not scripts:
        raise Failed(_("%(package)s brings no command along, so it is no tap.") % {"package": package})
    taps = [name for name in scripts if name.startswith("tap-")]
    return (package if package in scripts else (taps or scripts)[0]), version


def _ask_about(work: Work, command: str) -> None:
    """How it takes its catalog, and which settings it knows, where it says so."""
    connection = work.connection
    helped = " ".join(work.execute([command, "--help"], what="", may_fail=True))
    connection.options = [name for name in ("catalog", "properties") if f"--{name}" in helped] or ["catalog"]
    connection.about = {}
    if "--about" in helped:
        told = "\n".join(work.execute([command, "--about", "--format=json"], what="", may_fail=True))
        with suppress(ValueError, AttributeError, TypeError):
            found = json.loads(told[told.index("{") :]).get("settings", {})
            connection.about = found if isinstance(found, dict) and len(told) < 500_000 else {}
    connection.save(update_fields=["options", "about"])
