"""The filters that the list of complaints offers: those with something to choose."""

from __future__ import annotations

from django.utils.translation import gettext as _

from regard.care.complaints.rules.models import ComplaintRule
from regard.listening.inbox.offered import Offer
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.units.field import unit_choices, within


def offered(request: RegardRequest) -> list[Offer]:
    rules = {str(pk): name for pk, name in ComplaintRule.objects.filter(workspace=request.workspace).values_list("pk", "name")}
    units = {str(id): name for id, name in unit_choices(within(request.scope))}
    found = [Offer("unit", _("Unit"), units, _("All units")), Offer("rule", _("Deadlines"), rules, _("All deadlines"))]
    return [one for one in found if len(one.options) > 1]
