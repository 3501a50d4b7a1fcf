"""The filters that the inbox offers: those with something to choose."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from regard.ledger.touchpoints.models import Touchpoint
from regard.listening.inbox.queries import tags_of
from regard.listening.programmes.models import Programme
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Survey
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.models import Member
from regard.workspace.units.field import unit_choices, within


@dataclass(frozen=True)
class Offer:
    name: str
    label: str
    options: dict[str, str]
    any: str


def offered(request: RegardRequest) -> list[Offer]:
    mine = {"workspace": request.workspace}
    units = {str(id): name for id, name in unit_choices(within(request.scope))}
    channels = Response.objects.filter(**mine).exclude(channel="").order_by("channel").values_list("channel", flat=True).distinct()
    found = [
        Offer("state", _("State"), {"new": _("new"), "read": _("read"), "done": _("done"), "test": _("tests")}, _("Any state")),
        Offer("whose", _("Given to"), {"mine": _("mine"), "nobody": _("nobody’s"), **members(request)}, _("Anybody’s")),
        Offer("tone", _("Tone"), {"bad": _("unhappy"), "mid": _("in between"), "good": _("happy")}, _("Happy or not")),
        Offer("survey", _("Survey"), _named(Survey.objects.filter(**mine).order_by("name")), _("All surveys")),
        Offer("programme", _("Programme"), _named(Programme.objects.filter(**mine).order_by("name")), _("All programmes")),
        Offer("touchpoint", _("Touchpoint"), _named(Touchpoint.objects.filter(retired=None, **mine).order_by("name")), _("All touchpoints")),
        Offer("unit", _("Unit"), units if len(units) > 1 else {}, _("All units")),
        Offer("channel", _("Channel"), {one: one for one in channels}, _("All channels")),
        Offer("tag", _("Tag"), {one: one for one in tags_of(request.workspace.pk)}, _("Any tag")),
        Offer("last", _("Period"), {"7d": _("last 7 days"), "30d": _("last 30 days"), "90d": _("last 90 days")}, _("All time")),
    ]  # fmt: skip
    return [one for one in found if one.options]


def members(request: RegardRequest) -> dict[str, str]:
    found = Member.objects.filter(workspace=request.workspace, left=None).select_related("user").order_by("user__name", "user__email")
    return {str(one.pk): str(one.user) for one in found[:200]}


def _named(found: object) -> dict[str, str]:
    return {str(pk): name for pk, name in found.values_list("pk", "name")[:200]}  # type: ignore[attr-defined]
