"""The words by which customers are found, mirrored into ClickHouse: names, addresses, numbers and keys, each a row in order of the word.

So a whole word, the beginning of one and the last digits of a phone number are reads of one range, and a word with a typo is
looked for among the distinct words. Rows belong to profiles; whose those are today is asked when something is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pyarrow as pa
from django.db import connection

from regard.customers.identity.names import EMAIL, PHONE
from regard.customers.search.folding import LONGEST_WORD, folded, mail_words, phone_ends, words
from regard.warehouse import warehouse
from regard.warehouse.migrate import Migration
from regard.warehouse.tables import Table

WORDS = Table(
    name="words",
    columns="""
        workspace UInt32,
        kind Enum8('name' = 1, 'mail' = 2, 'key' = 3, 'phone' = 4),
        word String,
        profile UInt64,
        version UInt64
    """,
    version="version",
    order_by="workspace, kind, word, profile",
    shard_by="cityHash64(profile)",
)
MIGRATIONS = [Migration("words-0001", WORDS.create)]
_AT_ONCE = 20_000
#: More keys of one profile (devices, mostly) are found by their whole value alone.
_MOST_KEYS = 50

_NAMES = "select id, name from customers_profile where workspace_id = %s and id = any(%s) and name != ''"
_KEYS = """
select profile_id, namespace, value from customers_identifier where workspace_id = %s and profile_id = any(%s) and shared is null
"""


def mirror_words(workspace: int, ids: list[int]) -> None:
    """Write the words of these profiles. Words they had before may be found still; they are checked when they are."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        kinds: list[str] = []
        texts: list[str] = []
        profiles: list[int] = []
        for kind, word, profile in _found(workspace, some):
            kinds.append(kind)
            texts.append(word)
            profiles.append(profile)
        if kinds:
            version = int(datetime.now(UTC).timestamp() * 1_000_000)
            count = len(kinds)
            rows = pa.table(
                {
                    "workspace": pa.array([workspace] * count, pa.uint32()),
                    "kind": pa.array(kinds, pa.string()),
                    "word": pa.array(texts, pa.string()),
                    "profile": pa.array(profiles, pa.uint64()),
                    "version": pa.array([version] * count, pa.uint64()),
                }
            )
            warehouse().insert(WORDS.name, rows, token=f"words-{workspace}-{version}-{start}")


def forget_words(workspace: int, profiles: Sequence[int]) -> int:
    """Take the words of these profiles away for good. Returns how many there were."""
    where = "workspace = {workspace:UInt32} and profile in {profiles:Array(UInt64)}"
    return warehouse().change(WORDS, "delete", where, {"workspace": workspace, "profiles": list(profiles)})


def _found(workspace: int, ids: list[int]) -> Iterator[tuple[str, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [workspace, ids])
        for profile, name in cursor.fetchall():
            for word in words(name):
                yield "name", word, profile
        cursor.execute(_KEYS, [workspace, ids])
        keys: dict[int, int] = {}
        for profile, namespace, value in cursor.fetchall():
            keys[profile] = keys.get(profile, 0) + 1
            if keys[profile] <= _MOST_KEYS:
                for kind, word in _words(namespace, value):
                    yield kind, word, profile


def _words(namespace: str, value: str) -> Iterator[tuple[str, str]]:
    if namespace == PHONE:
        yield from (("phone", digits) for digits in phone_ends(value))
        yield "key", value.lstrip("+")
        return
    yield "key", folded(value)[:LONGEST_WORD]
    if namespace == EMAIL:
        yield from (("mail", word) for word in mail_words(value))
