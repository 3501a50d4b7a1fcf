"""The engine's trouble is waited for; only rows that it can never take are their sender's trouble."""

from types import SimpleNamespace

import pyarrow as pa
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from regard.warehouse import WarehouseAway
from regard.warehouse.client import Warehouse


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        ("Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)", WarehouseAway),
        ("Code: 241. DB::Exception: Memory limit exceeded (MEMORY_LIMIT_EXCEEDED)", WarehouseAway),
        ("Code: 252. DB::Exception: Too many parts (TOO_MANY_PARTS)", WarehouseAway),
        ("something that nobody has seen yet", WarehouseAway),
        ("Code: 53. DB::Exception: Type mismatch (TYPE_MISMATCH)", DatabaseError),
        ("Code: 407. DB::Exception: Decimal math overflow (DECIMAL_OVERFLOW)", DatabaseError),
    ],
)
def test_a_failing_insert(said, raised):
    def fail(*_, **__):
        raise DatabaseError(said)

    broken = Warehouse("chdb:///nowhere")
    broken._local.writer = SimpleNamespace(insert_arrow=fail)
    with pytest.raises(raised):
        broken.insert("ledger", pa.table({"a": [1]}), token="t")
