"""Reading proposals: those that wait for a decision, as customers are joined and taken apart meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from regard.customers.duplicates.fields import EMAIL, FAMILY, GIVEN, PHONE, Field
from regard.customers.duplicates.models import DuplicateRun, DuplicateSettings
from regard.customers.identity.models import Identifier, Link
from regard.customers.identity.names import titled
from regard.customers.identity.rules import Rules
from regard.customers.people.models import Profile
from regard.customers.people.queries import Person, heard_of, persons, visible
from regard.warehouse.scope import Scope

#: Proposals looked at for a member of some units, likeliest first: whom they may see is found out for each.
_MOST_CANDIDATES = 2_000
_AT_ONCE = 200
#: Where one bar of the distribution ends and the next begins.
BANDS = (0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999)

_WAITING = """
with ends as (
    select p.id, p.run_id, p.probability, p.weight, p.evidence, coalesce(l.merged_into_id, l.id) as a, coalesce(h.merged_into_id, h.id) as b
    from customers_proposal p join customers_profile l on l.id = p.low_id join customers_profile h on h.id = p.high_id
    where p.workspace_id = %(workspace)s and p.probability >= %(least)s and p.probability <= %(most)s
        and (%(differs)s::int is null or p.evidence -> %(differs)s::int ->> 0 in ('differ', 'close'))
), decided as (
    select coalesce(l.merged_into_id, l.id) as a, coalesce(h.merged_into_id, h.id) as b
    from customers_link k join customers_profile l on l.id = k.low_id join customers_profile h on h.id = k.high_id
    where k.workspace_id = %(workspace)s and k.decision = any(%(decided)s)
), waiting as (
    select distinct on (least(a, b), greatest(a, b)) id, run_id, least(a, b) as low, greatest(a, b) as high, probability, weight, evidence
    from ends where a != b and not exists (
        select 1 from decided d where least(d.a, d.b) = least(ends.a, ends.b) and greatest(d.a, d.b) = greatest(ends.a, ends.b)
    ) order by least(a, b), greatest(a, b), probability desc, id
)
"""


@dataclass(frozen=True)
class Wanted:
    """Which proposals: between two probabilities, and perhaps only where one field (by its place) does not agree."""

    least: float = 0.0
    most: float = 1.0
    differs: int | None = None


@dataclass(frozen=True)
class Waiting:
    """A pair of customers, as they are today, that nobody has decided."""

    id: int
    run: int
    low: int
    high: int
    probability: float
    weight: float
    evidence: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Row:
    """One field of two customers beside each other."""

    title: str
    one: str
    other: str
    state: str
    weight: float


@dataclass(frozen=True)
class Pair:
    id: int
    customers: tuple[Person, Person]
    heard: tuple[object, object]
    probability: float
    weight: float
    rows: tuple[Row, ...]
    conflicts: tuple[str, ...]  # kinds of id of which a person has one, and they have one each

    @property
    def percent(self) -> float:
        return 100 * self.probability


def waiting(scope: Scope, wanted: Wanted, *, limit: int, offset: int = 0) -> list[Waiting]:
    """Pairs both of whose customers the scope may see, the likeliest first."""
    if scope.units is None:
        return _page(scope.workspace, wanted, limit, offset)
    found: list[Waiting] = []
    for start in range(0, _MOST_CANDIDATES, _AT_ONCE):
        some = _page(scope.workspace, wanted, _AT_ONCE, start)
        seen = visible(scope, {end for one in some for end in (one.low, one.high)})
        found += [one for one in some if one.low in seen and one.high in seen]
        if len(some) < _AT_ONCE or len(found) >= offset + limit:
            break
    return found[offset : offset + limit]


def one_waiting(scope: Scope, id: int) -> Waiting | None:
    """A pair by its proposal, if it still waits and the scope may see both."""
    found = next(iter(_read(scope.workspace, Wanted(), "where id = %(id)s", id=id)), None)
    if found is None or not visible(scope, {found.low, found.high}) >= {found.low, found.high}:
        return None
    return found


def everything(workspace: int, threshold: float) -> Iterator[Waiting]:
    """All pairs of the workspace at or above a probability, the likeliest first."""
    return _read(workspace, Wanted(least=threshold), "")


def count_waiting(workspace: int, wanted: Wanted | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING + "select count(*) from waiting", _bound(workspace, wanted or Wanted()))
        return int(cursor.fetchone()[0])


def distribution(workspace: int) -> list[int]:
    """How many pairs wait in each band of probability; one more than there are BANDS."""
    with connection.cursor() as cursor:
        cursor.execute(
            _WAITING + "select width_bucket(probability, %(bands)s::float[]), count(*) from waiting group by 1",
            {**_bound(workspace, Wanted()), "bands": list(BANDS)},
        )
        counts = dict(cursor.fetchall())
    return [counts.get(band, 0) for band in range(len(BANDS) + 1)]


def last_search(workspace: int) -> DuplicateRun | None:
    """The search whose proposals are shown."""
    return DuplicateRun.objects.filter(workspace_id=workspace, kind="search", outcome="done").first()


def going_on(workspace: int) -> DuplicateRun | None:
    return DuplicateRun.objects.filter(workspace_id=workspace, ended=None).first()


def latest(workspace: int) -> DuplicateRun | None:
    return DuplicateRun.objects.filter(workspace_id=workspace).first()


def pairs(scope: Scope, found: list[Waiting]) -> list[Pair]:
    """With both customers' values beside each other, read now."""
    ids = {end for one in found for end in (one.low, one.high)}
    people = {person.id: person for person in persons(scope, Profile.objects.filter(pk__in=ids))}
    heard = heard_of(scope, ids)
    anchors = anchors_of(scope.workspace, ids)
    fields = {run.pk: run.compared_fields for run in DuplicateRun.objects.filter(pk__in={one.run for one in found})}
    return [
        Pair(
            one.id,
            (people[one.low], people[one.high]),
            (heard.get(one.low), heard.get(one.high)),
            one.probability,
            one.weight,
            tuple(_rows(fields[one.run], one, people[one.low], people[one.high])),
            tuple(titled(kind) for kind in conflicts([anchors.get(one.low, {}), anchors.get(one.high, {})])),
        )
        for one in found
    ]


def anchors_of(workspace: int, customers: Iterable[int]) -> dict[int, dict[str, set[str]]]:
    """Customer → kind → values, of the kinds of id of which a person has only one."""
    rules, ids = Rules.of(workspace), list(customers)
    kinds = [kind for kind in rules.kinds if rules.single(kind)]
    found: dict[int, dict[str, set[str]]] = {}
    for start in range(0, len(ids), 5_000):
        some = ids[start : start + 5_000]
        held = Identifier.objects.filter(workspace_id=workspace, namespace__in=kinds, shared=None, aliased=False)
        rows = held.filter(profile__in=some).values_list("profile", "namespace", "value")
        merged = held.filter(profile__merged_into__in=some).values_list("profile__merged_into", "namespace", "value")
        for customer, kind, value in [*rows, *merged]:
            assert customer is not None
            found.setdefault(customer, {}).setdefault(kind, set()).add(value)
    return found


def conflicts(anchors: list[dict[str, set[str]]]) -> list[str]:
    """Kinds of id of which two of these customers each have their own."""
    found = set()
    for place, one in enumerate(anchors):
        for other in anchors[place + 1 :]:
            found |= {
                kind
                for kind in one.keys() & other.keys()
                if not one[kind] <= other[kind] and not other[kind] <= one[kind]
            }
    return sorted(found)


def compared(workspace: int) -> list[Field]:
    """What the proposals that are shown were compared by."""
    run = last_search(workspace)
    return run.compared_fields if run else DuplicateSettings.of(workspace).chosen


def _page(workspace: int, wanted: Wanted, limit: int, offset: int) -> list[Waiting]:
    return list(_read(workspace, wanted, "", "limit %(limit)s offset %(offset)s", limit=limit, offset=offset))


def _read(workspace: int, wanted: Wanted, where: str, cut: str = "", **more: Any) -> Iterator[Waiting]:
    sql = (
        f"{_WAITING} select id, run_id, low, high, probability, weight, evidence::text from waiting {where} "
        f"order by probability desc, weight desc, id {cut}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**_bound(workspace, wanted), **more})
        rows = cursor.fetchall()
    for id, run, low, high, probability, weight, evidence in rows:
        yield Waiting(id, run, low, high, probability, weight, tuple((state, w) for state, w in json.loads(evidence)))


def _bound(workspace: int, wanted: Wanted) -> dict[str, Any]:
    return {
        "workspace": workspace, "least": wanted.least, "most": wanted.most, "differs": wanted.differs,
        "decided": [Link.Decision.OPEN.value, Link.Decision.APART.value],
    }  # fmt: skip


def _rows(fields: list[Field], found: Waiting, one: Person, other: Person) -> Iterator[Row]:
    for field, (state, weight) in zip(fields, found.evidence, strict=False):
        yield Row(field.title, _value(one, field.source), _value(other, field.source), state, weight)


def _value(person: Person, source: str) -> str:
    if source in (GIVEN, FAMILY):
        first, comma, last = person.name.partition(",")
        words = [last.strip(), first] if comma else person.name.split(" ")
        return (words[0] if len(words) > 1 else "") if source == GIVEN else (words[-1] if words else "")
    if source in (EMAIL, PHONE):
        kind = source.removeprefix("$")
        known = min((known.value for known in person.known_as if known.namespace == kind), default="")
        return known or str(person.traits.get(kind) or "")
    value = person.traits.get(source)
    return "" if value is None else str(value)


def sentence(fields: list[Field], found: Waiting) -> str:
    """Why they are thought to be one, for whoever looks at the customer later. Holds no values."""
    names: dict[str, list[str]] = {}
    for field, (state, _weight) in zip(fields, found.evidence, strict=False):
        names.setdefault(state, []).append(field.title)
    words = {"agree": _("the same: %s"), "close": _("close: %s"), "differ": _("different: %s")}
    told = [text % ", ".join(names[state]) for state, text in words.items() if state in names]
    return "; ".join([_("%(share).1f %% likely") % {"share": 100 * min(found.probability, 0.999)}, *told])
