from __future__ import annotations

from collections.abc import Iterable


def ints(numbers: Iterable[int]) -> str:
    """An array of numbers for `%s::bigint[]`: the driver writes very many of them one by one, in several times as long."""
    return f"{{{','.join(map(str, numbers))}}}"
