from __future__ import annotations

from dataclasses import dataclass

from regard.workspace.invitations.models import Invitation
from regard.workspace.members.models import Member
from regard.workspace.members.rights import may_grant


@dataclass(frozen=True)
class Seat:
    """A member as the list shows them."""

    member: Member
    units: str
    may_change: bool


@dataclass(frozen=True)
class MemberPage:
    seats: list[Seat]
    open: list[Invitation]


def member_page(reader: Member) -> MemberPage:
    """The members whose units the reader sees, and the invitations that wait."""
    scope = reader.scope()
    members = (
        Member.objects.filter(workspace=reader.workspace, left=None).select_related("user").prefetch_related("units")
    )
    seats = []
    for member in members:
        units = list(member.units.all())
        if all(scope.sees(unit.pk) for unit in units):
            names = ", ".join(unit.name for unit in units)
            seats.append(Seat(member, names, may_grant(reader.role, member.role)))
    waiting = Invitation.objects.filter(workspace=reader.workspace, taken=None, withdrawn=None).prefetch_related(
        "units"
    )
    return MemberPage(seats, [one for one in waiting if all(scope.sees(unit.pk) for unit in one.units.all())])
