from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regard.care.hours.clock import Hours, Span
from regard.workspace.audit.models import AuditEntry

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–]\s*(\d{1,2})(?:[:.](\d{2}))?")


def read_spans(text: str) -> tuple[Span, ...]:
    """`9-12:30, 13:30-17` → minutes of the day. Raises ValidationError with a sentence that says what to write."""
    spans: list[Span] = []
    for piece in filter(None, (part.strip() for part in text.split(","))):
        found = _SPAN.fullmatch(piece)
        if found is None:
            raise ValidationError(_("“%(text)s” are no hours: write 9:00-17:00, or 9:00-12:00, 13:00-17:00."), params={"text": piece[:40]})
        first, last = (int(found[n]) * 60 + int(found[n + 1] or 0) for n in (1, 3))
        if not first < last <= 1440 or int(found[2] or 0) > 59 or int(found[4] or 0) > 59:
            raise ValidationError(_("“%(text)s” does not end after it begins, on the same day."), params={"text": piece[:40]})
        spans.append((first, last))
    spans.sort()
    if any(one[1] > following[0] for one, following in pairwise(spans)):
        raise ValidationError(_("The hours of a day overlap."))
    return tuple(spans)


def written_spans(spans: tuple[Span, ...]) -> str:
    return ", ".join(f"{a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for a, b in spans)


def _office() -> dict[str, str]:
    return {str(day): "9:00-17:00" for day in range(5)}


class Calendar(models.Model):
    """When a unit, and every unit below it that has no calendar of its own, works. Where there is none at all, clocks never stop."""

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="+")
    unit = models.OneToOneField("workspace.Unit", models.CASCADE, related_name="calendar")
    #: Weekday ("0" is Monday) → hours, as they are written on the page.
    week = models.JSONField(default=_office)
    closed = ArrayField(models.DateField(), default=list, blank=True)

    def __str__(self) -> str:
        return f"hours of {self.unit_id}"

    def hours(self, zone: ZoneInfo) -> Hours:
        return Hours(zone, {int(day): read_spans(text) for day, text in self.week.items()}, frozenset(self.closed))

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        self.save()
        AuditEntry.write(self.workspace_id, actor=by, action="hours.changed", subject=self.unit.name, week=self.week, closed=[
            one.isoformat() if isinstance(one, date) else str(one) for one in self.closed
        ])  # fmt: skip


def hours_of(workspace: int, zone: ZoneInfo, paths: Mapping[int, tuple[int, ...]]) -> dict[int, Hours]:
    """For each unit (with its path from the root down) the hours that hold there."""
    own = {one.unit_id: one.hours(zone) for one in Calendar.objects.filter(workspace=workspace)}
    always = Hours(zone)
    return {unit: next((own[above] for above in reversed(path) if above in own), always) for unit, path in paths.items()}
