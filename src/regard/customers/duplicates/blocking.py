"""Which pairs are looked at: those that share the value of a rule, where not too many share it.

Comparing everybody with everybody is out of the question, and one value that thousands share (an e-mail address of a shop, a
placeholder for a birthday) would come to the same. So each rule has a column that is null where the block is too big, and the rules
together may bring up no more pairs than grow with the number of customers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from regard.customers.duplicates.fields import Field, How

BIGGEST_BLOCK = 100
MOST_RULES = 8
#: Shorter values (a house number) bring up many pairs, and hardly one that nothing else does.
_SHORTEST = 3
#: Pairs, for each customer and beside: by one rule, and by all of them.
_PER_CUSTOMER, _BESIDE = 6, 500_000
_PER_CUSTOMER_ALL = 24


@dataclass(frozen=True)
class Rule:
    """`places`: the fields whose values must be equal. `key`: the column that holds them where the block is small enough."""

    places: tuple[int, ...]
    pairs: int
    biggest: int
    whole: bool  # no block is too big
    key: str = ""


def make_rules(pad: Any, fields: list[Field], customers: int) -> list[Rule]:
    """Choose the rules worth having, those of one field first, for they find most, and make of `people` the table `keyed`, which has their keys."""
    candidates: list[Rule] = []
    names = [place for place, field in enumerate(fields) if field.how == How.NAME]
    others = [place for place, field in enumerate(fields) if field.how not in (How.NAME, How.EXACT)]
    long = [place for place in others if _length(pad, place) >= _SHORTEST]
    single = [(place,) for place in long]
    double = [*combinations(names, 2), *((name, other) for name in names for other in long)]
    for places in [*single, *double]:
        rule, share = _measured(pad, places, budget=_PER_CUSTOMER * customers + _BESIDE)
        # A field most of whose values are shared by many (a town) makes no rule by itself.
        if rule.pairs and (len(places) > 1 or share >= 0.5):
            candidates.append(rule)
    candidates.sort(key=lambda one: (len(one.places), one.pairs, one.places))
    kept: list[Rule] = []
    left = _PER_CUSTOMER_ALL * customers + 2 * _BESIDE
    for one in candidates:
        if len(kept) == MOST_RULES:
            break
        # What one of its fields finds by itself, and whole, need not be looked for again.
        if one.pairs <= left and not any(rule.whole and set(rule.places) < set(one.places) for rule in kept):
            left -= one.pairs
            kept.append(replace(one, key=f"k{len(kept)}"))
    _add_keys(pad, kept)
    return kept


def _value(places: tuple[int, ...]) -> str:
    return " || '\x1f' || ".join(f"f{place}" for place in places)


def _length(pad: Any, place: int) -> float:
    return float(pad.execute(f"select coalesce(avg(length(f{place})), 0) from people").fetchall()[0][0])


def _measured(pad: Any, places: tuple[int, ...], *, budget: int) -> tuple[Rule, float]:
    """The rule with the largest blocks that are allowed, and the share of values that are in blocks so small."""
    sizes = pad.execute(
        f"select n, count(*) from (select count(*) n from people where {_value(places)} is not null group by {_value(places)}) "
        "group by n order by n"
    ).fetchall()
    cap = pairs = covered = 0
    for n, blocks in sizes:
        more = n * (n - 1) // 2 * blocks
        if n > BIGGEST_BLOCK or pairs + more > budget:
            break
        cap, pairs, covered = n, pairs + more, covered + n * blocks
    filled = sum(n * blocks for n, blocks in sizes) or 1
    return Rule(places, pairs, cap, whole=covered == filled), covered / filled


def _add_keys(pad: Any, rules: list[Rule]) -> None:
    columns = "".join(f", small_{rule.key}.value as {rule.key}" for rule in rules)
    joins = "".join(
        f" left join (select {_value(rule.places)} as value from people where {_value(rule.places)} is not null "
        f"group by 1 having count(*) between 2 and {rule.biggest}) small_{rule.key} on small_{rule.key}.value = {_value(rule.places)}"
        for rule in rules
    )
    pad.execute(f"create table keyed as select people.*{columns} from people{joins}")
    pad.execute("drop table people")
