"""Who gets which message, and who none: drawn by chance, once, before anybody is asked whether they may be written to.

So those kept out are like those written to in every way, also in who may not be written to at all; what difference the message makes is
worked out between all who were drawn (intention to treat).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from regard.outreach.campaigns.models import Arm, Campaign
from regard.segments.queries import members
from regard.warehouse.scope import Scope

_PAGE = 10_000

#: The place of a customer in a campaign, 0 … 9999, is the first 28 bits of MD5 of both: always the same, and no other campaign's. MD5 is
#: here a good mixer, not a secret. Below the share of those kept out there is no arm; above it the arms follow one another.
_DRAW = """
insert into outreach_recipient (campaign_id, profile_id, arm_id, drawn, due, because, bounce)
select %(campaign)s, placed.profile, chosen.arm, %(now)s, %(now)s, '', ''
from (
    select p.id as profile, ('x' || substr(md5(%(campaign)s::text || '/' || p.id), 1, 7))::bit(28)::int %% 10000 as place
    from unnest(%(customers)s::bigint[]) as given(id) join customers_profile p on p.id = given.id and p.workspace_id = %(workspace)s
) placed
left join lateral (
    select arm from unnest(%(arms)s::bigint[], %(froms)s::int[], %(untils)s::int[]) as a(arm, first, past)
    where placed.place >= a.first and placed.place < a.past
) chosen on true
order by placed.profile
on conflict do nothing
"""


def place_of(campaign: int, profile: int) -> int:
    """The same, for the few of whom it is asked beforehand."""
    return (int(hashlib.md5(f"{campaign}/{profile}".encode(), usedforsecurity=False).hexdigest()[:7], 16)) % 10_000


def bounds(control_percent: int, shares: Sequence[int]) -> list[tuple[int, int]]:
    """From which place to before which each arm goes; what lies before the first is kept out. The last arm ends at 10000."""
    first = control_percent * 100
    left, found, so_far = 10_000 - first, [], 0
    for place, share in enumerate(shares):
        so_far += share
        past = 10_000 if place == len(shares) - 1 else control_percent * 100 + left * so_far // 100
        found.append((first, past))
        first = past
    return found


@transaction.atomic
def draw_some(campaign: Campaign, *, now: datetime) -> int:
    """The next customers of its segment; how many there were. Where it is stands in the campaign, in the same transaction."""
    current = Campaign.objects.select_for_update().get(pk=campaign.pk)
    if current.drawn is not None or current.over:
        return 0
    page = members(Scope(current.workspace_id), current.segment_id, limit=_PAGE, after=current.drawn_to)
    customers = [customer for customer, _since in page]
    if customers:
        arms = list(Arm.objects.filter(campaign=current))
        spans = bounds(current.control_percent, [one.share for one in arms])
        with connection.cursor() as cursor:
            cursor.execute(_DRAW, {
                "campaign": current.pk, "now": now, "customers": customers, "workspace": current.workspace_id, "arms": [one.pk for one in arms],
                "froms": [first for first, _past in spans], "untils": [past for _first, past in spans],
            })  # fmt: skip
        current.drawn_to = customers[-1]
    if len(customers) < _PAGE:
        current.drawn = now
    current.save(update_fields=["drawn_to", "drawn"])
    return len(customers)
