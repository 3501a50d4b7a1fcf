"""Where computed traits stand: rows of ClickHouse, a partition a refresh, so that an old one goes at once and whole."""

from __future__ import annotations

from dataclasses import dataclass

from regard.segments.computed.definition import Type
from regard.warehouse.migrate import Migration
from regard.warehouse.tables import Table

COMPUTED = Table(
    name="computed",
    columns="""
        workspace UInt32,
        version UInt64,
        trait UInt32,
        customer UInt64,
        value String
    """,
    version="version",
    partition_by="(workspace, version)",
    order_by="workspace, version, trait, customer",
    shard_by="cityHash64(customer)",
)
MIGRATIONS = [Migration("computed-0001", COMPUTED.create)]


@dataclass(frozen=True)
class Column:
    """A computed trait as readers see it: the rows of the version in force, and what holds where there is none."""

    trait: int
    version: int
    otherwise: str
    type: Type

    @property
    def numeric(self) -> bool:
        return self.type in (Type.NUMBER, Type.MONEY)

    def rows(self, name: str) -> tuple[str, dict[str, object]]:
        """The condition on its rows, and what that binds under names that begin with `name`."""
        condition = f"version = {{{name}_version:UInt64}} and trait = {{{name}_trait:UInt32}}"
        return condition, {f"{name}_version": self.version, f"{name}_trait": self.trait}

    def value(self, column: str) -> str:
        return f"if({column} = '', '{self.otherwise}', {column})" if self.otherwise else column
