from __future__ import annotations

from django.utils.translation import gettext as _

from regard.customers.people.slots import Fact, Tag
from regard.ledger.timeline.queries import lately
from regard.warehouse.scope import Scope
from regard.web import numbers


def scores_at_a_glance(scope: Scope, customer: int, profiles: list[int]) -> list[Tag | Fact]:
    """What they said last when asked whether they would recommend us, and when they were last heard of."""
    scores, heard = lately(scope, profiles)
    asked = [one for one in scores if one.metric == "nps"]
    told: list[Tag | Fact] = []
    if asked:
        last = asked[0].score
        group = (_("promoter"), "good") if last >= 9 else (_("passive"), "") if last >= 7 else (_("detractor"), "bad")
        told.append(Tag(*group))
        was = (
            _("%(last)s, was %(before)s") % {"last": f"{last:g}", "before": f"{asked[1].score:g}"}
            if len(asked) > 1
            else f"{last:g}"
        )
        told.append(Fact(_("Last NPS"), was))
    if heard:
        told.append(Fact(_("Last heard of"), numbers.ago(heard)))
    return told
