"""Offers for tests."""

from __future__ import annotations

from typing import Any

from regard.loyalty.offers.models import Offer
from regard.workspace.workspaces.models import Workspace


def offer(workspace: Workspace, *codes: str, **more: Any) -> Offer:
    """One code for all, unless some are given."""
    texts = {"en": "Dear {{ name }}, a month is on us.", "fr": "Un mois offert avec {{ code }}."}
    made = Offer(**{
        "workspace": workspace, "name": "A free month", "cost": 20, "texts": texts, "code": "" if codes else "MONTH", **more,
    })  # fmt: skip
    made.keep(by="t@x.example", codes=codes)
    return made
