"""Files that people send are kept in a private folder, under random names, until their rows are in the
inbox.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

BLOCK = 1 << 20


@dataclass(frozen=True)
class Stored:
    """A kept file: its name in the folder, its size in bytes, the SHA-256 of its bytes."""

    name: str
    size: int
    sha256: str


def folder() -> Path:
    found = Path(settings.REGARD_DATA) / "uploads"
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def store(blocks: Iterable[bytes]) -> Stored:
    """Write the blocks to a new file that only this user may read. A file cut short is removed."""
    name = secrets.token_hex(16)
    path = folder() / name
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for block in blocks:
                file.write(block)
                digest.update(block)
                size += len(block)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Stored(name=name, size=size, sha256=digest.hexdigest())


def read_blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block
