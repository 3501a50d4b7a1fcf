"""Which customers a list is about, what it shows of them and in what order: a value that an address, a saved view and the API share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

#: What a list can be sorted by; by a trait as `trait:NAME` (ascending) and `-trait:NAME`.
SORTS = {
    "heard": _("last heard of first"),
    "new": _("newest first"),
    "old": _("oldest first"),
    "name": _("name, A to Z"),
    "-name": _("name, Z to A"),
}
COLUMNS = {
    "keys": _("Known as"),
    "unit": _("Home unit"),
    "heard": _("Last heard of"),
    "nps": _("Last NPS"),
    "csat": _("Last satisfaction"),
    "ces": _("Last effort"),
    "groups": _("Segments"),
    "seen": _("First seen"),
}
DEFAULT_COLUMNS = ("keys", "unit", "heard")
_TRAIT = "trait:"
_MOST_TRAITS, _MOST_COLUMNS, _LONGEST = 5, 12, 200


@dataclass(frozen=True)
class Listing:
    words: str = ""
    group: int = 0  # a segment; 0: everybody
    unit: int = 0  # at home there or below
    traits: tuple[tuple[str, str], ...] = ()  # each is exactly this value
    sort: str = "heard"
    columns: tuple[str, ...] = field(default=DEFAULT_COLUMNS)

    @property
    def filtered(self) -> bool:
        return bool(self.group or self.unit or self.traits)

    @property
    def trait_sort(self) -> tuple[str, bool] | None:
        """The trait it is sorted by, and whether downwards."""
        plain = self.sort.removeprefix("-")
        return (plain.removeprefix(_TRAIT), self.sort.startswith("-")) if plain.startswith(_TRAIT) else None

    def query(self, **changes: object) -> str:
        """The address of this list, some of it changed."""
        one = replace(self, **changes)  # type: ignore[arg-type]
        pairs: list[tuple[str, object]] = [("q", one.words), ("segment", one.group or ""), ("unit", one.unit or "")]
        pairs += [("trait", f"{name}:{value}") for name, value in one.traits]
        pairs += [("sort", one.sort if one.sort != "heard" else "")]
        if one.columns != DEFAULT_COLUMNS:
            pairs += [("column", column) for column in one.columns or ("none",)]
        return urlencode([(name, value) for name, value in pairs if value != ""])

    def kept(self) -> dict[str, object]:
        """As it is stored with a view."""
        return {
            "words": self.words, "group": self.group, "unit": self.unit, "traits": [list(one) for one in self.traits],
            "sort": self.sort, "columns": list(self.columns),
        }  # fmt: skip


def read_listing(given: Mapping[str, Sequence[str]]) -> Listing:
    """From the parameters of an address (name → values). What makes no sense is left out."""

    def one(name: str) -> str:
        values = given.get(name) or [""]
        return values[-1].replace("\0", "").strip()[:_LONGEST]

    traits = []
    for text in given.get("trait", ()):
        name, colon, value = text.replace("\0", "")[: 2 * _LONGEST].partition(":")
        if colon and name.strip() and value.strip():
            traits.append((name.strip()[:_LONGEST], value.strip()[:_LONGEST]))
    columns = tuple(dict.fromkeys(text[:_LONGEST] for text in given.get("column", ()) if _is_column(text)))
    return Listing(
        words=" ".join(one("q").split()),
        group=_number(one("segment")),
        unit=_number(one("unit")),
        traits=tuple(dict.fromkeys(traits))[:_MOST_TRAITS],
        sort=one("sort") if _is_sort(one("sort")) else "heard",
        columns=columns[:_MOST_COLUMNS] if "column" in given else DEFAULT_COLUMNS,
    )


def restored(kept: Mapping[str, object]) -> Listing:
    """A stored listing, read as carefully as an address."""
    traits = kept.get("traits")
    columns = kept.get("columns")
    return read_listing(
        ({"column": [str(one) for one in columns]} if isinstance(columns, list) else {})
        | {
            "q": [str(kept.get("words", ""))],
            "segment": [str(kept.get("group", ""))],
            "unit": [str(kept.get("unit", ""))],
            "trait": [f"{name}:{value}" for name, value in traits] if isinstance(traits, list) else [],
            "sort": [str(kept.get("sort", ""))],
        }
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _is_column(text: str) -> bool:
    return text in COLUMNS or (text.startswith(_TRAIT) and len(text) > len(_TRAIT))


def _is_sort(text: str) -> bool:
    plain = text.removeprefix("-")
    return text in SORTS or (plain.startswith(_TRAIT) and len(plain) > len(_TRAIT))
