from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from regard.customers.accounts.models import Account, AccountMember
from regard.customers.privacy.registry import Keeper, Section, Subject, Taken


def _count(subject: Subject) -> int:
    return AccountMember.objects.filter(profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    rows = AccountMember.objects.filter(profile__in=subject.profiles).values(
        "account__profile__name", "role", "since", "until"
    )
    yield Section("accounts", rows.iterator())


def _erase(taken: Taken) -> int:
    count, _by_model = AccountMember.objects.filter(profile__in=taken.profiles).delete()
    accounts, _by_model = Account.objects.filter(profile__in=taken.profiles).delete()
    return count + accounts


KEEPER = Keeper(
    "accounts", _("Accounts they belong to"), ("customers.Account", "customers.AccountMember"), _count, _export, _erase
)
