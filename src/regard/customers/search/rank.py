"""How well a customer fits what somebody typed."""

from __future__ import annotations

from collections.abc import Mapping

from regard.customers.identity.names import EMAIL, PHONE
from regard.customers.people.queries import Person
from regard.customers.search.folding import folded, mail_words, phone_ends, words

KEY, NAME, BEGINS, WORDS, BEGINNINGS, TYPOS = range(6)


def rank(
    person: Person, text: str, meant: Mapping[str, Mapping[str, int]], *, by_key: bool
) -> tuple[int, int, str] | None:
    """Sorts customers, the best first; None for one that does not fit (any more). `by_key`: what was typed is one of their keys."""
    name = folded(person.name)
    if by_key:
        return KEY, 0, name
    if ends := phone_ends(text):
        return (BEGINS, 0, name) if _has_number(person, ends) else None
    whole = folded(text)
    if whole and name == whole:
        return NAME, 0, name
    if any(folded(known.value).startswith(whole) for known in person.known_as):
        return BEGINS, 0, name
    theirs, sought = _words(person), words(text)
    if not sought:
        return None
    if any(word.startswith(whole) for word in theirs):
        return (WORDS if whole in theirs else BEGINNINGS), 0, name
    if all(word in theirs for word in sought):
        return WORDS, 0, name
    typos = [_typos(word, theirs, meant.get(word, {})) for word in sought]
    if any(number is None for number in typos):
        return None
    total = sum(number or 0 for number in typos)
    return (TYPOS, total, name) if total else (BEGINNINGS, 0, name)


def _typos(word: str, theirs: set[str], meant: Mapping[str, int]) -> int | None:
    """The fewest typos by which the word is one of theirs, or its beginning."""
    if any(one.startswith(word) for one in theirs):
        return 0
    return min((meant[one] for one in theirs if one in meant), default=None)


def _words(person: Person) -> set[str]:
    mails = (word for known in person.known_as if known.namespace == EMAIL for word in mail_words(known.value))
    return {*words(person.name), *mails}


def _has_number(person: Person, ends: list[str]) -> bool:
    for known in person.known_as:
        if known.namespace == PHONE and any(own.startswith(end) for own in phone_ends(known.value) for end in ends):
            return True
        if known.value.lstrip("+").startswith(ends[0][::-1]):
            return True
    return False
