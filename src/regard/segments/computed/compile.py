"""Computed traits → one ClickHouse statement that works all of them out in one pass over the ledger. Every value is bound.

ledger (each row with the customer whose it is today)
  group by customer: an array with one value a trait
  having  the customer is in the mirror, and no account
  array join: one row for each customer and trait that is not empty
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from regard.segments.compile import WHO, WITH_CUSTOMERS, Statement, interactions
from regard.segments.computed.definition import Definition, Money, Scores
from regard.segments.computed.ground import Ground


@dataclass
class _Parts:
    ground: Ground
    values: dict[str, object] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)  # which rows of the ledger any trait looks at

    def bind(self, value: object, kind: str) -> str:
        name = f"c{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{kind}}}"


#: Of two rows of one moment the same one is the last each time.
_NEWEST = "bitShiftLeft(toInt128(toUnixTimestamp64Milli(at)), 64) + cityHash64(id, part)"
_CUSTOMERS = "select profile from people final where $workspace and profile = customer and not is_account"


def compile(traits: Sequence[tuple[int, Definition]], ground: Ground) -> Statement:
    """Selects `customer`, `trait` and `value`, for what is known and is not none."""
    parts = _Parts(ground)
    found = ", ".join(_value(definition, parts) for _id, definition in traits)
    numbers = parts.bind([id for id, _definition in traits], "Array(UInt32)")
    inner = (
        f"select {WHO} as who, [{found}] as found from {WITH_CUSTOMERS} "
        f"where $workspace and ledger.profile != 0 and ({' or '.join(parts.wanted)}) group by who having who in ({_CUSTOMERS})"
    )
    sql = f"select who as customer, trait, value from ({inner}) array join found as value, {numbers} as trait where value != ''"
    return Statement(sql, parts.values)


def _value(definition: Definition, parts: _Parts) -> str:
    """A text; empty for what is not known, or none."""
    if isinstance(definition, Scores):
        return _score(definition, parts)
    rows = interactions(definition.what, parts.bind) + _since(parts, definition.days)
    if isinstance(definition, Money):
        currency = definition.currency or parts.ground.currency
        same = [currency, ""] if currency == parts.ground.currency else [currency]
        rows += f" and isNotNull(money) and upper(currency) in {parts.bind(same, 'Array(String)')}"
        return _unless_none(f"sumIf(assumeNotNull(money), {_wanted(rows, parts)})")
    zone = parts.bind(str(parts.ground.zone), "String")
    match definition.kind:
        case "number":
            return _unless_none(f"countIf({_wanted(rows, parts)})")
        case "days since":
            day = f"toDate32(maxOrNullIf(at, {_wanted(rows, parts)}), {zone})"
            since = f"dateDiff('day', {day}, {parts.bind(parts.ground.today, 'Date32')})"
            return f"ifNull(toString(if({since} < 0, 0, {since})), '')"  # greatest() would take nothing for 0
        case "first" | "last":
            extreme = "minOrNullIf" if definition.kind == "first" else "maxOrNullIf"
            return f"ifNull(toString(toDate32({extreme}(at, {_wanted(rows, parts)}), {zone})), '')"
        case "touchpoints":
            ids, names = list(parts.ground.touchpoints), list(parts.ground.touchpoints.values())
            named = f"transform(id, {parts.bind(ids, 'Array(UInt32)')}, {parts.bind(names, 'Array(String)')}, '')"
            used = f"groupUniqArrayIf(touchpoint, {_wanted(f'{rows} and touchpoint != 0', parts)})"
            return _list(f"arrayFilter(name -> name != '', arrayMap(id -> {named}, {used}))")
        case "channels":
            return _list(f"groupUniqArrayIf(toString(channel), {_wanted(_some(rows, 'channel'), parts)})")
        case "top channel":
            times = f"sumMapIf(map(toString(channel), toUInt64(1)), {_wanted(_some(rows, 'channel'), parts)})"
            return f"arraySort(one -> (-toInt64(one.2), one.1), arrayZip(mapKeys({times}), mapValues({times})))[1].1"
        case "last outcome":
            return f"toString(argMaxIf(outcome, {_NEWEST}, {_wanted(_some(rows, 'outcome'), parts)}))"


def _score(definition: Scores, parts: _Parts) -> str:
    rows = f"kind = 'answer' and isNotNull(score) and metric = {parts.bind(definition.metric, 'String')}"
    if definition.touchpoint is not None:
        rows += f" and touchpoint = {parts.bind(definition.touchpoint, 'UInt32')}"
    rows = _wanted(rows + _since(parts, definition.days), parts)
    if definition.kind == "last score":
        return f"ifNull(toString(argMaxOrNullIf(assumeNotNull(score), {_NEWEST}, {rows})), '')"
    return f"ifNull(toString(round(avgOrNullIf(assumeNotNull(score), {rows}), 4)), '')"


def _unless_none(number: str) -> str:
    return f"if({number} = 0, '', toString({number}))"


def _list(texts: str) -> str:
    return f"if(empty({texts}), '', toJSONString(arraySort({texts})))"


def _some(rows: str, column: str) -> str:
    return f"{rows} and {column} != ''"


def _since(parts: _Parts, days: int | None) -> str:
    if days is None:
        return ""
    moment = parts.bind(parts.ground.begin(days).strftime("%Y-%m-%d %H:%M:%S.000"), "DateTime64(3, 'UTC')")
    return f" and at >= {moment}"


def _wanted(rows: str, parts: _Parts) -> str:
    if rows not in parts.wanted:
        parts.wanted.append(rows)
    return rows
