"""Who of us sees to what: members by their place in the tree of units, read once for a batch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property

from django.db.models import Count

from regard.care.cases.models import Case, State
from regard.care.queues.models import Queue, Routing, Taker
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right, Role
from regard.workspace.units.models import branches

#: Whoever answers for what happens at their units.
_ANSWERS = (Role.MANAGER, Role.ADMIN, Role.OWNER)
_NEVER = datetime.min.replace(tzinfo=UTC)


def answers(member: Member) -> bool:
    """Whether they answer for what happens at their units."""
    return member.role in _ANSWERS


class People:
    def __init__(self, workspace: int) -> None:
        self.workspace = workspace

    @cached_property
    def paths(self) -> dict[int, tuple[int, ...]]:
        """Unit → from the root down to itself."""
        return {branch.id: branch.path for branch in branches(self.workspace)}

    @cached_property
    def root(self) -> int:
        return next(path[0] for path in self.paths.values())

    @cached_property
    def members(self) -> dict[int, Member]:
        found = Member.objects.filter(workspace=self.workspace, left=None, user__is_active=True)
        return {one.pk: one for one in found.select_related("user", "workspace").prefetch_related("units")}

    @cached_property
    def _units(self) -> dict[int, frozenset[int]]:
        return {pk: frozenset(unit.pk for unit in one.units.all()) for pk, one in self.members.items()}

    def covers(self, member: int, unit: int) -> bool:
        """Whether a unit is theirs or below one of theirs."""
        return bool(self._units.get(member, frozenset()) & set(self.paths.get(unit, ())))

    def answering(self, unit: int, *, above: int = 0) -> list[Member]:
        """Those who answer for a unit: at it, else at the nearest above it that has somebody; `above` skips so many that have."""
        for place in reversed(self.paths.get(unit, (self.root,))):
            found = [one for pk, one in self.members.items() if one.role in _ANSWERS and place in self._units[pk]]
            if found and above <= 0:
                return found
            above -= bool(found)
        return []


class Router:
    """Gives cases of one queue to those who take them."""

    def __init__(self, queue: Queue, people: People) -> None:
        self.queue, self.people, self._given = queue, people, 0

    @cached_property
    def takers(self) -> list[Taker]:
        known = Taker.objects.filter(queue=self.queue, member__in=self.people.members).order_by("pk")
        return [one for one in known if self.people.members[one.member_id].may(Right.RECORD)]

    @cached_property
    def _open(self) -> dict[int, int]:
        """How many each has open, of every queue."""
        counted = Case.objects.filter(owner__in=[one.member_id for one in self.takers]).exclude(state=State.CLOSED)
        return dict(counted.order_by().values("owner").annotate(n=Count("pk")).values_list("owner", "n"))

    def fitting(self, unit: int, skill: str) -> list[Taker]:
        """Takers at the unit; of these the ones with the skill, where anybody has it."""
        here = [one for one in self.takers if self.people.covers(one.member_id, unit)]
        able = [one for one in here if skill and skill.casefold() in {known.casefold() for known in one.skills}]
        return able or here

    def next(self, unit: int, skill: str, now: datetime) -> Member | None:
        """Whose it is; None where nobody is to be chosen. What was given in this batch counts."""
        found = self.fitting(unit, skill)
        if self.queue.routing == Routing.NOBODY or not found:
            return None
        if self.queue.routing == Routing.LOAD:
            chosen = min(found, key=lambda one: (self._open.get(one.member_id, 0), one.pk))
        else:
            chosen = min(found, key=lambda one: (one.given or _NEVER, one.pk))
        chosen.given, self._given = now + timedelta(microseconds=self._given), self._given + 1
        self._open[chosen.member_id] = self._open.get(chosen.member_id, 0) + 1
        return self.people.members[chosen.member_id]

    def remember(self) -> None:
        """Whose turn it was."""
        Taker.objects.bulk_update([one for one in self.takers if one.given], ["given"])


def watching(case: Case, people: People) -> Iterable[Member]:
    pks = case.watchers.values_list("member", flat=True)
    return [people.members[pk] for pk in pks if pk in people.members]
