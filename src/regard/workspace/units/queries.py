from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import ngettext

from regard.warehouse.scope import Scope
from regard.workspace.units.field import within
from regard.workspace.units.models import Branch, Unit


@dataclass(frozen=True)
class Twig:
    """A unit as the tree shows it."""

    branch: Branch
    people: int
    depth: int
    movable: bool


def tree(scope: Scope) -> list[Twig]:
    shown = within(scope)
    people: dict[int, int] = {}
    for unit in Unit.members.through.objects.filter(unit__workspace_id=scope.workspace, member__left=None).values_list(
        "unit_id", flat=True
    ):
        people[unit] = people.get(unit, 0) + 1
    least = min((branch.depth for branch in shown), default=0)
    return [Twig(branch, people.get(branch.id, 0), min(branch.depth - least, 6), branch.depth > 0) for branch in shown]


def lost_with(unit: Unit) -> tuple[str, ...]:
    """What deleting a unit does, in words, with counts."""
    below, people = unit.children.count(), unit.members.filter(left=None).count()
    keys = unit.apikey_set.filter(revoked=None).count()
    above = unit.parent.name if unit.parent else ""
    lines = []
    if below:
        lines.append(
            ngettext(
                "%(n)s unit below it moves up to %(above)s.",
                "%(n)s units below it move up to %(above)s.",
                below,
            )
            % {"n": below, "above": above}
        )
    if people:
        lines.append(
            ngettext("%(n)s member then sees all of %(above)s.", "%(n)s members then see all of %(above)s.", people)
            % {"n": people, "above": above}
        )
    if keys:
        lines.append(ngettext("%(n)s key stops working.", "%(n)s keys stop working.", keys) % {"n": keys})
    return tuple(lines)
