from __future__ import annotations


def feeling(metric: str, score: float | None, low: int, high: int) -> str:
    """good, mid, bad, or "" where nothing was scored: NPS by its groups, other scales by thirds (0.4 and 0.7 of the way)."""
    if score is None or high <= low:
        return ""
    if metric == "nps":
        return "good" if score >= 9 else "mid" if score >= 7 else "bad"
    share = (score - low) / (high - low)
    return "good" if share >= 0.7 else "mid" if share >= 0.4 else "bad"
