"""Which fields tell customers apart here: from what traits are called, and how many customers have them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection

from regard.customers.duplicates.fields import EMAIL, FAMILY, GIVEN, MOST, PHONE, Field, How

#: Customers who are looked at: names and fill rates need no more.
_SAMPLE = 20_000
#: A field that so few have says nothing about the rest.
_FEWEST = 0.05
_OFFERED = 40

#: What traits are called, without case and signs, in the order in which they are looked for. One trait for each line.
_GIVEN = r"(given|first|fore|christian)(name)?s?|vorname|prenom|nombre|nome"
_FAMILY = r"(sur|last|family|second)name|nachname|familienname|nomdefamille|apellidos?|cognome"
_LIKE = (
    (How.NAME, _GIVEN),
    (How.NAME, _FAMILY),
    (How.NAME, r"middlenames?|maidenname|birthname|geburtsname"),
    (How.DATE, r"(date(of)?)?birth(date|day)?|dob|geburts(datum|tag)|datedenaissance|fechadenacimiento|datadinascita"),
    (How.NUMBER, r"ssn|socsecid|socialsecurity(number|no|id)?|nationalid(number)?|nin|nino|taxid|passport(number|no)?|personnummer|dni"),
    (How.NUMBER, r"(zip|post|postal)(code)?|plz|codepostal|cap|codigopostal"),
    (How.ADDRESS, r"(street)?address(line)?1?|street(name)?|strasse|rue|calle|via"),
    (How.ADDRESS, r"address(line)?2"),
    (How.NUMBER, r"(street|house|building)(number|no)|hausnummer"),
    (How.ADDRESS, r"city|town|suburb|locality|place|ville|ort|stadt|ciudad|citta"),
    (How.EXACT, r"state|region|province|county|bundesland"),
    (How.EXACT, r"gender|sex"),
)  # fmt: skip


@dataclass(frozen=True)
class Found:
    """Something that customers have, and the share of them who do."""

    source: str
    share: float
    how: How | None  # None: not compared unless someone wants it


_SHARES = """
with people as (
    select id, name, traits from customers_profile where workspace_id = %(w)s and merged_into_id is null and not is_account
), sampled as (
    (select * from people order by id limit %(n)s) union (select * from people order by id desc limit %(n)s)
), known as (
    select i.namespace, count(distinct coalesce(p.merged_into_id, p.id)) n
    from customers_identifier i join customers_profile p on p.id = i.profile_id
    where i.workspace_id = %(w)s and i.namespace in ('email', 'phone') and coalesce(p.merged_into_id, p.id) in (select id from sampled)
    group by i.namespace
), told as (
    select key, count(*) n from sampled, jsonb_each_text(traits) e(key, value)
    where value is not null and trim(value) not in ('', '[]', '{}') group by key
)
select '$all', count(*) from sampled
union all select '$name', count(*) from sampled where name like '%% %%'
union all select '$' || namespace, n from known
union all (select key, n from told where key not like '$%%' order by n desc limit 200)
"""


def guess(workspace: int) -> list[Found]:
    """What could be compared, the useful first."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, {"w": workspace, "n": _SAMPLE // 2})
        counts = dict(cursor.fetchall())
    everybody = counts.pop("$all", 0)
    return guessed({name: n / everybody for name, n in counts.items()}) if everybody else []


def guessed(shares: Mapping[str, float]) -> list[Found]:
    """`shares`: what share of customers has each trait, and `$name` (in two words), `$email`, `$phone`."""
    left = {name: share for name, share in shares.items() if not name.startswith("$")}
    found: list[Found] = []
    named: set[str] = set()
    for how, pattern in _LIKE:
        fitting = [name for name in left if re.fullmatch(pattern, re.sub(r"[\W_]", "", name.casefold()))]
        best = max(fitting, key=lambda name: left[name], default="")
        if best and left[best] >= _FEWEST:
            found.append(Found(best, left.pop(best), how))
            named |= {pattern} & {_GIVEN, _FAMILY}
    whole = shares.get("$name", 0.0)
    for source, pattern in ((FAMILY, _FAMILY), (GIVEN, _GIVEN)):
        if whole:
            found.insert(0, Found(source, whole, How.NAME if pattern not in named and whole >= _FEWEST else None))
    for source, how, trait in ((EMAIL, How.EMAIL, "email"), (PHONE, How.NUMBER, "phone")):
        share = max(shares.get(source, 0.0), left.pop(trait, 0.0))
        if share:
            found.append(Found(source, share, how if share >= _FEWEST else None))
    found.sort(key=lambda one: one.how is None)
    rest = sorted(left.items(), key=lambda item: (-item[1], item[0]))[:_OFFERED]
    return [*found, *(Found(name, share, None) for name, share in rest)]


def useful(found: list[Found]) -> list[Field]:
    return [Field(one.source, one.how) for one in found if one.how is not None][:MOST]
