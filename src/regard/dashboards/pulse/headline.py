"""The sentence at the top of Pulse: what is true now, from the numbers, and nothing they do not carry."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regard.metrics import shown
from regard.metrics.result import Result, Row


def headline(lead: Result, places: Result | None) -> str:
    """Says how the lead score moved, and which touchpoint is clearly lowest."""
    first = _score(lead)
    worst = _worst(places) if places else None
    if not first:
        return (
            _("Nobody was asked in this period")
            if worst is None
            else _("%(touchpoint)s is where customers are least happy") % {"touchpoint": worst.label}
        )
    if worst is None:
        return first
    change = lead.total.change
    falling = change is not None and change.significant and not change.good
    join = _("%(score)s, and %(touchpoint)s is where customers are least happy")
    if change is not None and change.significant and not falling:
        join = _("%(score)s, but %(touchpoint)s is still where customers are least happy")
    return join % {"score": first, "touchpoint": worst.label}


def _score(lead: Result) -> str:
    row, title = lead.total, lead.query.measure.title
    if row.value is None or not row.n:
        return ""
    said = {"metric": title, "value": shown.full(lead.unit)(row.value)}
    change = row.change
    if change is None:
        return _("%(metric)s stands at %(value)s") % said
    if change.significant is None:
        return _("%(metric)s stands at %(value)s, with too few answers to compare") % said
    if not change.significant:
        return _("%(metric)s holds at %(value)s") % said
    said["amount"] = shown.amount(change.value, lead.unit)
    return (
        _("%(metric)s rose by %(amount)s to %(value)s")
        if change.up
        else _("%(metric)s fell by %(amount)s to %(value)s")
    ) % said


def _worst(places: Result) -> Row | None:
    """The lowest touchpoint, when it is below the rest beyond chance."""
    known = [row for row in places.rows if row.key and not row.too_few and row.value is not None]
    below = [row for row in known if row.against_rest and row.against_rest.significant and not row.against_rest.good]
    return min(below, key=lambda row: row.value or 0.0, default=None)
