from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from regard.customers.traits.glance import VALUE
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Worth:
    """What customers are worth together, as far as it is known."""

    amount: float
    currency: str
    people: int


def worth_of(scope: Scope, accounts: Sequence[int]) -> list[Worth]:
    """Of the customers of these accounts whose home the reader may see: one sum a currency ("" where none is said)."""
    mine = "" if scope.units is None else " and home_unit in {units:Array(UInt32)}"
    sql = (
        "select sum(assumeNotNull(value)), currency, count() from ("
        "select toFloat64OrNull(traits[{value:String}]) as value, traits['currency'] as currency from people final "
        f"where $workspace and account in {{accounts:Array(UInt32)}} and profile = customer and not is_account{mine}"
        ") where isNotNull(value) and isFinite(assumeNotNull(value)) group by currency order by count() desc"
    )
    rows = warehouse().select(
        scope, sql, {"value": VALUE, "accounts": list(accounts), "units": list(scope.units or ())}
    )
    return [Worth(float(amount), currency, int(people)) for amount, currency, people in rows]
