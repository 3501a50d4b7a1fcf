"""From the page's address to the question, and the choices the page offers."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from regard.insights.verbatims.queries import choices
from regard.insights.verbatims.quotes import METRICS
from regard.ledger.touchpoints.models import Touchpoint
from regard.metrics.dimensions import DIMENSIONS, By
from regard.metrics.periods import LASTING
from regard.metrics.query import Filter
from regard.warehouse.scope import Scope
from regard.workspace.units.field import within

#: Filters of the page that are dimensions of the metrics too.
_BY = ("touchpoint", "channel", "unit", "language")


@dataclass(frozen=True)
class Offer:
    """One filter: its name in the address, its label, value → label of what can be chosen, and what no
    choice means.
    """

    name: str
    label: str
    options: dict[str, str]
    any: str


def filters(given: QueryDict) -> tuple[Filter, ...]:
    return tuple(Filter(By(DIMENSIONS[name]), (str(given[name])[:500],)) for name in _BY if given.get(name))


def words(given: QueryDict) -> str:
    return given.get("q", "").replace("\0", "").strip()[:200]


def tone() -> Offer:
    return Offer("tone", _("Tone"), {"bad": _("unhappy"), "mid": _("in between"), "good": _("happy")}, _("Happy or not"))


def period() -> Offer:
    return Offer("last", _("Period"), {name: str(label) for name, label in LASTING.items() if name != "all"}, _("All time"))


def offered(scope: Scope) -> list[Offer]:
    touchpoints = Touchpoint.objects.filter(workspace_id=scope.workspace).values_list("name", flat=True)
    units = {branch.name: "\u00a0\u00a0" * branch.depth + branch.name for branch in within(scope)}
    return [
        tone(),
        Offer(
            "touchpoint",
            _("Touchpoint"),
            {name: name for name in touchpoints} | {"unmapped": _("unmapped")},
            _("All touchpoints"),
        ),
        Offer("channel", _("Channel"), {name: name for name in choices(scope, "channel")}, _("All channels")),
        Offer("unit", _("Unit"), units if len(units) > 1 else {}, _("All units")),
        Offer("language", _("Language"), {name: name for name in choices(scope, "language")}, _("All languages")),
        period(),
    ]


__all__ = ["METRICS", "Offer", "filters", "offered", "words"]
