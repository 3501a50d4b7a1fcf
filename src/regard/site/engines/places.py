"""Where things lie in the data folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    root: Path

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def ledger(self) -> Path:
        return self.root / "ledger"

    @property
    def scratch(self) -> Path:
        """chDB writes every insert through a temporary file: it holds customers' data, so it is ours and emptied."""
        return self.root / "scratch"

    @property
    def uploads(self) -> Path:
        return self.root / "uploads"

    @property
    def files(self) -> Path:
        """What respondents sent."""
        return self.root / "files"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def lock(self) -> Path:
        return self.root / "regard.lock"

    @property
    def server(self) -> Path:
        return self.root / "server.json"

    @property
    def secret(self) -> Path:
        return self.root / "secret.key"

    def make(self) -> None:
        """Make the folders, closed to everyone else."""
        for folder in (self.root, self.scratch, self.uploads, self.backups):
            if not folder.exists():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def places() -> Places:
    """The data folder: `REGARD_DATA`, else `data` below the current folder."""
    return Places(Path(os.environ.get("REGARD_DATA") or "data").absolute())
