"""Finding customers by what somebody types, quickly and forgiving typos; and finding what customers said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from regard.customers.people.slots import Found, Quote
from regard.customers.search.folding import LONGEST_WORD, folded, phone_ends, said_words, words
from regard.segments.finding.ddl import SAID_AS
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope

MOST = 100
_SHORTEST_WITH_TYPO, _LONG = 3, 6
_VARIANTS = 100
#: In the order of the table's key, so that reading ends with the last row wanted: the whole word first, then those it begins.
_IN_ORDER = "order by workspace, kind, word, profile limit {most:UInt32}"
_ROWS = "select profile from words where $workspace and kind in ('name', 'mail') and "


def find(scope: Scope, text: str) -> Found:
    """Profiles that may be meant, the best first as far as the engine knows; whoever shows them checks what is true today."""
    if ends := phone_ends(text):
        return Found(tuple(dict.fromkeys(_by_number(scope, ends, folded(text).lstrip("+")))))
    whole, sought = folded(text)[:LONGEST_WORD], words(text)
    profiles, known = _by_words(scope, whole, sought) if whole else ([], frozenset[str]())
    if profiles or not sought:
        return Found(tuple(dict.fromkeys(profiles)))
    for right in dict.fromkeys((known, frozenset[str]())):  # first only what nobody is called is taken for a typo
        meant = {word: {word: 0} if word in right else _variants(scope, word) for word in sought}
        if found := _by_variants(scope, meant, right):
            return Found(tuple(found), meant)
    return Found()


def _by_number(scope: Scope, ends: Sequence[str], whole: str) -> list[int]:
    """By the last digits, or the first of any key."""
    values: dict[str, object] = {"whole": whole, "most": MOST}
    parts = ["kind = 'key' and startsWith(word, {whole:String})"]
    for place, end in enumerate(ends):
        values[f"end{place}"] = end
        parts.append(f"kind = 'phone' and startsWith(word, {{end{place}:String}})")
    found = _either(scope, [f"select profile from words where $workspace and {part}" for part in parts], values)
    return [profile for profile, _place in found]


def _by_words(scope: Scope, whole: str, sought: Sequence[str]) -> tuple[list[int], frozenset[str]]:
    """A key begins with all of it, or every word begins one of theirs; and those of several words that somebody's begin with."""
    values: dict[str, object] = {f"w{place}": word for place, word in enumerate(sought)} | {
        "most": MOST,
        "whole": whole,
    }
    parts = [
        "select profile from words where $workspace and kind in ('mail', 'key') and startsWith(word, {whole:String})"
    ]
    begins = [f"startsWith(word, {{w{place}:String}})" for place in range(len(sought))]
    if sought:
        longest = max(range(len(sought)), key=lambda place: len(sought[place]))  # the fewest rows
        others = "".join(f" and profile in ({_ROWS}{one})" for place, one in enumerate(begins) if place != longest)
        parts.append(f"{_ROWS}{begins[longest]}{others}")
    flags = [
        f"(select toUInt64({place}) as profile, 9 as place from ({_ROWS}{one} limit 1))"
        for place, one in enumerate(begins)
    ]
    rows = _either(scope, parts, values, flags if len(sought) > 1 else [])
    known = frozenset(sought[number] for number, place in rows if place == 9)
    return [profile for profile, place in rows if place != 9], known


def _either(
    scope: Scope, selects: Sequence[str], values: dict[str, object], more: Sequence[str] = ()
) -> list[tuple[int, int]]:
    """Profiles and the number of the select that found them, one select after the other."""
    found = [f"(select profile, {place} as place from ({one} {_IN_ORDER}))" for place, one in enumerate(selects)]
    sql = f"select profile, place from ({' union all '.join((*found, *more))}) order by place"
    return [(int(profile), int(place)) for profile, place in warehouse().select(scope, sql, values)]


def _variants(scope: Scope, word: str) -> dict[str, int]:
    """Words that customers have and that differ from this one by a typo or two, with by how many; or that it begins.

    They are looked for in names, else in addresses, among those with the same first letter, or with the second as the first: an extra
    letter before it, or two swapped. So a twentieth of the words is read; the distance that knows of swaps is slow, and taken of few.
    """
    typos = 0 if len(word) < _SHORTEST_WITH_TYPO else 1 if len(word) < _LONG else 2
    sql = (
        "select word, if(startsWith(word, {word:String}), 0, damerauLevenshteinDistance(word, {word:String})) as typos from ("
        "select word, count() as number from words where $workspace and kind = {kind:String} "
        "and (startsWith(word, {one:String}) or startsWith(word, {other:String})) "
        "and (startsWith(word, {word:String}) or length(word) between {low:UInt16} and {high:UInt16} "
        "and editDistance(word, {word:String}) <= {typos:UInt8} + 1) group by word"
        ") where typos <= {typos:UInt8} order by typos, number desc, word limit {most:UInt32}"
    )
    size = len(word.encode())
    values = {
        "word": word, "one": word[0], "other": word[1:2] or word[0], "typos": typos, "low": max(size - typos, 1), "high": size + typos,
        "most": _VARIANTS,
    }  # fmt: skip
    for kind in ("name", "mail"):
        if rows := warehouse().select(scope, sql, {**values, "kind": kind}):
            return {variant: int(distance) for variant, distance in rows}
    return {}


def _by_variants(scope: Scope, meant: dict[str, dict[str, int]], right: frozenset[str]) -> list[int]:
    """Every word is meant by one of theirs; the fewest typos in the word that has the fewest variants come first."""
    if not all(meant.values()):
        return []
    values: dict[str, object] = {}
    listed = []
    for place, (word, variants) in enumerate(meant.items()):
        values[f"w{place}"] = word if word in right else list(variants)
        listed.append(
            f"startsWith(word, {{w{place}:String}})" if word in right else f"word in {{w{place}:Array(String)}}"
        )
    places = [place for place, word in enumerate(meant) if word not in right] or [0]
    rarest = min(places, key=lambda place: len(list(meant.values())[place]))
    others = "".join(f" and profile in ({_ROWS}{one})" for place, one in enumerate(listed) if place != rarest)
    order = (
        f"indexOf({{w{rarest}:Array(String)}}, word), profile" if isinstance(values[f"w{rarest}"], list) else "profile"
    )
    sql = f"{_ROWS}{listed[rarest]}{others} order by {order} limit 1 by profile limit {{most:UInt32}}"
    return [int(profile) for (profile,) in warehouse().select(scope, sql, {**values, "most": MOST})]


def said(scope: Scope, text: str, limit: int) -> list[Quote]:
    """What customers said, or was noted of them, with all of these words, in rows of the scope; the newest first."""
    sought = said_words(text)
    if not any(len(word) > 2 for word in sought):
        return []
    sql = (
        f"select profile, at, kind, text from ledger where $scope and kind in ('answer', 'note') and profile != 0 "
        f"and hasAllTokens({SAID_AS}, {{words:Array(String)}}) order by at desc, profile limit {{most:UInt32}}"
    )
    rows: Iterable[tuple[int, object, str, str]] = warehouse().select(scope, sql, {"words": sought, "most": limit})
    return [Quote(*row) for row in rows]  # type: ignore[arg-type]
