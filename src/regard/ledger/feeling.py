from __future__ import annotations

from django.utils.translation import gettext as _


def of_scale(score: float | None, low: int, high: int) -> str:
    """`9 of 10`; on a scale around nothing `+1`."""
    if score is None:
        return ""
    if low < 0:
        return f"{score:+g}".replace("-", "\u2212") if score else "0"
    return _("%(score)s of %(top)s") % {"score": f"{score:g}", "top": high}


def feeling(metric: str, score: float | None, low: int, high: int) -> str:
    """good, mid, bad, or "" where nothing was scored: NPS by its groups, other scales by thirds (0.4 and 0.7 of the way)."""
    if score is None or high <= low:
        return ""
    if metric == "nps":
        return "good" if score >= 9 else "mid" if score >= 7 else "bad"
    share = (score - low) / (high - low)
    return "good" if share >= 0.7 else "mid" if share >= 0.4 else "bad"
