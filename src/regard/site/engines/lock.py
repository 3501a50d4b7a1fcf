"""One owner for a data folder: chDB lives in one process, so a second is told who the first is."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass, field
from typing import IO

from regard.site.engines.places import Places


class FolderInUse(RuntimeError):
    """Another process owns the data folder."""


@dataclass
class FolderLock:
    """Hold with `with`; the kernel frees it when the process dies, however it dies."""

    places: Places
    purpose: str
    _file: IO[str] | None = field(default=None, repr=False)

    def __enter__(self) -> FolderLock:
        self.places.make()
        file = self.places.lock.open("a+")
        self.places.lock.chmod(0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = _owner(file.read())
            file.close()
            raise FolderInUse(
                f"The data folder {self.places.root} is in use by {owner}. Stop that process first, or set "
                "REGARD_DATA to another folder. Several processes need DATABASE_URL and LEDGER_URL on servers."
            ) from None
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "purpose": self.purpose}, file)
        file.flush()
        self._file = file
        return self

    def __exit__(self, *_: object) -> None:
        if self._file:
            self._file.seek(0)
            self._file.truncate()
            self._file.close()
            self._file = None


def _owner(text: str) -> str:
    try:
        owner = json.loads(text)
        return f"`regard {owner['purpose']}` (process {owner['pid']})"
    except (ValueError, KeyError, TypeError):
        return "another process"
