"""A question as a value: built once from a page's, the API's or the command line's parameters, then a pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from regard.metrics.dimensions import By, read_by
from regard.metrics.measures import MEASURES, Measure
from regard.metrics.period import BadQuery, Period, read_period

#: All time.
ALWAYS = Period()
Compare = Literal["", "previous", "year"]


@dataclass(frozen=True)
class Filter:
    """Rows whose dimension has one of these values (or none of them)."""

    by: By
    values: tuple[str, ...]
    excluded: bool = False


@dataclass(frozen=True)
class Query:
    measure: Measure
    by: By | None = None
    filters: tuple[Filter, ...] = ()
    period: Period = ALWAYS
    compare: Compare = ""

    @property
    def compared(self) -> Period | None:
        if self.compare == "previous":
            return self.period.before()
        return self.period.year_before() if self.compare == "year" else None


def read_query(
    *,
    metric: str,
    by: str = "",
    where: Sequence[str] = (),
    first: str = "",
    last: str = "",
    lasting: str = "",
    compare: str = "",
    today: date,
) -> Query:
    """From text to a Query. `where` holds `dimension=value` or `dimension!=value`; the same dimension twice means either.

    Raises BadQuery with a sentence that says what to write.
    """
    measure = MEASURES.get(metric)
    if measure is None:
        raise BadQuery(
            _("There is no metric “%(name)s”. Choose one of: %(names)s.")
            % {"name": metric[:60], "names": ", ".join(MEASURES)},
            "metric",
        )
    return Query(
        measure=measure,
        by=read_by(by) if by else None,
        filters=read_filters(where),
        period=read_period(first=first, last=last, lasting=lasting, today=today),
        compare=_compare(compare),
    )


def _compare(text: str) -> Compare:
    for known in ("", "previous", "year"):
        if text == known:
            return known
    raise BadQuery(_("Compare with “previous” or “year”, or leave it out."), "compare")


def read_filters(where: Sequence[str]) -> tuple[Filter, ...]:
    found: dict[tuple[str, bool], list[str]] = {}
    for text in where:
        left, equals, value = text.partition("=")
        excluded = left.endswith("!")
        if not equals:
            raise BadQuery(
                _("“%(text)s” is not a filter; write dimension=value, such as channel=phone.") % {"text": text[:80]},
                "where",
            )
        found.setdefault((left.rstrip("!").strip(), excluded), []).append(value.strip()[:500])
    if len(found) > 20:
        raise BadQuery(_("Use at most 20 filters."), "where")
    return tuple(
        Filter(read_by(name, field="where"), tuple(values), excluded) for (name, excluded), values in found.items()
    )


def parameters(query: Query) -> Mapping[str, object]:
    """The URL parameters that ask this again."""
    found: dict[str, object] = {"metric": query.measure.name}
    if query.by:
        found["by"] = query.by.name
    if query.period.first:
        found["from"] = query.period.first.isoformat()
    if query.period.last:
        found["to"] = query.period.last.isoformat()
    if query.compare:
        found["compare"] = query.compare
    where = [f"{f.by.name}{'!' if f.excluded else ''}={value}" for f in query.filters for value in f.values]
    return {**found, **({"where": where} if where else {})}
