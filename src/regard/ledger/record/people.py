"""The profile step: identifiers become people, and what is said about them is written down."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from regard.customers.accounts.belong import Belonging, note_belonging
from regard.customers.identity.graph import Sighting
from regard.customers.identity.names import ACCOUNT, ANONYMOUS, EMAIL, PHONE, USER, Key, plain, user_ids
from regard.customers.identity.resolve import resolve, resolve_alone
from regard.customers.identity.rules import Rules
from regard.customers.people.models import Profile
from regard.customers.traits.describe import Telling, describe

_WHO = ("user_id", "anonymous_id", "email", "phone", "keys", "previous_id")


def find_people(workspace: int, rows: pa.Table) -> np.ndarray:
    """The profile of each row, 0 for rows that name nobody. People are looked up once however many rows they have."""
    found = np.zeros(rows.num_rows, np.uint64)
    alone = by_user_id_alone(rows)
    if not alone.all():
        rules = Rules.of(workspace)
        people, member = people_of(rows.select(_WHO).filter(pa.array(~alone)), rules)
        if people:
            found[~alone] = np.array(resolve(workspace, people, rules), np.uint64)[member]
    if alone.any():
        found[alone] = _users(workspace, rows.column("user_id").filter(pa.array(alone)))
    about = rows.column("about")
    if about.null_count == rows.num_rows:
        return found
    return np.where(of_the_workspace(workspace, about), about.fill_null(0).to_numpy(), found)


def by_user_id_alone(rows: pa.Table) -> np.ndarray:
    """Which rows name somebody by a user id and nothing else: most events."""
    alone: np.ndarray = pc.fill_null(pc.not_equal(rows.column("user_id"), ""), False).to_numpy()
    for name in _WHO[1:]:
        column = rows.column(name)
        if column.null_count < rows.num_rows:
            alone &= pc.equal(pc.fill_null(column, ""), "").to_numpy()
    return alone


def _users(workspace: int, ids: pa.ChunkedArray) -> np.ndarray:
    encoded = ids.combine_chunks().dictionary_encode()
    texts = user_ids(encoded.dictionary.to_pylist())
    different = list(dict.fromkeys(text for text in texts if text))
    profiles = dict(zip(different, resolve_alone(workspace, USER, different), strict=True))
    of_each = np.array([profiles.get(text, 0) for text in texts], np.uint64)
    found: np.ndarray = of_each[encoded.indices.to_numpy()]
    return found


def of_the_workspace(workspace: int, about: pa.ChunkedArray) -> np.ndarray:
    """Which of these profile numbers are there."""
    wanted = [number for number in about.unique().to_pylist() if number is not None and number < 2**63]
    known = Profile.objects.filter(workspace_id=workspace, pk__in=wanted).values_list("pk", flat=True)
    found: np.ndarray = pc.is_in(about, pa.array(list(known), pa.uint64()), skip_nulls=True).to_numpy()
    return found


def people_of(rows: pa.Table, rules: Rules) -> tuple[list[Sighting], np.ndarray]:
    """Who the rows name, each once, in the order in which they came; and for each row which of them. Nobody at all: an empty list."""
    encoded = [rows.column(name).combine_chunks().dictionary_encode() for name in _WHO]
    present = [column for column in encoded if len(column.dictionary)]
    if not present or not rows.num_rows:
        return [], np.zeros(rows.num_rows, np.int64)
    code = np.zeros(rows.num_rows, np.int64)
    for column in present:
        codes = column.indices.fill_null(-1).to_numpy(zero_copy_only=False) + 1
        _, code = np.unique(code * (len(column.dictionary) + 1) + codes, return_inverse=True)
    _, first, member = np.unique(code, return_index=True, return_inverse=True)
    in_order = np.argsort(first)  # people are met in the order in which they came
    columns = [rows.column(name).take(pa.array(first[in_order])).to_pylist() for name in _WHO]
    people = [_sighting(rules, *values) for values in zip(*columns, strict=True)]
    back = np.empty_like(in_order)
    back[in_order] = np.arange(len(in_order))
    return people, back[member]


def _sighting(
    rules: Rules,
    user: str | None,
    anonymous: str | None,
    email: str | None,
    phone: str | None,
    keys: str | None,
    previous: str | None,
) -> Sighting:
    given = [(USER, user), (EMAIL, email), (PHONE, phone), (ANONYMOUS, anonymous)]
    if keys:
        given += [
            (plain(str(namespace), longest=64), str(value))
            for namespace, value in json.loads(keys).items()
            if value not in (None, "")
        ]
    found: list[Key] = []
    for namespace, value in given:
        if value and namespace and (text := rules.normalised(namespace, value)):
            found.append((namespace, text))
    if any(namespace != ACCOUNT for namespace, _value in found):
        found = [key for key in found if key[0] != ACCOUNT]  # whose account it is says nothing of who they are
    return Sighting(keys=tuple(found), same_as=rules.normalised(USER, previous) if previous else "")


def note_traits(
    workspace: int, rows: pa.Table, profiles: np.ndarray, units: np.ndarray, said: np.ndarray, sources: dict[int, int]
) -> None:
    """What `identify` rows say; `sources` tells whose each inbox row is."""
    tells = pc.equal(rows.column("kind"), "identify").to_numpy()
    note_accounts(workspace, rows, profiles, sources)
    telling = np.flatnonzero(tells & (profiles > 0)).tolist()
    chosen = rows.select(["at", "inbox", "name", "traits"]).take(pa.array(telling, pa.int64())).to_pylist()
    described = []
    for place, row in zip(telling, chosen, strict=True):
        traits: dict[str, Any] = json.loads(row["traits"]) if row["traits"] else {}
        described.append(
            Telling(
                profile=int(profiles[place]),
                source=sources[row["inbox"]],
                at=row["at"],
                name=row["name"] or "",
                traits={key: value for key, value in traits.items() if value is not None},
                unit=int(units[place]) if said[place] else None,
            )
        )
    describe(workspace, described)


def note_accounts(workspace: int, rows: pa.Table, profiles: np.ndarray, sources: dict[int, int]) -> None:
    """Who belongs to which account, and what `group` rows say of accounts."""
    keys = rows.column("keys").combine_chunks().dictionary_encode()
    named = [found if ACCOUNT in (found := json.loads(text)) else None for text in keys.dictionary.to_pylist()]
    if not any(named):
        return
    rules = Rules.of(workspace)
    of = [rules.normalised(ACCOUNT, str(key[ACCOUNT])) if key else "" for key in named] + [""]
    codes = pc.fill_null(keys.indices, len(of) - 1).to_numpy(zero_copy_only=False)
    with_account = np.flatnonzero(np.array([bool(value) for value in of])[codes])
    at = rows.column("at").cast(pa.int64()).to_numpy()
    in_time = with_account[np.argsort(at[with_account], kind="stable")]
    pairs = np.stack([codes[in_time].astype(np.uint64), profiles[in_time]])
    _, first = np.unique(pairs, axis=1, return_index=True)  # each belongs once, from the first time on
    firsts = in_time[np.sort(first)]
    moments = rows.column("at").take(pa.array(firsts)).to_pylist()
    said = [
        Belonging(of[codes[row]], int(profiles[row]), moment)
        for row, moment in zip(firsts.tolist(), moments, strict=True)
    ]
    accounts = note_belonging(workspace, said)
    is_group = pc.equal(rows.column("kind"), "group").to_numpy()
    groups = with_account[is_group[with_account]].tolist()
    told = rows.select(["at", "inbox", "name", "traits"]).take(pa.array(groups, pa.int64())).to_pylist()
    describe(
        workspace,
        [
            Telling(
                accounts[of[codes[place]]],
                sources[row["inbox"]],
                row["at"],
                row["name"] or "",
                json.loads(row["traits"] or "{}"),
            )
            for place, row in zip(groups, told, strict=True)
        ],
    )
