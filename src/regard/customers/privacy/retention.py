"""How long each kind of data is kept. What is older goes every night, in the engine, whoever it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from regard.customers.people.models import Profile
from regard.customers.people.queries import heard_of
from regard.customers.privacy.erase import ask, carry_out, held
from regard.customers.privacy.models import Erasure, RetentionRule
from regard.warehouse.scope import Scope
from regard.workspace.audit.models import AuditEntry


@dataclass(frozen=True)
class Kept:
    """A kind of data that is kept for so long: how what is older goes. `remove` returns how many pieces went."""

    remove: Callable[[int, datetime], int]


#: Kind → how it goes. Features above enter theirs (`site/wiring.py`).
KINDS: dict[str, Kept] = {}
_AT_ONCE = 500


def carry_out_all(*, now: datetime) -> dict[int, int]:
    """Every rule of every workspace. Returns rule → pieces that went. The projector must pause meanwhile."""
    return {rule.pk: carry_out_rule(rule, now=now) for rule in RetentionRule.objects.order_by("workspace_id", "id")}


def carry_out_rule(rule: RetentionRule, *, now: datetime) -> int:
    before = now - timedelta(days=rule.days)
    if rule.kind == RetentionRule.Kind.CUSTOMERS:
        went = _silent(rule, before, now)
    else:
        went = KINDS[rule.kind].remove(rule.workspace_id, before)
    if went:
        AuditEntry.write(
            rule.workspace_id, actor="retention", action="retention.carried_out", subject=rule.kind, days=rule.days, went=went
        )  # fmt: skip
    RetentionRule.objects.filter(pk=rule.pk).update(carried_out=now, went=went)
    return went


def _silent(rule: RetentionRule, before: datetime, now: datetime) -> int:
    """Whole customers who were not heard of since: erased or anonymised like anybody who asks."""
    count = 0
    for customers in silent_since(rule.workspace_id, before):
        mode = Erasure.Mode.ANONYMISE if rule.anonymise else Erasure.Mode.ERASE
        erasure = ask(rule.workspace_id, customers, by="retention", mode=mode, ground=Erasure.Ground.RETENTION)
        carry_out(erasure, now=now)
        count += erasure.customers
    return count


def silent_since(workspace: int, before: datetime) -> Iterator[list[int]]:
    """Customers of whom nothing was heard or told since, some at a time. Those under a legal hold are left alone."""
    last = 0
    while True:
        quiet = Profile.objects.filter(
            workspace_id=workspace, merged_into=None, changed__lt=before, pk__gt=last
        ).order_by("pk")
        ids = list(quiet.values_list("pk", flat=True)[:_AT_ONCE])
        if not ids:
            return
        last = ids[-1]
        heard = heard_of(Scope(workspace), ids)
        out = held(workspace, ids) | {customer for customer, at in heard.items() if at >= before}
        if found := [one for one in ids if one not in out]:
            yield found
