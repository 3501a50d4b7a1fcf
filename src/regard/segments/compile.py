"""A segment's conditions → one ClickHouse statement over the ledger and the mirror. Every value is bound.

    people (one row a profile, with its customer's traits)
      any left join  ledger, summed up per profile: one column for each condition about what was done or said
      group by customer  having  the tree

Where the order of interactions matters, the ledger is summed up per customer instead, since a customer's profiles take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from regard.customers.contact.channels import ALL, KIND
from regard.customers.contact.consent.models import NO, YES
from regard.segments.computed.definition import Type
from regard.segments.computed.table import Column
from regard.segments.definition import (
    Agreed,
    Answered,
    Did,
    Group,
    Known,
    Leaf,
    Member,
    Restrained,
    Sequence,
    Suppressed,
    Trait,
    Unit,
    What,
    leaves_of,
)

#: Rows of the ledger with the customer whose they are today.
WITH_CUSTOMERS = (
    "ledger any left join (select profile as lost, customer from people final where $workspace and profile != customer) as merged "
    "on ledger.profile = merged.lost"
)
WHO = "if(merged.customer = 0, ledger.profile, merged.customer)"
MEMBERS = (
    "select customer from segment_members where $workspace and segment = {segment} group by customer "
    "having argMax(entered, (at, entered))"
)


@dataclass(frozen=True)
class Statement:
    """Selects `customer`."""

    sql: str
    values: Mapping[str, object]


@dataclass
class _Parts:
    now: datetime
    branches: Mapping[int, list[int]]  # unit → itself and all below
    by_customer: bool
    computed: Mapping[str, Column]  # by the trait's name
    values: dict[str, object] = field(default_factory=dict)
    traits: dict[str, str] = field(default_factory=dict)  # trait → column
    inner: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)  # which rows of the ledger any condition looks at
    worked: dict[str, str] = field(default_factory=dict)  # computed trait → column

    def bind(self, value: object, kind: str) -> str:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"{{{name}:{kind}}}"

    def moment(self, at: datetime) -> str:
        return self.bind(at.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3], "DateTime64(3, 'UTC')")

    def trait(self, name: str) -> str:
        if name in self.computed:
            self.worked.setdefault(name, f"worked_{len(self.worked)}")
            return self.computed[name].value(f"any(worked.{self.worked[name]})")
        if name not in self.traits:
            self.traits[name] = f"trait_{len(self.traits)}"
        return f"any(person.{self.traits[name]})"

    def summed(self, aggregate: str, rows: str) -> str:
        """A column of the ledger's side; its name."""
        name = f"sum_{len(self.inner)}"
        self.inner.append(f"{aggregate} as {name}")
        if rows not in self.wanted:
            self.wanted.append(rows)
        return name

    def total(self, name: str) -> str:
        return f"any(acts.{name})" if self.by_customer else f"sum(acts.{name})"


def compile(
    definition: Group,
    *,
    now: datetime,
    branches: Mapping[int, list[int]],
    computed: Mapping[str, Column],
    within_units: bool = False,
) -> Statement:
    """`within_units`: only customers whose home or any of whose rows is in the reader's units (bound as `units` by the scope)."""
    by_customer = any(isinstance(leaf, Sequence) for leaf in leaves_of(definition))
    parts = _Parts(now, branches, by_customer, computed)
    having = _tree(definition, parts)
    if within_units:
        seen = parts.total(parts.summed("count()", "true"))
        having = f"({having}) and (any(person.home_unit) in {{units:Array(UInt32)}} or {seen} > 0)"
    traits = "".join(f", traits[{parts.bind(name, 'String')}] as {column}" for name, column in parts.traits.items())
    roots = " and profile = customer" if by_customer or not parts.inner else ""
    person = f"(select profile, customer, home_unit, namespaces{traits} from people final where $workspace and not is_account{roots}) as person"
    sql = f"select person.customer as customer from {person}{_worked(parts)}{_acts(parts)} group by customer having {having}"
    return Statement(sql, parts.values)


def _worked(parts: _Parts) -> str:
    """One row a customer, with a column for each computed trait that is asked for."""
    if not parts.worked:
        return ""
    found, chosen = [], []
    for name, column in parts.worked.items():
        rows, values = parts.computed[name].rows(column)
        parts.values |= values
        found.append(f"maxIf(value, {rows}) as {column}")
        chosen.append(f"({rows})")
    worked = f"select customer, {', '.join(found)} from computed where $workspace and ({' or '.join(chosen)}) group by customer"
    return f" any left join ({worked}) as worked on person.customer = worked.customer"


def _acts(parts: _Parts) -> str:
    if not parts.inner:
        return ""
    rows = "" if "true" in parts.wanted else f" and ({' or '.join(parts.wanted)})"
    source, who = ("ledger", "profile") if not parts.by_customer else (WITH_CUSTOMERS, WHO)
    summed = f"select {who} as who, {', '.join(parts.inner)} from {source} where $scope{rows} group by who"
    return f" any left join ({summed}) as acts on person.profile = acts.who"


def _tree(group: Group, parts: _Parts) -> str:
    if not group.of:
        return "true"
    told = [_tree(one, parts) if isinstance(one, Group) else _leaf(one, parts) for one in group.of]
    joined = (" and " if group.kind == "all" else " or ").join(f"({one})" for one in told)
    return f"not ({joined})" if group.kind == "none" else joined


def _leaf(leaf: Leaf, parts: _Parts) -> str:
    match leaf:
        case Trait():
            return _trait(leaf, parts)
        case Unit():
            units = sorted({unit for one in leaf.units for unit in parts.branches.get(one, [])})
            return f"any(person.home_unit) in {parts.bind(units, 'Array(UInt32)')}"
        case Known():
            return f"has(any(person.namespaces), {parts.bind(leaf.namespace, 'String')})"
        case Did():
            rows = _rows(leaf.what, parts, leaf.days)
            return f"{parts.total(parts.summed(f'countIf({rows})', rows))} {leaf.op} {parts.bind(leaf.times, 'UInt32')}"
        case Answered():
            return _answered(leaf, parts)
        case Sequence():
            first, then = (_rows(what, parts, leaf.days) for what in (leaf.first, leaf.then))
            window = leaf.within * 86_400
            reached = parts.summed(
                f"windowFunnel({window}, 'strict_increase')(toDateTime(at), {first}, {then})", f"({first}) or ({then})"
            )
            return f"{parts.total(reached)} >= 2"
        case Agreed():
            return _agreed(leaf, parts)
        case Suppressed():
            return _suppressed(leaf, parts)
        case Restrained():
            return _restrained(leaf, parts)
        case Member():
            return f"person.customer in ({MEMBERS.format(segment=parts.bind(leaf.segment, 'UInt32'))})"


def _agreed(leaf: Agreed, parts: _Parts) -> str:
    """The last word counts, and of two at one moment the one that says no, by whichever profile of theirs it was said."""
    channel, no = parts.bind(leaf.channel, "String"), parts.bind(sorted(NO), "Array(String)")
    last = f"(at, decision in {no}, id)"
    word = f"if(countIf(channel = {channel}) > 0, argMaxIf(decision, {last}, channel = {channel}), argMaxIf(decision, {last}, channel = '{ALL}'))"
    said = (
        f"select whose.customer from (select * from consents final where $workspace and purpose = {parts.bind(leaf.purpose, 'String')} "
        f"and channel in ({channel}, '{ALL}')) as said inner join (select profile, customer from people final where $workspace) as whose "
        "using profile group by whose.customer"
    )
    match leaf.says:
        case "yes":
            return f"person.customer in ({said} having {word} in {parts.bind(sorted(YES), 'Array(String)')})"
        case "no":
            return f"person.customer in ({said} having {word} in {no})"
        case _:
            return f"person.customer not in ({said})"


def _suppressed(leaf: Suppressed, parts: _Parts) -> str:
    kind = f"has(kinds, {parts.bind(KIND[leaf.channel], 'String')})" if leaf.channel != "any" else "notEmpty(kinds)"
    listed = f"select customer from suppressed final where $workspace and {kind}"
    return f"person.customer {'in' if leaf.says == 'yes' else 'not in'} ({listed})"


def _restrained(leaf: Restrained, parts: _Parts) -> str:
    """Theirs by any of their profiles, their home unit's or that of one above it, or everybody's. When it ends is seen when it is read."""
    now = parts.bind(parts.now.strftime("%Y-%m-%d %H:%M:%S.%f"), "DateTime64(6, 'UTC')")
    holds = f"not lifted and begins <= {now} and ifNull(until > {now}, true)"
    if leaf.reason != "any":
        holds += f" and reason = {parts.bind(leaf.reason, 'String')}"
    for column, wanted in (("channels", leaf.channel), ("purposes", leaf.purpose)):
        if wanted != "any":
            holds += f" and (empty({column}) or has({column}, {parts.bind(wanted, 'String')}))"
    held = f"(select profile, unit from restraints final where $workspace and {holds})"
    pairs = [(above, one) for above, all in parts.branches.items() for one in all]
    above, below = (parts.bind([pair[side] for pair in pairs], "Array(UInt32)") for side in (0, 1))
    own = (
        f"select whose.customer from (select * from {held} where profile > 0) as held "
        "inner join (select profile, customer from people final where $workspace) as whose using profile"
    )
    units = (
        f"select pair.2 from (select arrayJoin(arrayZip({above}, {below})) as pair) "
        f"where pair.1 in (select unit from {held} where profile = 0 and unit > 0)"
    )
    everybody = f"(select count() from {held} where profile = 0 and unit = 0) > 0"
    told = f"(person.customer in ({own}) or any(person.home_unit) in ({units}) or {everybody})"
    return told if leaf.says == "yes" else f"not {told}"


def _trait(leaf: Trait, parts: _Parts) -> str:
    column = parts.trait(leaf.name)
    first = leaf.values[0] if leaf.values else ""
    if leaf.op in ("is", "is not") and (worked := parts.computed.get(leaf.name)):
        return f"{'not ' if leaf.op == 'is not' else ''}{_same(worked, leaf, column, parts)}"
    match leaf.op:
        case "known":
            return f"{column} != ''"
        case "unknown":
            return f"{column} = ''"
        case "is":
            return f"{column} in {parts.bind(list(leaf.values), 'Array(String)')}"
        case "is not":
            return f"{column} not in {parts.bind(list(leaf.values), 'Array(String)')}"
        case "contains":
            return f"positionCaseInsensitiveUTF8({column}, {parts.bind(first, 'String')}) > 0"
        case "starts with":
            return f"startsWithUTF8(lowerUTF8({column}), lowerUTF8({parts.bind(first, 'String')}))"
        case "has":
            return f"hasAny(JSONExtract({column}, 'Array(String)'), {parts.bind(list(leaf.values), 'Array(String)')})"
        case ">=" | "<=" | "=":
            return f"ifNull(toFloat64OrNull({column}) {leaf.op} {parts.bind(float(first), 'Float64')}, false)"
        case "before" | "after":
            sign = "<" if leaf.op == "before" else ">"
            return (
                f"ifNull(toDate(parseDateTime64BestEffortOrNull({column})) {sign} {parts.bind(first, 'Date')}, false)"
            )
        case "last days":
            since = parts.moment(parts.now - timedelta(days=float(first)))
            return f"ifNull(parseDateTime64BestEffortOrNull({column}, 3, 'UTC') >= {since}, false)"


def _same(worked: Column, leaf: Trait, column: str, parts: _Parts) -> str:
    """Numbers as numbers: `12.5` is `12.50`. A list is what it lists. What is no number is nobody's."""
    values = parts.bind(list(leaf.values), "Array(String)")
    if worked.type is Type.LIST:
        return f"hasAny(JSONExtract({column}, 'Array(String)'), {values})"
    if not worked.numeric:
        return f"({column} in {values})"
    numbers = f"arrayMap(text -> toFloat64OrNull(text), {values})"
    return f"ifNull(has({numbers}, toFloat64OrNull({column})) and {column} != '', false)"


def _answered(leaf: Answered, parts: _Parts) -> str:
    rows = f"kind = 'answer' and isNotNull(score) and metric = {parts.bind(leaf.metric, 'String')}"
    if leaf.touchpoint is not None:
        rows += f" and touchpoint = {parts.bind(leaf.touchpoint, 'UInt32')}"
    rows += _since(parts, leaf.days)
    score = parts.bind(leaf.score, "Float64")
    if leaf.which == "any":
        return f"{parts.total(parts.summed(f'countIf({rows} and assumeNotNull(score) {leaf.op} {score})', rows))} > 0"
    value = parts.summed(f"argMaxIf(assumeNotNull(score), at, {rows})", rows)
    at = parts.summed(f"maxIf(at, {rows})", rows)
    return f"max(acts.{at}) > toDateTime64(0, 3, 'UTC') and argMax(acts.{value}, acts.{at}) {leaf.op} {score}"


def _rows(what: What, parts: _Parts, days: int | None) -> str:
    return interactions(what, parts.bind) + _since(parts, days)


def interactions(what: What, bind: Callable[[object, str], str]) -> str:
    """The condition on rows of the ledger; `bind` takes a value and its type, and gives the placeholder."""
    rows = "kind = 'interaction'"
    if what.touchpoint is not None:
        rows += f" and touchpoint = {bind(what.touchpoint, 'UInt32')}"
    for name in ("channel", "outcome", "event"):
        if value := getattr(what, name):
            rows += f" and {name} = {bind(value, 'String')}"
    return rows


def _since(parts: _Parts, days: int | None) -> str:
    if days is None:
        return ""
    return f" and at >= {parts.moment(parts.now - timedelta(days=days))}"
