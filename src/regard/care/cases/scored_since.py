"""A customer with an open case scores at the bottom of a scale afterwards: where its queue has it so, that raises the priority, too."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils import timezone

from regard.care.cases.queries import lowest_answers
from regard.care.cases.weigh import weigh_again
from regard.care.queues.worth import LOWEST_IN, lowest_bounds, weighing
from regard.customers.contact.arrays import ints
from regard.warehouse.scope import Scope

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
    found = lowest_answers(Scope(workspace), inboxes)
    if not found:
        return
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, {
            "workspace": workspace, "profiles": ints(one.profile for one in found), "ats": [one.at for one in found],
            "scores": [one.score for one in found], **lowest_bounds(),
        })  # fmt: skip
        cases = [pk for (pk,) in cursor.fetchall()]
    if cases:
        weigh_again(workspace, now=timezone.now(), only=cases)
