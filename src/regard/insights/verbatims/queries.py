"""What customers wrote and said, with what they scored: newest first, filtered and searched in the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from regard.ledger import conversations
from regard.ledger.feeling import feeling
from regard.metrics.dimensions import Names
from regard.metrics.period import Period
from regard.metrics.query import Filter
from regard.metrics.sql import Parts, condition, stamp
from regard.metrics.unnamed import UNNAMED
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.workspaces.models import Workspace

#: What the customer said: a comment, or their turns of a conversation.
_SAID = f"if(kind = 'answer', text, {conversations.WORDS})"
_KEY = "concat(lower(hex(id)), '-', toString(part))"
_COLUMNS = (
    f"at, ledger.profile, touchpoint, channel, unit, metric, score, scale_low, scale_high, {_SAID}, language, {_KEY}"
)


@dataclass(frozen=True)
class Verbatim:
    at: datetime
    profile: int  # 0: anonymous
    touchpoint: str
    channel: str
    unit: str
    metric: str
    score: float | None
    scale_low: int
    scale_high: int
    text: str
    language: str
    #: By which it is found again (`by_key`).
    key: str

    @property
    def feeling(self) -> str:
        """good, mid, bad, or "" where nothing was scored."""
        return feeling(self.metric, self.score, self.scale_low, self.scale_high)


@dataclass(frozen=True)
class Page:
    verbatims: tuple[Verbatim, ...]
    total: int
    more: bool
    withheld: int = 0  # too few of an anonymous programme to be shown


def verbatims(
    scope: Scope, workspace: Workspace, *, text: str = "", filters: Sequence[Filter] = (), period: Period | None = None,
    feeling: str = "", limit: int = 25, offset: int = 0,
) -> Page:  # fmt: skip
    """A page of comments; every word of `text` must occur (accents and case do not matter). Raises BadQuery for unknown names."""
    names, parts = Names.of(workspace.pk), Parts()
    conditions = [
        "$scope",
        "text != ''",
        "kind in ('answer', 'interaction')",
        f"{_SAID} != ''",
        *(condition(filter, names, workspace.zone, parts) for filter in filters),
    ]
    for place, word in enumerate(text.replace("\0", "").split()[:12]):
        conditions.append(f"positionUTF8(lowerUTF8({_SAID}), lowerUTF8({{word_{place}:String}})) > 0")
        parts.values[f"word_{place}"] = word
    if feeling in _FEELINGS:
        conditions.append(_FEELINGS[feeling])
    first, after = (period or Period()).bounds(workspace.zone)
    if first:
        conditions.append("at >= {first:DateTime64(3, 'UTC')}")
        parts.values["first"] = stamp(first)
    if after:
        conditions.append("at < {after:DateTime64(3, 'UTC')}")
        parts.values["after"] = stamp(after)
    wanted = f"ledger{parts.join()} where {' and '.join(conditions)}"
    source, withheld = wanted, 0
    if unnamed := UNNAMED.programmes(workspace.pk):
        parts.values |= {"unnamed": unnamed, "threshold": workspace.threshold}
        source = f"{wanted} and {_NOT_TOO_FEW}"
        ((withheld,),) = warehouse().select(scope, f"select count() from {wanted} and not {_NOT_TOO_FEW}", parts.values)
    rows = warehouse().select(
        scope,
        f"select {_COLUMNS} from {source} "
        "order by at desc, id desc, part desc limit {limit:UInt32} offset {offset:UInt32}",
        {**parts.values, "limit": limit + 1, "offset": offset},
    )
    ((total,),) = warehouse().select(scope, f"select count() from {source}", parts.values)
    return Page(tuple(_verbatim(names, row) for row in rows[:limit]), int(total), len(rows) > limit, int(withheld))


def by_key(scope: Scope, workspace: Workspace, wanted: Mapping[str, datetime]) -> list[Verbatim]:
    """Those with these keys that the scope may see, oldest first; `wanted` says when each was. What was erased or taken back is not there."""
    if not wanted:
        return []
    near = timedelta(seconds=1)  # pages write times without their milliseconds
    first, last = min(wanted.values()) - near, max(wanted.values()) + near
    values: dict[str, object] = {"keys": list(wanted), "first": stamp(first), "last": stamp(last)}
    where = "$scope and at >= {first:DateTime64(3, 'UTC')} and at <= {last:DateTime64(3, 'UTC')} and text != '' "
    where += f"and {_KEY} in {{keys:Array(String)}}"
    if unnamed := UNNAMED.programmes(workspace.pk):
        values |= {"unnamed": unnamed, "threshold": workspace.threshold}
        where += f" and {_NOT_TOO_FEW}"
    names = Names.of(workspace.pk)
    rows = warehouse().select(scope, f"select {_COLUMNS} from ledger where {where} order by at, id, part", values)
    return [_verbatim(names, row) for row in rows]


def choices(scope: Scope, column: str) -> list[str]:
    """The channels or languages that verbatims have, most frequent first."""
    if column not in ("channel", "language"):
        raise ValueError(column)
    sql = (
        f"select {column}, count() as n from ledger where $scope and kind in ('answer', 'interaction') and text != '' and {column} != '' "
        f"group by {column} order by n desc limit 30"
    )
    return [value for value, _ in warehouse().select(scope, sql)]


#: Of anonymous programmes, those of units of which as many have answered that nobody can tell whose they are.
_NOT_TOO_FEW = """(programme not in {unnamed:Array(String)} or (programme, unit) in (
    select programme, unit from ledger where $scope and kind = 'answer' and programme in {unnamed:Array(String)}
    group by programme, unit having uniq(response) >= {threshold:UInt32}))"""
_SHARE = "(score - scale_low) / (scale_high - scale_low)"
_FEELINGS = {
    "good": f"if(metric = 'nps', score >= 9, {_SHARE} >= 0.7)",
    "mid": f"if(metric = 'nps', score >= 7 and score < 9, {_SHARE} >= 0.4 and {_SHARE} < 0.7)",
    "bad": f"if(metric = 'nps', score < 7, {_SHARE} < 0.4)",
}


def _verbatim(names: Names, row: tuple[Any, ...]) -> Verbatim:
    at, profile, touchpoint, channel, unit, metric, score, low, high, text, language, key = row
    where = names.touchpoint(touchpoint) if touchpoint else ""
    return Verbatim(at, profile, where, channel, names.unit(unit), metric, score, low, high, text, language, key)
