"""Answers of which nobody is to tell whose they are: shown in groups of at least so many, here and wherever the ledger is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

Sums = Mapping[str, float]


def _none(workspace: int) -> list[str]:
    return []


@dataclass
class Unnamed:
    #: The names of a workspace's anonymous programmes; said by whoever knows programmes.
    programmes: Callable[[int], list[str]] = _none


UNNAMED = Unnamed()


@dataclass
class Parted:
    """One group's sums: of answers with a name, and of those without."""

    named: Sums | None = None
    unnamed: Sums | None = None


def withhold(
    groups: Mapping[object, Parted], add: Callable[[Sums, Sums], Sums], *, threshold: int
) -> tuple[dict[object, Sums], int]:
    """Sums of each group without answers that are too few in it, and how many were left out.

    What is left out of all groups together is never less than the threshold either: else it could be told from what is shown of all.
    Least groups go first.
    """
    unnamed = {key: one.unnamed for key, one in groups.items() if one.unnamed and one.unnamed["n"]}
    out = {key for key, sums in unnamed.items() if sums["n"] < threshold}
    count = sum(unnamed[key]["n"] for key in out)
    for key in sorted(unnamed.keys() - out, key=lambda one: (unnamed[one]["n"], str(one))):
        if not 0 < count < threshold:
            break
        out.add(key)
        count += unnamed[key]["n"]
    shown: dict[object, Sums] = {}
    for key, one in groups.items():
        unnamed_part = None if key in out else one.unnamed
        if one.named and unnamed_part:
            shown[key] = add(one.named, unnamed_part)
        elif part := one.named or unnamed_part:
            shown[key] = part
    return shown, int(count)
