"""Who comes first: a queue can raise the priority by one step for customers who are worth much, and by one for the lowest scores. No more is
weighed than that, so that a sentence says all of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regard.care.queues.models import Priority, Queue
from regard.customers.contact.arrays import ints
from regard.customers.traits.models import Trait
from regard.web import numbers

#: The lowest fifth of each scale, by what a case calls it.
LOWEST = {"NPS": 2.0, "CSAT": 1.0, "CES": 1.0, "RATING": 1.0, "EMOTION": -2.0}
_SCORE = re.compile(r"([A-Z]+) (-?\d+(?:\.\d+)?)")
#: The same of a column in SQL, with `lowest_bounds()`. A cast before the look at what is cast would fail on other texts.
LOWEST_IN = """exists (select from unnest(%(metrics)s::text[], %(bounds)s::float8[]) as lowest(metric, bound) where case
    when {score} ~ '^[A-Z]+ -?\\d{{1,9}}([.]\\d{{1,9}})?$' then split_part({score}, ' ', 1) = metric and split_part({score}, ' ', 2)::float8 <= bound
    else false end)"""
#: From which value on a customer of the queue `q` is worth much.
LEAST = "case when q.value_top is not null then q.value_cut else q.value_from end"
#: A trait as a number; None where it is none. Also of one that a source writes as text.
VALUE = """case jsonb_typeof({traits} -> {name}) when 'number' then ({traits} ->> {name})::float8
    when 'string' then case when {traits} ->> {name} ~ '^[+-]?\\d{{1,15}}([.]\\d{{1,9}})?$' then ({traits} ->> {name})::float8 end end"""


@dataclass(frozen=True)
class Weighed:
    priority: int
    #: What raised it; "" where nothing did.
    why: str = ""

    @property
    def told(self) -> str:
        """`high: lifetime value 4,200 (from 4,000), NPS 1`."""
        return f"{Priority(self.priority).label}: {self.why or _('neither value nor score raises it')}"


class Weigher:
    """What the customers of some cases are worth, looked up once."""

    def __init__(self, queues: Iterable[Queue], profiles: Collection[int]) -> None:
        queues = list(queues)
        names = {one.value_trait for one in queues if one.value_trait and one.value_least is not None}
        self._traits = Trait.of(queues[0].workspace_id) if names else {}
        self._values = _values(names, profiles) if names and profiles else {}

    def weigh(self, queue: Queue, priority: int, *, profile: int | None, score: str) -> Weighed:
        reasons = [
            one
            for one in (self._worth(queue, profile), score if queue.raises_lowest and is_lowest(score) else "")
            if one
        ]
        return Weighed(max(Priority.URGENT, priority - len(reasons)), ", ".join(reasons))

    def _worth(self, queue: Queue, profile: int | None) -> str:
        value, least = self._values.get((profile or 0, queue.value_trait)), queue.value_least
        if value is None or least is None or value < least:
            return ""
        trait = self._traits.get(queue.value_trait)
        currency = trait.currency if trait else ""
        said = {
            "what": trait or queue.value_trait,
            "value": _shown(value, currency),
            "least": _shown(least, currency),
            "share": queue.value_top,
        }
        if queue.value_top is not None:
            return _("%(what)s %(value)s, of the highest %(share)s %% (from %(least)s)") % said
        return _("%(what)s %(value)s (from %(least)s)") % said


def lowest_bounds() -> dict[str, list[str] | list[float]]:
    return {"metrics": list(LOWEST), "bounds": list(LOWEST.values())}


def is_lowest(score: str) -> bool:
    """Whether a score, as cases hold it (`NPS 1`), lies at the bottom of its scale."""
    found = _SCORE.fullmatch(score)
    return found is not None and found[1] in LOWEST and float(found[2]) <= LOWEST[found[1]]


def _shown(value: float, currency: str) -> str:
    return numbers.money(value, currency) if currency else numbers.decimal(value, 0 if value == int(value) else 2)


def _values(names: Collection[str], profiles: Collection[int]) -> dict[tuple[int, str], float]:
    """By profile and trait, of whose customer it is today."""
    number = VALUE.format(traits="coalesce(whose.traits, mine.traits)", name="given.name")
    with connection.cursor() as cursor:
        cursor.execute(
            f"select mine.id, given.name, {number} from customers_profile mine left join customers_profile whose on whose.id = mine.merged_into_id "
            "cross join unnest(%s::text[]) as given(name) where mine.id = any(%s)",
            [list(names), ints(profiles)],
        )
        return {(profile, name): value for profile, name, value in cursor.fetchall() if value is not None}


_CUT = f"""
select min(value) from (
    select value, cume_dist() over (order by value desc) as share from (
        select {VALUE.format(traits="traits", name="%(name)s")} as value from customers_profile
        where workspace_id = %(workspace)s and merged_into_id is null and not is_account and traits ? %(name)s
    ) as each where value is not null
) as shared where share <= %(top)s / 100.0
"""


def cut_of(workspace: int, trait: str, top: int) -> float | None:
    """From which value on a customer belongs to the highest so many percent of those who have one. Where many have the same value, rather
    fewer than more; None where that leaves nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CUT, {"workspace": workspace, "name": trait, "top": top})
        found: float | None = cursor.fetchone()[0]
    return found


def weighing() -> QuerySet[Queue]:
    """Queues that raise priorities by value or scores."""
    return Queue.objects.exclude(value_trait="", raises_lowest=False)


def set_cut(queue: Queue, *, now: datetime) -> None:
    """What the highest so many percent begin at today."""
    queue.value_cut = (
        cut_of(queue.workspace_id, queue.value_trait, queue.value_top)
        if queue.value_trait and queue.value_top
        else None
    )
    queue.value_cut_at = now if queue.value_top else None
    queue.save(update_fields=["value_cut", "value_cut_at"])


def set_cuts(*, now: datetime) -> int:
    """Of every queue that goes by a share. Returns how many there are."""
    found = Queue.objects.filter(retired=None).exclude(value_trait="").exclude(value_top=None)
    for queue in found:
        set_cut(queue, now=now)
    return len(found)
