"""Where files are put on another server, and who we are there."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from regard.connectors.taps.settings_of import Setting

PORT = 22


@dataclass(frozen=True)
class Account:
    """`private_key` is in the OpenSSH or PEM spelling; without one the password counts. An empty folder is where we are put."""

    host: str
    port: int
    user: str
    password: str = ""
    private_key: str = ""
    folder: str = ""

    @classmethod
    def of(cls, settings: list[Setting]) -> Account:
        given: dict[str, Any] = {one.name: one.value for one in settings}
        blank = {"host": "", "port": PORT, "user": ""}
        return cls(**{**blank, **{one.name: given[one.name] for one in fields(cls) if one.name in given}})

    @property
    def settings(self) -> list[Setting]:
        return [Setting(name, value, name in ("password", "private_key")) for name, value in asdict(self).items()]

    @property
    def place(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORT else f"{host}:{self.port}"
