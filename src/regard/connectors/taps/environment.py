"""Where a tap lives and what it may know: a folder and a virtual environment of its own, nothing of Regard's environment."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from packaging.requirements import InvalidRequirement, Requirement

#: What a program needs to run at all, to find its certificates, and to get out through a proxy.
PASSED = (
    "PATH", "LANG", "LC_ALL", "TZ", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
)  # fmt: skip


class Unusable(Exception):
    """A tap that cannot be named or found like this. The message is one sentence."""


def folder(connection: int) -> Path:
    found = Path(settings.REGARD_DATA) / "taps" / str(connection)
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def environment(home: Path, *, installing: bool = False) -> dict[str, str]:
    """The clean environment of a tap; pip is also told where its packages are found."""
    found = {name: os.environ[name] for name in PASSED if name in os.environ}
    if installing:
        found |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        found |= {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_NO_COLOR": "1", "NO_COLOR": "1"}
    found.setdefault("PATH", "/usr/local/bin:/usr/bin:/bin")
    return found | {
        "HOME": str(home), "TMPDIR": str(home), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8",
        "PYTHONDONTWRITEBYTECODE": "1", "LC_CTYPE": "C.UTF-8",
    }  # fmt: skip


@contextmanager
def workplace(connection: int, files: Mapping[str, Any]) -> Iterator[Path]:
    """A new folder to run in, with files of JSON that only this user may read; all of it goes afterwards."""
    place = Path(mkdtemp(prefix="run-", dir=folder(connection)))
    try:
        for name, content in files.items():
            with os.fdopen(os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(content, file)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sweep(connection: int, *, keep: str = "") -> None:
    """What a killed server left behind, and environments that are no longer used."""
    for left in folder(connection).iterdir():
        if left.is_dir() and left.name.startswith(("run-", "env-")) and left.name != keep:
            shutil.rmtree(left, ignore_errors=True)


def checked_requirement(text: str) -> str:
    """One package as pip names it. Raises Unusable."""
    plain = text.strip()
    try:
        parsed = Requirement(plain)
    except InvalidRequirement:
        raise Unusable(
            f"“{plain[:80]}” names no package: write it like tap-github or tap-github==2.1.0, or name an executable."
        ) from None
    if parsed.url and "@" in urlsplit(parsed.url).netloc:
        raise Unusable("Write no password into the package’s address: it would stand in the audit log.")
    if parsed.marker is not None:
        raise Unusable("Write the package without conditions (the part after “;”).")
    return plain


def package_name(requirement: str) -> str:
    return Requirement(requirement).name


def checked_executable(text: str) -> str:
    """An executable that is there. Raises Unusable."""
    path = Path(text.strip())
    if not path.is_absolute():
        raise Unusable("Give the executable with its whole path, beginning with “/”.")
    if not path.is_file() or not os.access(path, os.X_OK):
        raise Unusable(f"There is no executable {path} that Regard may start.")
    return str(path)


def python_of(connection: int, name: str) -> Path:
    return folder(connection) / name / "bin" / "python"


def command_of(connection: int, *, executable: str, name: str, script: str) -> str:
    """What is started. Raises Unusable when it has gone."""
    if executable:
        return checked_executable(executable)
    path = folder(connection) / name / "bin" / script
    if not script or not path.exists():
        raise Unusable("The tap is not installed on this machine.")
    return str(path)


def new_name(connection: int) -> str:
    taken = [
        int(found[1]) for path in folder(connection).glob("env-*") if (found := re.fullmatch(r"env-(\d+)", path.name))
    ]
    return f"env-{max(taken, default=0) + 1}"


def interpreter() -> str:
    """The Python that environments are made with: the one Regard runs on, not the link in its own environment."""
    return sys.executable
