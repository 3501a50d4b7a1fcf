"""Reading segments: how many fit, who belongs, who came and went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from regard.segments.compile import Statement, compile
from regard.segments.definition import BadDefinition, Group, Member, leaves_of
from regard.segments.models import Segment
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.units.models import branches


@dataclass(frozen=True)
class Fit:
    """How many customers fit, of how many the reader may see."""

    count: int
    total: int


def fit(scope: Scope, definition: Group, *, now: datetime) -> Fit:
    chosen, everyone = _statement(scope, definition, now), _statement(scope, Group(kind="all"), now)
    values = {f"all_{name}": value for name, value in everyone.values.items()} | dict(chosen.values)
    sql = f"select (select count() from ({chosen.sql})), (select count() from ({everyone.sql}))"
    ((count, total),) = warehouse().select(scope, sql, values)
    return Fit(int(count), int(total))


def fitting(scope: Scope, definition: Group, *, now: datetime, limit: int = 20) -> list[int]:
    """Some customers who fit, by id."""
    statement = _statement(scope, definition, now)
    rows = warehouse().select(
        scope, f"{statement.sql} order by customer limit {{most:UInt32}}", {**statement.values, "most": limit}
    )
    return [int(customer) for (customer,) in rows]


def members(scope: Scope, segment: int, *, limit: int, after: int = 0) -> list[tuple[int, datetime]]:
    """Who belongs to it, as last worked out, and since when; by id after `after`."""
    rows = warehouse().select(
        scope,
        "select customer, max(at) from segment_members where $workspace and segment = {segment:UInt32} and customer > {after:UInt64} "
        "group by customer having argMax(entered, (at, entered)) order by customer limit {limit:UInt32}",
        {"segment": segment, "after": after, "limit": limit},
    )
    return [(int(customer), at) for customer, at in rows]


def members_among(scope: Scope, segment: int, customers: Iterable[int]) -> set[int]:
    """Which of these customers belong to it."""
    rows = warehouse().select(
        scope,
        "select customer from segment_members where $workspace and segment = {segment:UInt32} and customer in {customers:Array(UInt64)} "
        "group by customer having argMax(entered, (at, entered))",
        {"segment": segment, "customers": list(customers)},
    )
    return {int(customer) for (customer,) in rows}


def segments_of(scope: Scope, customer: int) -> list[Segment]:
    """The segments that a customer belongs to."""
    rows = warehouse().select(
        scope,
        "select segment from segment_members where $workspace and customer = {customer:UInt64} group by segment "
        "having argMax(entered, (at, entered))",
        {"customer": customer},
    )
    ids = [int(segment) for (segment,) in rows]
    return list(Segment.objects.filter(workspace_id=scope.workspace, pk__in=ids, retired=None))


def history_of(scope: Scope, profiles: Sequence[int]) -> list[tuple[str, datetime, bool]]:
    """Every coming (True) and going of a customer, by any of their profiles, with the segment's name."""
    rows = warehouse().select(
        scope,
        "select segment, at, entered from segment_members where $workspace and customer in {customers:Array(UInt64)} order by at",
        {"customers": list(profiles)},
    )
    names = dict(Segment.objects.filter(workspace_id=scope.workspace).values_list("pk", "name"))
    return [(names.get(int(segment), f"#{segment}"), at, bool(entered)) for segment, at, entered in rows]


@dataclass(frozen=True)
class Day:
    day: datetime
    entered: int
    left: int


def comings_and_goings(scope: Scope, segment: int, *, since: datetime) -> list[Day]:
    rows = warehouse().select(
        scope,
        "select toStartOfDay(at) as day, countIf(entered), countIf(not entered) from segment_members "
        "where $workspace and segment = {segment:UInt32} and at >= {since:DateTime64(3, 'UTC')} group by day order by day",
        {"segment": segment, "since": since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")},
    )
    return [Day(day, int(entered), int(left)) for day, entered, left in rows]


def changes_since(scope: Scope, segment: int, since: datetime | None) -> Sequence[tuple[int, bool, datetime]]:
    """Who came (True) or went since then."""
    moment = (since or datetime.fromtimestamp(0, UTC)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    rows = warehouse().select(
        scope,
        "select customer, entered, at from segment_members where $workspace and segment = {segment:UInt32} "
        "and at > {since:DateTime64(3, 'UTC')} order by at, customer limit 200000",
        {"segment": segment, "since": moment},
    )
    return [(int(customer), bool(entered), at) for customer, entered, at in rows]


def trait_names(scope: Scope) -> list[str]:
    """Traits that customers have, the commonest first."""
    rows = warehouse().select(
        scope,
        "select name from (select arrayJoin(mapKeys(traits)) as name from people where $workspace limit 200000) "
        "group by name order by count() desc, name limit 200",
    )
    return [name for (name,) in rows]


def trait_counts(scope: Scope) -> dict[str, int]:
    """How many customers have each trait, the commonest first."""
    rows = warehouse().select(
        scope,
        "select arrayJoin(mapKeys(traits)) as name, count() as n from people final where $workspace and profile = customer and not is_account "
        "group by name order by n desc, name limit 500",
    )
    return {name: int(n) for name, n in rows}


def trait_values(scope: Scope, trait: str) -> list[str]:
    rows = warehouse().select(
        scope,
        "select value from (select traits[{trait:String}] as value from people where $workspace limit 200000) where value != '' "
        "group by value order by count() desc limit 50",
        {"trait": trait},
    )
    return [value for (value,) in rows]


def _statement(scope: Scope, definition: Group, now: datetime) -> Statement:
    return compile(definition, now=now, branches=below(scope.workspace), within_units=scope.units is not None)


def below(workspace: int) -> dict[int, list[int]]:
    """Each unit with itself and all below."""
    found: dict[int, list[int]] = {}
    for branch in branches(workspace):
        for above in branch.path:
            found.setdefault(above, []).append(branch.id)
    return found


def check_named(scope: Scope, group: Group, *, itself: int | None = None) -> Group:
    """Other segments that are named are of this workspace, and none is the segment itself. Raises BadDefinition."""
    named = {leaf.segment for leaf in leaves_of(group) if isinstance(leaf, Member)}
    own = set(Segment.objects.filter(workspace_id=scope.workspace, pk__in=named).values_list("pk", flat=True))
    if named - own:
        raise BadDefinition(_("One of the segments that are named does not exist."))
    if itself is not None and itself in named:
        raise BadDefinition(_("A segment cannot be a condition of itself."))
    return group
