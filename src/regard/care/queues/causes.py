"""Root causes as the tree that they are."""

from __future__ import annotations

from dataclasses import dataclass

from regard.care.queues.models import Cause

#: Deeper than this nobody finds the right one.
DEEPEST = 4


@dataclass(frozen=True)
class Branch:
    cause: Cause
    #: From 1 at the top.
    depth: int
    #: `Bill / Charged twice`.
    path: str
    #: Itself and all that are above it.
    above: tuple[int, ...]


def tree(workspace: int, *, retired: bool = False) -> list[Branch]:
    """In the order of the tree, by name; those that are not offered any more only where wanted."""
    below: dict[int | None, list[Cause]] = {}
    for one in Cause.objects.filter(workspace=workspace).order_by("name"):
        if retired or one.retired is None:
            below.setdefault(one.parent_id, []).append(one)
    found: list[Branch] = []

    def grow(parent: Branch | None) -> None:
        for one in below.get(parent.cause.pk if parent else None, ()):
            path, above = (f"{parent.path} / {one.name}", (*parent.above, one.pk)) if parent else (one.name, (one.pk,))
            found.append(Branch(one, len(above), path, above))
            if len(above) < 50:
                grow(found[-1])

    grow(None)
    return found


def at_and_below(workspace: int, cause: int) -> list[int]:
    """A cause and all that it is made of."""
    return [one.cause.pk for one in tree(workspace, retired=True) if cause in one.above]
