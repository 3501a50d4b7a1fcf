"""What LEDGER_CLUSTER makes the migrations say is ClickHouse, by ClickHouse's own parser."""

import pytest

from regard.site.wiring import ledger_migrations
from regard.warehouse.migrate import _book

pytestmark = pytest.mark.django_db


def statements(cluster):
    return [
        *_book(cluster),
        *(statement for migration in ledger_migrations() for statement in migration.statements(cluster)),
    ]


@pytest.mark.parametrize("cluster", ["", "north"])
def test_every_statement_parses(ledger, cluster):
    found = statements(cluster)
    assert len(found) > len(_book(cluster))
    for statement in found:
        ((shown,),) = ledger.unscoped("select formatQuerySingleLine({statement:String})", {"statement": statement})
        assert ("ON CLUSTER" in shown) == bool(cluster)


def test_rows_of_a_cluster_are_replicated_and_sharded_by_profile(ledger):
    text = "\n".join(statements("north"))
    tables = text.count("engine = Distributed(")
    assert tables >= 4
    assert text.count("ReplicatedReplacingMergeTree(") == tables
    assert text.count("cityHash64(profile)") + text.count("cityHash64(customer)") == tables
    assert "non_replicated_deduplication_window" not in text


def test_a_cluster_cannot_have_a_name_that_is_sql():
    with pytest.raises(ValueError, match="cannot be a cluster's name"):
        statements("x' engine = Null --")
