"""Accepts everything above a probability at once, and is careful where people one by one would be.

Pairs hang together: A and B, B and C. Joined, they are one customer, whether A and C were ever held against each other or not. So
whole clusters are judged, not pairs: one that would put two ids together of which a person has only one becomes a question, and so
does one in which somebody has said that two are different people; a big or loosely connected one is left to be decided pair by pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.customers.duplicates.decide import accept
from regard.customers.duplicates.models import DuplicateRun
from regard.customers.duplicates.queries import Waiting, anchors_of, conflicts, everything
from regard.customers.identity.graph import clusters
from regard.customers.identity.join import CannotJoin
from regard.customers.identity.lock import hold
from regard.customers.identity.models import Link
from regard.web import numbers

#: More customers than this are hardly ever one person.
BIGGEST = 12
#: Of all pairs in a cluster, the share that must be proposed: a long chain has fewer.
_DENSEST_CHAIN = 0.5

Cluster = list[Waiting]


@dataclass(frozen=True)
class Plan:
    join: list[Cluster] = field(default_factory=list)
    ask: list[Cluster] = field(default_factory=list)
    leave: list[Cluster] = field(default_factory=list)

    @property
    def pairs(self) -> int:
        return sum(len(cluster) for cluster in (*self.join, *self.ask, *self.leave))

    @property
    def customers_joined(self) -> int:
        return sum(len(ends(cluster)) for cluster in self.join)


def ends(cluster: Cluster) -> set[int]:
    return {end for pair in cluster for end in (pair.low, pair.high)}


def plan(workspace: int, threshold: float) -> Plan:
    """What would become of everything at or above this probability."""
    found = list(everything(workspace, threshold))
    of = {one: place for place, group in enumerate(clusters((pair.low, pair.high) for pair in found)) for one in group}
    grouped: dict[int, Cluster] = {}
    for pair in found:
        grouped.setdefault(of[pair.low], []).append(pair)
    small = [cluster for cluster in grouped.values() if len(ends(cluster)) <= BIGGEST]
    customers = {end for cluster in small for end in ends(cluster)}
    anchors, apart = anchors_of(workspace, customers), _apart(workspace, customers)
    made = Plan(leave=[cluster for cluster in grouped.values() if len(ends(cluster)) > BIGGEST])
    for cluster in small:
        members = ends(cluster)
        possible = len(members) * (len(members) - 1) // 2
        if conflicts([anchors[one] for one in members if one in anchors]) or any(
            other in members for one in members for other in apart.get(one, ())
        ):
            made.ask.append(cluster)
        elif len(cluster) < _DENSEST_CHAIN * possible:
            made.leave.append(cluster)
        else:
            made.join.append(cluster)
    return made


def accept_all(run: DuplicateRun) -> None:
    """Carry it out. Cut short and begun again, it goes on with what still waits."""
    made = plan(run.workspace_id, run.threshold)
    todo = len(made.join) + len(made.ask)
    for place, cluster in enumerate(made.ask):
        _ask(run.workspace_id, cluster)
        if place % 50 == 0:
            run.at(_("Asking about those who may not be joined"), place / todo)
    joined = 0
    for place, cluster in enumerate(made.join, len(made.ask)):
        joined += _join(run, cluster)
        if place % 20 == 0:
            run.at(_("Joining customers"), place / todo)
    told = ngettext("%(n)s pair was joined.", "%(n)s pairs were joined.", joined) % {"n": numbers.count(joined)}
    if made.ask:
        told += " " + ngettext(
            "%(n)s group became a question under Who is who.", "%(n)s groups became questions under Who is who.", len(made.ask)
        ) % {"n": numbers.count(len(made.ask))}  # fmt: skip
    if made.leave:
        told += " " + ngettext(
            "%(n)s group is too big or too loose to be joined at once and waits below.",
            "%(n)s groups are too big or too loose to be joined at once and wait below.", len(made.leave),
        ) % {"n": numbers.count(len(made.leave))}  # fmt: skip
    run.end(DuplicateRun.Outcome.DONE, told, found=joined)


@transaction.atomic
def _join(run: DuplicateRun, cluster: Cluster) -> int:
    joined = 0
    for pair in cluster:
        try:
            accept(run.workspace_id, pair, by=run.by)
        except CannotJoin:
            continue  # through another pair of the cluster, or by somebody else
        joined += 1
    return joined


@transaction.atomic
def _ask(workspace: int, cluster: Cluster) -> None:
    hold(workspace)
    for pair in cluster:
        Link.objects.get_or_create(workspace_id=workspace, low_id=pair.low, high_id=pair.high, namespace="", value="")


def _apart(workspace: int, customers: set[int]) -> dict[int, set[int]]:
    """Customer → those of whom somebody has said that they are someone else."""
    found: dict[int, set[int]] = {}
    rows = Link.objects.filter(workspace_id=workspace, decision=Link.Decision.APART).filter(
        Q(low__in=customers) | Q(low__merged_into__in=customers)
    )
    for low, low_of, high, high_of in rows.values_list("low", "low__merged_into", "high", "high__merged_into"):
        found.setdefault(low_of or low, set()).add(high_of or high)
    return found
