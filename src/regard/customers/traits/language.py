"""Which language a customer reads, as far as their traits say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

#: The traits that say it, the most exact first.
_TRAITS = ("language", "locale", "lang")


def spoken(traits: Mapping[str, object], offered: Iterable[str], *more: str) -> str | None:
    """The first language of theirs (then of `more`) that is on offer, as it is offered: `fr_CA` finds `fr`. None where there is none."""
    known = {language.casefold().split("-")[0]: language for language in reversed(list(offered))}
    for said in (*(traits.get(name) for name in _TRAITS), *more):
        wanted = str(said or "").replace("_", "-").casefold().split("-")[0]
        if wanted in known:
            return known[wanted]
    return None
