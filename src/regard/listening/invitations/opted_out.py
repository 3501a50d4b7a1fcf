from __future__ import annotations

from django.db import connection, transaction

from regard.customers.contact.claim_contact import record_contact
from regard.customers.contact.consent.models import NO
from regard.customers.contact.log.models import Sender, What
from regard.customers.contact.purposes.models import Purpose

#: What was sent to somebody who then wanted no more of it, by their last word on the purpose and the channel (or all of them).
_OPTED_OUT = """
update listening_invitation i set opted_out = said.at
from listening_programme programme, (
    select distinct on (coalesce(p.merged_into_id, p.id), c.purpose_id, c.channel)
        coalesce(p.merged_into_id, p.id) as customer, c.purpose_id, c.channel, c.decision, c.at
    from customers_consent c join customers_profile p on p.id = c.profile_id
    where c.workspace_id = %(workspace)s and coalesce(p.merged_into_id, p.id) = any(%(customers)s)
    order by coalesce(p.merged_into_id, p.id), c.purpose_id, c.channel, c.at desc, c.id desc
) as said
where programme.id = i.programme_id and programme.purpose_id = said.purpose_id and i.profile_id = said.customer and said.decision = any(%(no)s)
    and said.channel in ('all', i.channel)
    and i.sent is not null and i.sent <= said.at and i.opted_out is null and i.completed is null
returning i.profile_id, programme.id, i.channel, i.opted_out, programme.purpose_id
"""


@transaction.atomic
def note_opted_out(workspace: int, customers: list[int]) -> None:
    """Consents changed: an invitation to somebody who said no after it is over. Rules that count from a refusal know of it."""
    with connection.cursor() as cursor:
        cursor.execute(_OPTED_OUT, {"workspace": workspace, "customers": customers, "no": list(NO)})
        gone = cursor.fetchall()
    keys = dict(Purpose.objects.filter(workspace=workspace).values_list("pk", "key"))
    for profile, programme, channel, at, purpose in gone:
        record_contact(
            workspace, profile, purpose=keys[purpose], channel=channel, at=at, sender=Sender("survey", str(programme)), what=What.REFUSAL
        )  # fmt: skip
