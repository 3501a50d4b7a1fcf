from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from regard.outreach.campaigns.models import Campaign
from regard.outreach.campaigns.queries import Effect, effect, numbers
from regard.workspace.keys.caller import KeyAuth, caller

router = Router(tags=["campaigns"])


class CampaignOut(Schema):
    id: int
    name: str
    segment: str
    purpose: str
    state: str = Field(description="not started, going, paused, done or cancelled")
    aim: str = Field(description="what it is to change: score, act or spend")
    metric: str = Field(description="for a score")
    days: int
    control_percent: int
    started: str | None


class ArmOut(Schema):
    letter: str = Field(description="of the message; empty for those kept out")
    drawn: int
    sent: int
    bounced: int
    not_written_to: int
    waiting: int


class MeasuredOut(Schema):
    letter: str
    value: float = Field(description="score: its mean (NPS −100 … +100, CSAT in percent); act: percent; spend: for each, in the workspace’s currency")
    low: float | None = Field(description="of its 95 % interval")
    high: float | None
    n: int


class ComparedOut(Schema):
    one: str
    other: str = Field(description="empty: those kept out")
    difference: float
    low: float | None
    high: float | None
    significant: bool = Field(description="at 5 %, of all comparisons together (Benjamini and Hochberg)")


class EffectOut(Schema):
    told: bool = Field(description="at least 30 on each side")
    as_of: datetime | None = Field(description="when it was worked out: every five minutes, daily once its days are over")
    measured: list[MeasuredOut]
    compared: list[ComparedOut]


class CampaignDetailOut(CampaignOut):
    arms: list[ArmOut]
    effect: EffectOut | None


@router.get("", response=list[CampaignOut], summary="Campaigns, the newest first")
def index(request: HttpRequest) -> list[dict[str, Any]]:
    """For keys of the whole workspace."""
    return [_told(one) for one in _all(request)[:200]]


@router.get("/{int:id}", response=CampaignDetailOut, summary="One campaign, how far it is and what difference it made")
def show(request: HttpRequest, id: int) -> dict[str, Any]:
    found = _find(request, id)
    sides = numbers(found) if found.started else []
    made = effect(found)
    arms = [
        {"letter": one.letter, "drawn": one.drawn, "sent": one.sent, "bounced": one.bounced, "not_written_to": one.held_back, "waiting": one.waiting}
        for one in sides
    ]  # fmt: skip
    return {**_told(found), "arms": arms, "effect": made and _effect(found, made)}


@router.put("/{int:id}/pause", response=CampaignOut, auth=KeyAuth(write=True), summary="Let it stand still")
def pause(request: HttpRequest, id: int) -> dict[str, Any]:
    return _paused(request, id, on=True)


@router.delete("/{int:id}/pause", response=CampaignOut, auth=KeyAuth(write=True), summary="Let it go on")
def go_on(request: HttpRequest, id: int) -> dict[str, Any]:
    return _paused(request, id, on=False)


def _paused(request: HttpRequest, id: int, *, on: bool) -> dict[str, Any]:
    found = _find(request, id)
    if found.started is None or found.over:
        raise HttpError(409, "It is not going out.")
    found.pause(on=on, by=caller(request).id, now=timezone.now())
    return _told(_find(request, id))


def _all(request: HttpRequest) -> Any:
    who = caller(request)
    if who.scope.units is not None:
        raise Http404
    return Campaign.objects.filter(workspace=who.workspace).select_related("segment", "purpose", "workspace")


def _find(request: HttpRequest, id: int) -> Campaign:
    found: Campaign | None = _all(request).filter(pk=id).first() if id < 2**31 else None
    if found is None:
        raise Http404
    return found


def _told(one: Campaign) -> dict[str, Any]:
    state = "cancelled" if one.cancelled else "done" if one.done else "paused" if one.paused else "going" if one.started else "not started"
    return {
        "id": one.pk, "name": one.name, "segment": one.segment.name, "purpose": one.purpose.key, "state": state, "aim": one.aim, "metric": one.metric,
        "days": one.days, "control_percent": one.control_percent, "started": one.started.isoformat() if one.started else None,
    }  # fmt: skip


def _effect(campaign: Campaign, made: Effect) -> dict[str, Any]:
    return {
        "told": made.told, "as_of": campaign.measured,
        "measured": [
            {"letter": letter, "value": one.value, "low": _number(one.low), "high": _number(one.high), "n": one.n}
            for letter, one in made.measured.items()
        ],
        "compared": [
            {"one": one.one, "other": one.other, "difference": one.gap.value, "low": _number(one.gap.low), "high": _number(one.gap.high),
             "significant": made.told and one.significant}
            for one in made.compared
        ],
    }  # fmt: skip


def _number(value: float) -> float | None:
    """JSON knows no NaN."""
    return value if value == value else None
