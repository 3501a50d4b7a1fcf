"""What decides whether customers may be contacted, read for many of them at once: each function is one statement, or none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.db import connection

from regard.customers.contact.arrays import ints
from regard.customers.contact.channels import ALL
from regard.customers.contact.consent.models import NO
from regard.customers.contact.log.models import FrequencyRule, Sender
from regard.customers.contact.privacy import hidden
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.quiet.models import QuietHours
from regard.customers.contact.quiet.next_allowed import Window
from regard.customers.contact.restraints.models import LEGAL
from regard.workspace.units.models import branches

_UTC = ZoneInfo("UTC")


class UnknownPurpose(ValueError):
    """The workspace has no purpose of this key."""


def purpose_called(workspace: int, key: str) -> Purpose:
    found = Purpose.objects.filter(workspace_id=workspace, key=key).first()
    if found is None:
        raise UnknownPurpose(f"This workspace has no purpose “{key}”.")
    return found


@dataclass
class Asked:
    """Customers by the profile ids that were asked for, with every profile that is theirs today."""

    customer: dict[int, int] = field(default_factory=dict)
    #: Every profile that is theirs → the customer: joining the profiles again would read all of them.
    whose: dict[int, int] = field(default_factory=dict)
    unit: dict[int, int] = field(default_factory=dict)
    zone: dict[int, ZoneInfo] = field(default_factory=dict)
    workspace_zone: ZoneInfo = _UTC

    @property
    def profiles(self) -> list[int]:
        return list(self.whose)

    @property
    def merged(self) -> tuple[str, str]:
        """The profiles that became part of another, as two arrays: which, and of which customer."""
        pairs = [(profile, customer) for profile, customer in self.whose.items() if profile != customer]
        return ints(profile for profile, _ in pairs), ints(customer for _, customer in pairs)

    @property
    def customers(self) -> list[int]:
        return list(dict.fromkeys(self.customer.values()))

    def zone_of(self, customer: int) -> ZoneInfo:
        return self.zone.get(customer, self.workspace_zone)


_ASKED = """
select id, coalesce(merged_into_id, id) from customers_profile where workspace_id = %s and id = any(%s::bigint[])
"""
_PROFILES = """
select p.id, coalesce(p.merged_into_id, p.id), p.home_unit_id,
    coalesce(p.traits->>'time_zone', p.traits->>'timezone', p.traits->>'timeZone'), w.time_zone
from customers_profile p join workspace_workspace w on w.id = p.workspace_id
where p.id = any(%s::bigint[]) or p.merged_into_id = any(%s::bigint[]) order by p.merged_into_id is null, p.id
"""


def asked(workspace: int, profiles: Iterable[int]) -> Asked:
    """Whose these profiles are today, where they are at home and what their clocks say. Two statements."""
    found = Asked()
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [workspace, ints(profiles)])
        found.customer = dict(cursor.fetchall())
        customers = ints(found.customers)
        cursor.execute(_PROFILES, [customers, customers])
        rows = cursor.fetchall()
        if rows:
            found.workspace_zone = _zone(rows[0][4]) or found.workspace_zone
        for profile, customer, unit, zone, _workspace_zone in rows:  # a customer's own profile comes last
            found.whose[profile] = customer
            if unit is not None:
                found.unit[customer] = unit
            if zone and (known := _zone(zone)):
                found.zone[customer] = known
    return found


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo | None:
    return ZoneInfo(name) if name in _names_of_zones() else None


@lru_cache(maxsize=1)
def _names_of_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@dataclass(frozen=True)
class Word:
    """The last word of a customer on a purpose and channel."""

    channel: str
    decision: str
    address: str


_WORDS = """
select distinct on (customer, c.channel) coalesce(m.customer, c.profile_id) as customer, c.channel, c.decision, c.address
from customers_consent c left join unnest(%s::bigint[], %s::bigint[]) as m(profile, customer) on m.profile = c.profile_id
where c.profile_id = any(%s::bigint[]) and c.purpose_id = %s and c.channel = any(%s) and c.at <= %s
order by customer, c.channel, c.at desc, c.decision = any(%s) desc, c.id desc
"""


def last_words(found: Asked, purpose: Purpose, channel: str, now: datetime) -> dict[int, Word]:
    """What counts for each customer now: their last word on the channel itself, else on all channels."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [*found.merged, ints(found.profiles), purpose.pk, [channel, ALL], now, list(NO)])
        words: dict[int, Word] = {}
        for customer, spoken_of, decision, address in cursor.fetchall():
            if spoken_of != ALL or customer not in words:
                words[customer] = Word(spoken_of, decision, address)
    return words


def known_addresses(found: Asked, kind: str) -> dict[int, list[str]]:
    """Each customer's addresses of a kind, newest first."""
    if not kind:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "select profile_id, value from customers_identifier where profile_id = any(%s::bigint[]) and namespace = %s order by id desc",
            [ints(found.profiles), kind],
        )
        addresses: dict[int, list[str]] = {}
        for profile, value in cursor.fetchall():
            addresses.setdefault(found.whose[profile], []).append(value)
    return addresses


def suppressed(workspace: int, kind: str, addresses: Collection[str]) -> dict[str, str]:
    """Which of these addresses are never to be used, and why."""
    if not kind or not addresses:
        return {}
    spelled = {hidden(workspace, kind, address): address for address in addresses}  # of people who were erased
    with connection.cursor() as cursor:
        cursor.execute(
            "select address, why from customers_suppression where workspace_id = %s and kind = %s and address = any(%s)",
            [workspace, kind, [*addresses, *spelled]],
        )
        return {spelled.get(address, address): why for address, why in cursor.fetchall()}


@dataclass(frozen=True)
class Held:
    """A restraint that applies. `until` is None where nobody knows when it ends."""

    reason: str
    until: datetime | None

    @property
    def legal(self) -> bool:
        return self.reason in LEGAL


#: Of two, the one that weighs more: legal before others, open-ended before dated, later before earlier.
_RESTRAINTS = """
select r.profile_id, r.unit_id, r.reason, r.until from customers_restraint r
where r.workspace_id = %(workspace)s and (r.profile_id = any(%(profiles)s::bigint[]) or r.profile_id is null)
and r.begins <= %(now)s and (r.until is null or r.until > %(now)s)
and (r.channels = '{}' or %(channel)s = any(r.channels)) and (r.purposes = '{}' or %(purpose)s = any(r.purposes))
and not exists (select from customers_lifting l where l.restraint_id = r.id)
"""


def restraints(workspace: int, found: Asked, purpose: str, channel: str, now: datetime) -> dict[int, Held]:
    """The weightiest restraint on each customer. One statement, and one more where a unit is restrained."""
    with connection.cursor() as cursor:
        cursor.execute(
            _RESTRAINTS,
            {"workspace": workspace, "profiles": ints(found.profiles), "now": now, "channel": channel, "purpose": purpose},
        )
        rows = cursor.fetchall()
    held: dict[int, Held] = {}

    def hold(customer: int, one: Held) -> None:
        held[customer] = max(held.get(customer, one), one, key=_weight)

    paths = {branch.id: branch.path for branch in branches(workspace)} if any(unit for _, unit, _, _ in rows) else {}
    for profile, unit, reason, until in rows:
        one = Held(reason, until)
        if profile is not None:
            hold(found.whose[profile], one)
            continue
        for other in found.customers:
            if unit is None or unit in paths.get(found.unit.get(other, 0), ()):
                hold(other, one)
    return held


def _weight(held: Held) -> tuple[bool, bool, float]:
    return held.legal, held.until is None, held.until.timestamp() if held.until else 0.0


@dataclass(frozen=True)
class Excessive:
    """A frequency rule that one contact more would break; one that delays would not from `until` on."""

    most: int
    days: int
    drop: bool
    until: datetime | None


_EXCESS = """
with rule as (
    select * from unnest(%(ids)s::int[], %(channels)s::text[], %(purposes)s::bigint[], %(kinds)s::text[], %(senders)s::text[],
        %(most)s::int[], %(days)s::int[], %(counts)s::text[], %(traits)s::text[], %(values)s::text[], %(drops)s::boolean[])
        as rule(id, channel, purpose, kind, sender, most, days, counts, trait, value, drops)
), made as (
    select rule.id, rule.most, rule.days, rule.drops, coalesce(m.customer, c.profile_id) as customer, c.at,
        row_number() over (partition by rule.id, coalesce(m.customer, c.profile_id) order by c.at desc, c.id desc) as place
    from customers_contactmade c left join unnest(%(merged)s::bigint[], %(into)s::bigint[]) as m(profile, customer) on m.profile = c.profile_id
    join rule on c.at > %(now)s - make_interval(hours => 24 * rule.days) and rule.channel in ('all', c.channel) and rule.purpose in (0, c.purpose_id)
        and rule.kind in ('', c.sender_kind) and rule.sender in ('', c.sender_id) and rule.counts = c.what
    where c.profile_id = any(%(profiles)s::bigint[])
        and (%(until)s::timestamptz is null or c.at <= %(until)s) and (rule.trait = '' or exists (
            select from customers_profile p where p.id = coalesce(m.customer, c.profile_id) and lower(p.traits ->> rule.trait) = lower(rule.value)))
)
select customer, id, case when not drops then at + make_interval(hours => 24 * days) end from made where place = most
"""


def excess(
    workspace: int, found: Asked, purpose: Purpose, channel: str, sender: Sender, now: datetime, seen_until: datetime | None
) -> dict[int, list[Excessive]]:
    """Which frequency rules one contact more would break, for each customer, counting those made until then. Two statements."""
    rules = [
        rule
        for rule in FrequencyRule.objects.filter(workspace_id=workspace)
        if _applies(rule, purpose, channel, sender)
    ]
    broken: dict[int, list[Excessive]] = {}
    for rule in rules:
        if rule.most == 0:
            for customer in _concerned(found, rule):
                broken.setdefault(customer, []).append(Excessive(0, rule.days, True, None))
    counted = [rule for rule in rules if rule.most]
    if not counted:
        return broken
    merged, into = found.merged
    with connection.cursor() as cursor:
        cursor.execute(
            _EXCESS,
            {
                "ids": list(range(len(counted))), "channels": [rule.channel for rule in counted],
                "purposes": [rule.purpose_id or 0 for rule in counted], "kinds": [rule.sender_kind for rule in counted],
                "senders": [rule.sender_id for rule in counted], "most": [rule.most for rule in counted],
                "days": [rule.days for rule in counted], "counts": [rule.counts for rule in counted],
                "traits": [rule.trait for rule in counted], "values": [rule.value for rule in counted],
                "drops": [rule.excess == "drop" for rule in counted], "now": now, "profiles": ints(found.profiles),
                "until": seen_until, "merged": merged, "into": into,
            },
        )  # fmt: skip
        for customer, place, until in cursor.fetchall():
            rule = counted[place]
            broken.setdefault(customer, []).append(Excessive(rule.most, rule.days, rule.excess == "drop", until))
    return broken


def _concerned(found: Asked, rule: FrequencyRule) -> list[int]:
    if not rule.trait:
        return found.customers
    with connection.cursor() as cursor:
        cursor.execute(
            "select id from customers_profile where id = any(%s) and lower(traits ->> %s) = lower(%s)",
            [found.customers, rule.trait, rule.value],
        )
        return [customer for (customer,) in cursor.fetchall()]


def _applies(rule: FrequencyRule, purpose: Purpose, channel: str, sender: Sender) -> bool:
    return (
        rule.channel in (ALL, channel)
        and rule.purpose_id in (None, purpose.pk)
        and rule.sender_kind in ("", sender.kind)
        and rule.sender_id in ("", sender.id)
    )


def quiet_windows(workspace: int, channel: str) -> list[Window]:
    rows = QuietHours.objects.filter(workspace_id=workspace, channel__in=[ALL, channel])
    return [Window(frozenset(row.days), row.start, row.end) for row in rows]


def addresses_in_question(
    given: Mapping[int, str], words: Mapping[int, Word], known: Mapping[int, list[str]]
) -> set[str]:
    """Every address that may be used or that says something of its owner."""
    spoken_of = {word.address for word in words.values() if word.address}
    return {*given.values(), *spoken_of, *(address for many in known.values() for address in many)} - {""}
