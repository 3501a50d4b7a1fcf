"""Ask and log in one transaction, so that two senders cannot both be the last one allowed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from regard.customers.contact.arrays import ints
from regard.customers.contact.channels import Channel
from regard.customers.contact.log.models import ContactMade, Sender, What
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.queries import asked, purpose_called
from regard.customers.contact.verdict import Because, Outcome, Verdict

_LOCK = 7211


@transaction.atomic
def claim_contact(
    workspace: int,
    customers: Iterable[int],
    *,
    purpose: str,
    channel: str,
    now: datetime,
    sender: Sender,
    address: str | Mapping[int, str] = "",
    rehearsed: bool = False,
) -> list[Verdict]:
    """As `may_contact`; those allowed are in the log of contacts when this returns, and count for whoever asks next.

    Claims of a workspace wait for one another until the transaction around them ends, so claim in batches and commit before
    sending. Someone named twice, even by two of their profiles, is allowed once. What is `rehearsed` happened at `now` in a
    transaction that is rolled back: it waits for nobody, and contacts made later than that do not count.
    """
    if not rehearsed:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCK, workspace])
    verdicts, claimed = [], set()
    for verdict in may_contact(
        workspace, customers, purpose=purpose, channel=channel, now=now, address=address, sender=sender, as_it_was=rehearsed
    ):  # fmt: skip
        if verdict.allowed and verdict.customer in claimed:
            verdict = verdict._replace(
                outcome=Outcome.REFUSED, because=Because.REPEATED, sentence=_("They are in this list twice."), address=""
            )  # fmt: skip
        elif verdict.allowed:
            claimed.add(verdict.customer)
        verdicts.append(verdict)
    about = purpose_called(workspace, purpose)
    allowed = [(verdict.customer, verdict.address) for verdict in verdicts if verdict.allowed]
    log_contacts(about, allowed, channel=channel, at=now, sender=sender)
    return verdicts


_LOG = """
insert into customers_contactmade (workspace_id, profile_id, purpose_id, channel, at, sender_kind, sender_id, address, what)
select %s, profile, %s, %s, %s, %s, %s, address, 'contact' from unnest(%s::bigint[], %s::text[]) as given(profile, address)
"""


def log_contacts(purpose: Purpose, made: Sequence[tuple[int, str]], *, channel: str, at: datetime, sender: Sender) -> None:
    """Contacts with many customers at one moment, each with the address that was used."""
    if made:
        customers, addresses = [customer for customer, _address in made], [address for _customer, address in made]
        with connection.cursor() as cursor:
            cursor.execute(_LOG, [purpose.workspace_id, purpose.pk, channel, at, sender.kind, sender.id, ints(customers), addresses])


class UnknownCustomer(ValueError):
    """There is no such customer in the workspace."""


def record_contact(
    workspace: int,
    customer: int,
    *,
    purpose: str,
    channel: str,
    at: datetime,
    sender: Sender,
    address: str = "",
    what: str = What.CONTACT,
) -> ContactMade:
    """Write down a contact that happened without asking here (a call, a letter), or what they did: answered, refused.

    Raises UnknownCustomer, UnknownPurpose.
    """
    whose = asked(workspace, [customer]).customer.get(customer)
    if whose is None:
        raise UnknownCustomer(f"There is no customer {customer}.")
    return ContactMade.objects.create(
        workspace_id=workspace, profile_id=whose, purpose=purpose_called(workspace, purpose), channel=Channel(channel), at=at,
        address=address, sender_kind=sender.kind, sender_id=sender.id, what=what,
    )  # fmt: skip
