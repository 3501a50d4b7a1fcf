"""Moments as callers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def in_utc(moment: datetime) -> datetime:
    """PostgreSQL knows no displacement of 16 hours or more, and no year 0: a moment goes there as UTC or not at all.

    Raises `ValueError` for what has no such place; a moment without a zone stays as it is.
    """
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment
    except OverflowError:
        raise ValueError("This moment is out of range.") from None


Moment = Annotated[datetime, AfterValidator(in_utc)]
MomentWithZone = Annotated[AwareDatetime, AfterValidator(in_utc)]
