"""The periods that pages offer."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from regard.metrics.period import BadQuery, Period, read_period

LASTING = {
    "7d": _("Last 7 days"),
    "30d": _("Last 30 days"),
    "90d": _("Last 90 days"),
    "180d": _("Last 180 days"),
    "365d": _("Last 365 days"),
    "all": _("All time"),
}
COMPARED = {"previous": _("the period before"), "year": _("a year before"), "": _("nothing")}


def chosen_period(given: QueryDict, today: date, *, usual: str = "90d") -> tuple[Period, str]:
    """The period of a page's address and its name in LASTING ("" for one between two dates). Nonsense gives
    the usual one.
    """
    first, last, name = given.get("from", ""), given.get("to", ""), given.get("last", "")
    if name == "all":
        return Period(), "all"
    try:
        if (first or last) and not name:
            return read_period(first=first, last=last, lasting="", today=today), ""
        if name:
            return read_period(first="", last="", lasting=name, today=today), name
    except BadQuery:
        pass
    return (Period(), "all") if usual == "all" else (read_period(first="", last="", lasting=usual, today=today), usual)
