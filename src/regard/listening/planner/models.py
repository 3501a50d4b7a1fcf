from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from regard.listening.programmes.models import Programme

#: How far back a plan looks.
DAYS = 90


class Plan(models.Model):
    """What a programme would have done in the last days, had it run: worked out once, for a programme as it was then."""

    programme = models.OneToOneField("listening.Programme", models.CASCADE, related_name="plan")
    #: How many of those who are asked answer.
    rate = models.DecimalField(
        _("of those who are asked, answer (%)"), max_digits=5, decimal_places=2, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )  # fmt: skip
    #: Its groups are shown too.
    trait = models.CharField(_("also by the trait"), max_length=200, blank=True)
    #: The programme as it was, so that a plan of what was changed since is told from one that holds.
    of = models.JSONField(default=dict)
    begun = models.DateTimeField()
    done_days = models.PositiveSmallIntegerField(default=0)
    finished = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=300, blank=True)
    found = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"plan of {self.programme}"

    @property
    def share(self) -> float:
        return self.done_days / DAYS

    @property
    def holds(self) -> bool:
        return bool(self.of == as_it_is(self.programme))


def as_it_is(programme: Programme) -> dict[str, Any]:
    """All that decides whom it asks."""
    without = {
        "id",
        "name",
        "texts",
        "created",
        "launched",
        "since",
        "paused",
        "ended",
        "reminders",
        "expires_days",
        "anonymous",
    }
    return {
        field.attname: str(getattr(programme, field.attname))
        for field in Programme._meta.concrete_fields
        if field.name not in without
    }
