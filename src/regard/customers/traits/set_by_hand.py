"""What a colleague writes down of a customer, and takes back."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from regard.customers.identity.resolve import CHANGED
from regard.customers.people.models import profile_ids
from regard.customers.traits.describe import Telling, describe
from regard.customers.traits.fold import fold
from regard.customers.traits.models import BY_HAND
from regard.jobs.models import publish
from regard.workspace.audit.models import AuditEntry

_TAKE_BACK = """
with gone as (
    update customers_saying s set values = s.values - %(name)s from customers_saying before
    where s.id = before.id and s.profile_id = any(%(profiles)s) and s.source = %(source)s and s.values ? %(name)s
    returning s.profile_id, before.values -> %(name)s as word
)
insert into customers_pasttrait (profile_id, source, name, value, since, until)
select profile_id, %(source)s, %(name)s, word -> 'v', coalesce(word ->> 'since', word ->> 'at')::timestamptz, %(now)s from gone
"""


@transaction.atomic
def set_by_hand(*, workspace: int, customer: int, name: str, value: Any, by: str) -> None:
    """Believed before what other sources say, unless the order of trust says otherwise. A value of None says that there is none."""
    describe(workspace, [Telling(customer, BY_HAND, timezone.now(), traits={name: value})])
    AuditEntry.write(workspace, actor=by, action="customer.trait_set", subject=f"customer {customer}", trait=name)


@transaction.atomic
def take_back(*, workspace: int, customer: int, name: str, by: str) -> bool:
    """What other sources say counts again; what was written by hand stands among what was said before. Whether there was anything."""
    values: dict[str, Any] = {
        "name": name,
        "profiles": profile_ids([customer]),
        "source": BY_HAND,
        "now": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, values)
        gone = cursor.rowcount
    if gone:
        fold(workspace, [customer])
        publish(CHANGED, workspace, [customer])
        AuditEntry.write(
            workspace, actor=by, action="customer.trait_taken_back", subject=f"customer {customer}", trait=name
        )
    return bool(gone)
