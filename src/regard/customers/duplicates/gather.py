"""Customers, one row each, from PostgreSQL into the scratch pad: copied through a file, never held in memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db import connection

from regard.customers.duplicates.fields import EMAIL, FAMILY, GIVEN, PHONE, Field, How

#: Longer values tell nothing more, and comparing them takes the square of their length.
_LONGEST = 120

_OF_IDENTIFIERS = """
left join (
    select coalesce(p.merged_into_id, p.id) as root, min(i.value) filter (where i.namespace = 'email') as email,
        min(i.value) filter (where i.namespace = 'phone') as phone
    from customers_identifier i join customers_profile p on p.id = i.profile_id
    where i.workspace_id = %(workspace)s and i.namespace in ('email', 'phone') and i.shared is null group by 1
) known on known.root = p.id
"""


def gather(pad: Any, folder: Path, workspace: int, fields: list[Field]) -> int:
    """Fill the table `people`: `id`, and `f0`, `f1` … for the fields. Returns how many customers it holds."""
    file = folder / "people.csv"
    values: dict[str, object] = {"workspace": workspace}
    columns = []
    for place, field in enumerate(fields):
        values[f"t{place}"] = field.source
        columns.append(f"left(translate({_read(field, place)}, E'\\n\\r\\t', '   '), {_LONGEST})")
    known = _OF_IDENTIFIERS if {EMAIL, PHONE} & {field.source for field in fields} else ""
    sql = (
        f"copy (select p.id, {', '.join(columns)} from customers_profile p {known} "
        "where p.workspace_id = %(workspace)s and p.merged_into_id is null and not p.is_account) to stdout (format csv)"
    )
    with file.open("wb") as out, connection.cursor() as cursor, cursor.copy(sql, values) as rows:
        for block in rows:
            out.write(block)
    names = ", ".join(f"'r{place}': 'varchar'" for place in range(len(fields)))
    cleaned = ", ".join(f"{_clean(field, f'r{place}')} as f{place}" for place, field in enumerate(fields))
    pad.execute(
        f"create table people as select id, {cleaned} from read_csv($file, header = false, delim = ',', quote = '\"', escape = '\"', "
        f"auto_detect = false, columns = {{'id': 'bigint', {names}}})",
        {"file": str(file)},
    )
    file.unlink()
    return int(pad.execute("select count(*) from people").fetchall()[0][0])


def _read(field: Field, place: int) -> str:
    """How PostgreSQL reads it."""
    return {
        GIVEN: "p.name", FAMILY: "p.name", EMAIL: "coalesce(known.email, p.traits ->> 'email')",
        PHONE: "coalesce(known.phone, p.traits ->> 'phone')",
    }.get(field.source, f"p.traits ->> %(t{place})s")  # fmt: skip


def _clean(field: Field, column: str) -> str:
    """How the scratch pad spells it: one form of case and accents, null where nothing is left."""
    text = f"trim(regexp_replace(strip_accents(lower({column})), '\\s+', ' ', 'g'))"
    if field.source == GIVEN:  # "Smith, Jane" and "Jane van Smith"
        text = f"case when contains({text}, ',') then trim(split_part({text}, ',', 2)) when contains({text}, ' ') then split_part({text}, ' ', 1) end"
    elif field.source == FAMILY:
        text = f"case when contains({text}, ',') then trim(split_part({text}, ',', 1)) else regexp_extract({text}, '[^ ]+$') end"
    elif field.source == PHONE:  # with and without the country
        text = f"right(regexp_replace({text}, '[^0-9]', '', 'g'), 9)"
    elif field.how == How.NUMBER:
        text = f"regexp_replace({text}, '[^0-9\\p{{L}}]', '', 'g')"
    elif field.how == How.DATE:
        text = _date(text)
    return f"case when {text} not in ('', 'null', 'none', 'n/a', 'na', 'unknown', '-') then {text} end"


def _date(text: str) -> str:
    """Year first, as eight digits, where the order of its parts can be told; days are taken to stand before months."""
    parts = f"regexp_extract({text}, '^(\\d{{1,2}})[./ -](\\d{{1,2}})[./ -](\\d{{4}})', %d)"
    first, second, year = (parts % number for number in (1, 2, 3))
    turned = (
        f"case when try_cast({second} as int) > 12 then {year} || lpad({first}, 2, '0') || lpad({second}, 2, '0') "
        f"else {year} || lpad({second}, 2, '0') || lpad({first}, 2, '0') end"
    )
    return f"case when {year} != '' then {turned} else left(regexp_replace({text}, '[^0-9]', '', 'g'), 8) end"
