"""The one door to ClickHouse: embedded (chDB, `chdb:///path`) or a server (`clickhouse://user:password@host:8123/database`).

chDB belongs to one process and does not survive a fork, so it is imported only when first used, by the process that owns the
folder. Readers are apart from the writer: they cannot change anything and are limited in time, memory and rows. A client is
never shared between threads.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pyarrow as pa

from regard.warehouse.scope import Scope
from regard.warehouse.tables import Table

Values = Mapping[str, object]

#: `optimize_on_insert` would merge each block row by row before writing it, which doubles the time of an insert; ids are dropped before.
_WRITER = {
    "optimize_on_insert": 0,
    "async_insert": 0,
    "max_memory_usage": 4_000_000_000,
    "mutations_sync": 1,
    "lightweight_deletes_sync": 1,
}
#: `readonly` stands last: once it is set, no other setting is taken.
_READER = {
    "max_execution_time": 15,
    "max_memory_usage": 1_500_000_000,
    "max_rows_to_read": 2_000_000_000,
    "max_result_rows": 200_000,
    "allow_ddl": 0,
    "readonly": 1,
}
_SERVER_READER = {**_READER, "readonly": 2}  # over HTTP, settings travel with each query, which readonly=1 refuses


#: ClickHouse's codes for rows that it can never take: cannot parse, type mismatch, out of range, null, decimal overflow.
_ROWS_ARE_WRONG = frozenset({6, 26, 27, 38, 41, 43, 53, 69, 70, 72, 117, 131, 321, 349, 407})


class WarehouseAway(RuntimeError):
    """ClickHouse does not answer. What was sent is kept in the inbox meanwhile."""


class WarehouseBusy(RuntimeError):
    """The folder of the embedded ClickHouse belongs to another process."""


class UnscopedQuery(RuntimeError):
    """A select that does not say whose rows it may read: a mistake in our code, never the reader's."""


@dataclass
class Warehouse:
    url: str
    scratch: Path | None = None
    backups: Path | None = None
    _local: threading.local = field(default_factory=threading.local, repr=False)
    _opened: bool = field(default=False, repr=False)
    _opening: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def embedded(self) -> bool:
        return self.url.startswith("chdb:")

    def select(self, scope: Scope, sql: str, values: Values | None = None) -> list[tuple[Any, ...]]:
        """The rows of a select that names `$scope` (workspace and units) or `$workspace` where a table has no units.

        Raises UnscopedQuery when it names neither, WarehouseAway when the engine does not answer.
        """
        text, bound = scoped(scope, sql, values or {})
        return cast(list[tuple[Any, ...]], self._ask(self._reader(), "query", text, parameters=bound).result_rows)

    def select_arrow(self, scope: Scope, sql: str, values: Values | None = None) -> pa.Table:
        text, bound = scoped(scope, sql, values or {})
        return self._ask(self._reader(), "query_arrow", text, parameters=bound)

    def insert(self, table: str, rows: pa.Table, *, token: str) -> None:
        """Insert rows of one partition. The same token again changes nothing, so a retry is safe.

        Raises WarehouseAway for whatever may pass, the engine's own error for rows that it can never take.
        """
        from clickhouse_connect.driver.exceptions import Error

        try:
            self._ask(self._writer(), "insert_arrow", table, rows, settings={"insert_deduplication_token": token})
        except Error as problem:
            code = re.search(r"[Cc]ode: (\d+)", str(problem))
            if code and int(code[1]) in _ROWS_ARE_WRONG:
                raise
            # A full disk, too little memory, too many parts: the engine's trouble, never a reason to refuse the rows.
            raise WarehouseAway(str(problem)) from problem

    def execute(self, sql: str, values: Values | None = None) -> None:
        self._ask(self._writer(), "command", sql, parameters=dict(values or {}))

    def change(self, table: Table, act: str, where: str, values: Values) -> int:
        """Rewrite rows on disk (`delete`, `update x = …`) where there are any; returns how many. `act` and `where` are ours."""
        from django.conf import settings

        ((count,),) = self.unscoped(f"select count() from {table.name} where {where}", values)
        if count:
            self.execute(
                f"alter table {table.local(settings.LEDGER_CLUSTER)} {act} where {where} settings mutations_sync = 2",
                values,
            )
        return int(count)

    def unscoped(self, sql: str, values: Values | None = None) -> list[tuple[Any, ...]]:
        """For our own housekeeping (migrations, health, reconciliation): never for anything a person asks."""
        return cast(
            list[tuple[Any, ...]], self._ask(self._writer(), "query", sql, parameters=dict(values or {})).result_rows
        )

    def answers(self) -> bool:
        try:
            return self.unscoped("select 1") == [(1,)]
        except (WarehouseAway, WarehouseBusy):
            return False

    def close(self) -> None:
        for name in ("writer", "reader"):
            client = getattr(self._local, name, None)
            if client is not None:
                with suppress(Exception):
                    client.close()
                delattr(self._local, name)

    def _ask(self, client: Any, verb: str, *arguments: Any, **options: Any) -> Any:
        from clickhouse_connect.driver.exceptions import OperationalError

        try:
            return getattr(client, verb)(*arguments, **options)
        except OperationalError as problem:
            raise WarehouseAway(str(problem)) from problem

    def _writer(self) -> Any:
        return self._client("writer", _WRITER)

    def _reader(self) -> Any:
        return self._client("reader", _READER if self.embedded else _SERVER_READER)

    def _client(self, name: str, settings: Mapping[str, object]) -> Any:
        client = getattr(self._local, name, None)
        if client is None:
            client = self._open(dict(settings))
            setattr(self._local, name, client)
        return client

    def _open(self, settings: dict[str, object]) -> Any:
        from clickhouse_connect import common, get_client
        from clickhouse_connect.driver.exceptions import Error

        common.set_setting("autogenerate_session_id", False)
        try:
            if not self.embedded:
                return get_client(
                    dsn=_http(self.url), settings=settings, tz_mode="aware", connect_timeout=5, send_receive_timeout=120
                )
            with self._opening:
                self._prepare()
            return get_client(dsn=self.url, settings=settings, tz_mode="aware", chdb_options=self._options())
        except Error as problem:
            if "Cannot lock file" in str(problem):
                raise WarehouseBusy(
                    f"Another process has the embedded ClickHouse at {self.url.removeprefix('chdb://')} open. Stop it, "
                    "or set LEDGER_URL to a ClickHouse server if you want several processes."
                ) from problem
            raise WarehouseAway(str(problem)) from problem

    def _prepare(self) -> None:
        """Before the first use of chDB in this process."""
        if self._opened:
            return
        if self.scratch:
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch.mkdir(mode=0o700, parents=True)
            os.environ["TMPDIR"] = str(self.scratch)
            import tempfile

            tempfile.tempdir = None  # asked anew from TMPDIR
        Path(self.url.removeprefix("chdb://")).mkdir(mode=0o700, parents=True, exist_ok=True)
        # A forked child of a process that has chDB hangs for ever; better that it fails at once and loudly.
        os.register_at_fork(after_in_child=lambda: os._exit(70))
        self._opened = True

    def _options(self) -> dict[str, object]:
        return {"backups.allowed_path": str(self.backups)} if self.backups else {}


def scoped(scope: Scope, sql: str, values: Values) -> tuple[str, dict[str, object]]:
    """Put the scope's condition in the place of `$scope` or `$workspace`, and its values among the bound ones."""
    if "$scope" not in sql and "$workspace" not in sql:
        raise UnscopedQuery("This select names neither $scope nor $workspace.")
    workspace = "workspace = {workspace:UInt32}"
    units = "" if scope.units is None else " and unit in {units:Array(UInt32)}"
    bound: dict[str, object] = {**values, "workspace": scope.workspace}
    if scope.units is not None:
        bound["units"] = list(scope.units)
    return sql.replace("$scope", f"({workspace}{units})").replace("$workspace", f"({workspace})"), bound


def _http(url: str) -> str:
    """clickhouse-connect speaks HTTP; `clickhouse://` and `clickhouses://` are our names for it."""
    parts = urlsplit(url)
    scheme = {"clickhouse": "http", "clickhouses": "https"}.get(parts.scheme, parts.scheme)
    return parts._replace(scheme=scheme).geturl()


def in_months(table: pa.Table, column: str = "at") -> Sequence[tuple[str, pa.Table]]:
    """The rows month by month: an insert that spans partitions can be torn by a kill, one within a partition cannot."""
    import pyarrow.compute as pc

    if not table.num_rows:
        return []
    at = table.column(column)
    months = pc.add(pc.multiply(pc.year(at), 100), pc.month(at))
    low, high = pc.min(months).as_py(), pc.max(months).as_py()
    if low == high:
        return [(str(low), table)]
    return [(str(month), table.filter(pc.equal(months, month))) for month in sorted(pc.unique(months).to_pylist())]
