from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from regard.ledger.record.columns import REFUSED


@dataclass
class Refusals:
    """Collects items that cannot be used, with the reason a person reads."""

    inbox: list[int] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    detail: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)

    def add(self, inbox: int, position: int, code: str, detail: str, raw: bytes) -> None:
        self.inbox.append(inbox)
        self.position.append(position)
        self.code.append(code)
        self.detail.append(detail[:400])
        self.raw.append(raw[:40_000].decode("utf-8", "replace"))

    def table(self) -> pa.Table:
        return pa.table([self.inbox, self.position, self.code, self.detail, self.raw], schema=REFUSED)
