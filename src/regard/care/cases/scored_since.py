"""A customer with an open case scores at the bottom of a scale afterwards: where its queue has it so, that raises the priority, too."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from regard.care.cases.weigh import weigh_again
from regard.care.queues.worth import LOWEST, LOWEST_IN, lowest_bounds, weighing
from regard.metrics.unnamed import UNNAMED
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

#: Each customer's last such answer in these batches. Of anonymous programmes none: a priority that rises could say whose it was.
_LOWEST_ANSWERS = """
select ledger.profile as profile, max(at), argMax(concat(upper(metric), ' ', toString(assumeNotNull(score))), at) from ledger
where $workspace and kind = 'answer' and ledger.profile != 0 and inbox in {inboxes:Array(UInt64)} and programme not in {unnamed:Array(String)}
    and isNotNull(score) and assumeNotNull(score) <= transform(upper(metric), {metrics:Array(String)}, {bounds:Array(Float64)}, toFloat64(-1000))
group by profile
"""

_NOTE = f"""
update care_case c set scored_since = given.score
from unnest(%(profiles)s::bigint[], %(ats)s::timestamptz[], %(scores)s::text[]) as given(profile, at, score), care_queue q,
    customers_profile said, customers_profile mine
where said.id = given.profile and mine.id = c.profile_id and coalesce(mine.merged_into_id, mine.id) = coalesce(said.merged_into_id, said.id)
    and q.id = c.queue_id and q.raises_lowest and c.workspace_id = %(workspace)s and c.state <> 'closed' and c.basis is not null
    and c.scored_since = '' and c.opened < given.at and not {LOWEST_IN.format(score="c.score")}
returning c.id
"""


def note_recorded(workspace: int, inboxes: Sequence[int]) -> None:
    """As a handler of events: batches were recorded."""
    if not weighing().filter(workspace=workspace, raises_lowest=True).exists():
        return
    values = {
        "inboxes": list(inboxes), "unnamed": list(UNNAMED.programmes(workspace)), "metrics": list(LOWEST), "bounds": list(LOWEST.values())
    }  # fmt: skip
    rows = list(warehouse().select(Scope(workspace), _LOWEST_ANSWERS, values))
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {
            "workspace": workspace, "profiles": [int(profile) for profile, _at, _score in rows], "ats": [at for _profile, at, _score in rows],
            "scores": [score for _profile, _at, score in rows], **lowest_bounds(),
        })  # fmt: skip
        cases = [pk for (pk,) in cursor.fetchall()]
    if cases:
        weigh_again(workspace, now=timezone.now(), only=cases)
