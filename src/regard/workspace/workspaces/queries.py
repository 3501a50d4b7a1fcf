from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right


@dataclass(frozen=True)
class Door:
    """A way from the overview into one part of the settings."""

    title: str
    text: str
    now: str
    href: str


#: Settings of other features; `site/wiring.py` enters them.
MORE_DOORS: list[Callable[[Member], list[Door]]] = []


@dataclass(frozen=True)
class Overview:
    doors: list[Door]


def overview(member: Member) -> Overview:
    """What this member may set, each with how it stands now."""
    workspace = member.workspace
    doors: list[Door] = []
    if member.may(Right.OWN):
        now = f"{workspace.time_zone} · {workspace.currency}"
        doors.append(
            Door(
                _("Workspace"),
                _("Its name, time zone, currency and how people must sign in."),
                now,
                reverse("workspace:edit"),
            )
        )
    if member.may(Right.CONFIGURE):
        people = workspace.members.filter(left=None).count()
        units = workspace.units.count()
        keys = workspace.keys.filter(revoked=None).count()
        doors += [
            Door(
                _("Members"),
                _("Who may see and do what, and who is invited."),
                ngettext("%(n)s member", "%(n)s members", people) % {"n": people},
                reverse("workspace:members"),
            ),
            Door(
                _("Units"),
                _("Regions, stores and teams. People see their own and what is below."),
                ngettext("%(n)s unit", "%(n)s units", units) % {"n": units},
                reverse("workspace:units"),
            ),
            Door(
                _("Keys"),
                _("For your systems: to send events, and to read or change through the API."),
                ngettext("%(n)s key", "%(n)s keys", keys) % {"n": keys},
                reverse("workspace:keys"),
            ),
        ]
    doors += [door for more in MORE_DOORS for door in more(member)]
    if member.may(Right.OWN):
        doors.append(
            Door(
                _("Single sign-on"),
                _("Let people in with your company’s OpenID Connect or SAML."),
                "",
                reverse("workspace:signon"),
            )
        )
    if member.may(Right.CONFIGURE):
        doors.append(Door(_("Audit log"), _("Who did what and when. It only grows."), "", reverse("workspace:audit")))
    doors.append(
        Door(
            _("My account"),
            _("Your name, language, password and second factor."),
            str(member.user.email),
            reverse("workspace:me"),
        )
    )
    return Overview(doors)
