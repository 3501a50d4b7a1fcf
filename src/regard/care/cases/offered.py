"""The filters that the inbox of cases offers: those with something to choose."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regard.care.cases.queries import tags_of
from regard.care.queues.models import Priority, Queue
from regard.ledger.touchpoints.models import Touchpoint
from regard.listening.inbox.offered import Offer, members
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.units.field import unit_choices, within


def offered(request: RegardRequest) -> list[Offer]:
    mine = {"workspace": request.workspace}
    units = {str(id): name for id, name in unit_choices(within(request.scope))}
    queues = {str(pk): name for pk, name in Queue.objects.filter(retired=None, **mine).values_list("pk", "name")}
    touchpoints = Touchpoint.objects.filter(retired=None, **mine).order_by("name").values_list("pk", "name")[:200]
    states = {
        "new": _("new"), "open": _("being worked on"), "waiting": _("waiting for the customer"), "snoozed": _("put off"), "closed": _("closed"),
        "all": _("all of them"),
    }  # fmt: skip
    found = [
        Offer("state", _("State"), states, _("Open")),
        Offer("whose", _("Owner"), {"mine": _("mine"), "nobody": _("nobody’s"), "watched": _("watched by me"), **members(request)}, _("Anybody’s")),
        Offer("due", _("Due"), {"late": _("late"), "today": _("within 24 hours"), "heard": _("customer wrote")}, _("Any time")),
        Offer("queue", _("Queue"), queues if len(queues) > 1 else {}, _("All queues")),
        Offer("unit", _("Unit"), units if len(units) > 1 else {}, _("All units")),
        Offer("priority", _("Priority"), {str(value): str(label) for value, label in Priority.choices}, _("Any priority")),
        Offer("touchpoint", _("Touchpoint"), {str(pk): name for pk, name in touchpoints}, _("All touchpoints")),
        Offer("tag", _("Tag"), {one: one for one in tags_of(request.workspace.pk)}, _("Any tag")),
    ]  # fmt: skip
    return [one for one in found if one.options]
