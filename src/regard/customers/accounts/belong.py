"""People come to belong to accounts: said by events and files that name both, or by a colleague."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from regard.customers.accounts.models import Account, AccountMember, AccountRefused
from regard.customers.identity.graph import Sighting
from regard.customers.identity.names import ACCOUNT, normalised
from regard.customers.identity.resolve import CHANGED, resolve
from regard.customers.people.models import Profile
from regard.customers.traits.describe import Telling, describe
from regard.customers.traits.models import BY_HAND
from regard.jobs.models import publish
from regard.workspace.audit.models import AuditEntry


@dataclass(frozen=True)
class Belonging:
    """An event or row that named an account by its key, and somebody with it (0: the account alone)."""

    key: str
    profile: int
    at: datetime


_JOIN = """
insert into customers_accountmember (account_id, profile_id, role, since)
select a.id, said.profile, '', min(said.at) from unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) as said(account, profile, at)
join customers_account a on a.profile_id = said.account
where not exists (select 1 from customers_accountmember m where m.account_id = a.id and m.profile_id = said.profile)
group by a.id, said.profile on conflict do nothing returning profile_id
"""


@transaction.atomic
def note_belonging(workspace: int, said: Sequence[Belonging]) -> dict[str, int]:
    """Make the accounts that nobody has heard of, and let those who were named with one belong to it. Returns key → the account's profile.

    Who was taken out of an account by hand is not put back.
    """
    keys = list(dict.fromkeys(one.key for one in said))
    if not keys:
        return {}
    profiles = dict(zip(keys, resolve(workspace, [Sighting(((ACCOUNT, key),)) for key in keys]), strict=True))
    known = set(Account.objects.filter(profile__in=profiles.values()).values_list("profile_id", flat=True))
    new = [profile for profile in dict.fromkeys(profiles.values()) if profile and profile not in known]
    Account.objects.bulk_create(
        [Account(workspace_id=workspace, profile_id=profile) for profile in new], ignore_conflicts=True
    )
    Profile.objects.filter(pk__in=new).update(is_account=True)
    for key, profile in profiles.items():
        if profile in new:
            Profile.objects.filter(pk=profile, name="").update(name=key[:200])
    people = [
        (profiles[one.key], one.profile, one.at) for one in said if one.profile and one.profile != profiles[one.key]
    ]
    joined: list[int] = []
    if people:
        with connection.cursor() as cursor:
            cursor.execute(_JOIN, [list(column) for column in zip(*people, strict=True)])
            joined = [profile for (profile,) in cursor.fetchall()]
    publish(CHANGED, workspace, dict.fromkeys([*new, *joined]))
    return profiles


@transaction.atomic
def found_account(*, workspace: int, name: str, kind: str, key: str, by: str, parent: Account | None = None) -> Account:
    """A colleague makes an account. Its key is spelled as those of events are. Raises AccountRefused when it is another's."""
    key = normalised(ACCOUNT, key)
    if (
        key
        and Account.objects.filter(
            workspace_id=workspace, profile__identifiers__namespace=ACCOUNT, profile__identifiers__value=key
        ).exists()
    ):
        raise AccountRefused("key")
    if key:
        profile = note_belonging(workspace, [Belonging(key, 0, timezone.now())])[key]
        account = Account.objects.get(profile=profile)
    else:
        account = Account.objects.create(
            workspace_id=workspace, profile=Profile.objects.create(workspace_id=workspace, is_account=True)
        )
    account.kind, account.parent = kind, parent
    account.save()
    rename(account, name, by=by)
    AuditEntry.write(workspace, actor=by, action="account.added", subject=f"account {account.pk}", kind=kind)
    return account


def rename(account: Account, name: str, *, by: str) -> None:
    """What a colleague calls it stands above what systems say."""
    describe(account.workspace_id, [Telling(account.profile_id, BY_HAND, timezone.now(), name)])
    account.profile.refresh_from_db()


@transaction.atomic
def put_in(account: Account, customer: int, *, role: str, by: str, since: datetime | None = None) -> AccountMember:
    """Somebody belongs to it from now on; for one who does already, the role is changed."""
    member, new = AccountMember.objects.get_or_create(
        account=account, profile_id=customer, until=None, defaults={"role": role, "since": since or timezone.now()}
    )
    if not new:
        member.role = role
        member.save(update_fields=["role"])
    publish(CHANGED, account.workspace_id, [customer])
    AuditEntry.write(
        account.workspace_id,
        actor=by,
        action="account.joined",
        subject=f"account {account.pk}",
        customer=customer,
        role=role,
    )
    return member
