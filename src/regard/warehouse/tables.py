"""ClickHouse tables as values, from which the statements for one server or for a cluster follow."""

from __future__ import annotations

from dataclasses import dataclass, field

_SAFE = {
    "non_replicated_deduplication_window": 1000,
    "fsync_after_insert": 1,
    "fsync_part_directory": 1,
    "min_rows_to_fsync_after_merge": 1,
    "min_compressed_bytes_to_fsync_after_merge": 1,
    "enable_block_number_column": 1,
    "enable_block_offset_column": 1,
}


@dataclass(frozen=True)
class Table:
    """A ReplacingMergeTree; in a cluster its rows are sharded by `shard_by`, so that a customer's rows are together."""

    name: str
    columns: str
    version: str
    order_by: str
    shard_by: str
    partition_by: str = ""
    settings: dict[str, int] = field(default_factory=dict)

    def local(self, cluster: str) -> str:
        """The table that holds rows: deletes and updates go to it."""
        return f"{self.name}_local on cluster {quoted(cluster)}" if cluster else self.name

    def add_column(self, cluster: str, column: str) -> list[str]:
        """Statements that add a column to a table that has been made before it had one."""
        names = [self.local(cluster)] + ([f"{self.name} on cluster {quoted(cluster)}"] if cluster else [])
        return [f"alter table {name} add column if not exists {column}" for name in names]

    def modify_column(self, cluster: str, column: str) -> list[str]:
        """Statements that give a column another type. One of the key takes no other change than more values of an Enum."""
        names = [self.local(cluster)] + ([f"{self.name} on cluster {quoted(cluster)}"] if cluster else [])
        return [f"alter table {name} modify column {column}" for name in names]

    def create(self, cluster: str) -> list[str]:
        settings = {**_SAFE, **self.settings}
        engine = f"ReplacingMergeTree({self.version})"
        if cluster:
            settings.pop("non_replicated_deduplication_window")
            settings["replicated_deduplication_window"] = 1000
            engine = f"ReplicatedReplacingMergeTree('/clickhouse/tables/{{shard}}/{{database}}/{self.name}', '{{replica}}', {self.version})"
        partition = f" partition by {self.partition_by}" if self.partition_by else ""
        pairs = ", ".join(f"{name} = {value}" for name, value in settings.items())
        made = [
            f"create table if not exists {self.local(cluster)} ({self.columns}) engine = {engine}{partition} "
            f"order by ({self.order_by}) settings {pairs}"
        ]
        if cluster:
            made.append(
                f"create table if not exists {self.name} on cluster {quoted(cluster)} as {self.name}_local "
                f"engine = Distributed({quoted(cluster)}, currentDatabase(), {self.name}_local, {self.shard_by})"
            )
        return made


def quoted(name: str) -> str:
    if not name.replace("_", "").replace("-", "").isalnum():
        raise ValueError(f"“{name}” cannot be a cluster's name: letters, digits, - and _ only.")
    return f"'{name}'"
