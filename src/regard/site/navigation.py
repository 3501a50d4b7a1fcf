"""The side bar: the loop, in its order. A page is listed here once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from regard.outreach.notices.views import unseen
from regard.site.permissions import Needs, access

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from regard.workspace.members.models import Member


@dataclass(frozen=True)
class Entry:
    route: str
    label: StrOrPromise
    #: How much of it waits for the member.
    count: Callable[[Member], int] = lambda member: 0


@dataclass(frozen=True)
class Group:
    label: StrOrPromise
    entries: tuple[Entry, ...]


GROUPS = (
    Group(
        "",
        (
            Entry("pulse:index", _("Pulse")), Entry("customers:index", _("Customers")), Entry("accounts:index", _("Accounts")),
            Entry("segments:index", _("Segments")),
        ),
    ),
    Group(
        _("Listen"),
        (
            Entry("programmes:index", _("Programmes")), Entry("surveys:index", _("Surveys")), Entry("inbox:index", _("Responses")),
            Entry("feedback:index", _("Feedback")),
            Entry("touchpoints:index", _("Touchpoints")),
            Entry("sources:index", _("Sources")),
        ),
    ),
    Group(_("Understand"), (Entry("explore:index", _("Explore")),)),
    Group(_("Act"), (Entry("cases:index", _("Cases")), Entry("complaints:index", _("Complaints")), Entry("loop:index", _("Closing the loop")),
            Entry("handoffs:index", _("Handoffs")), Entry("playbooks:index", _("Playbooks")), Entry("campaigns:index", _("Campaigns")),
            Entry("initiatives:index", _("Initiatives")), Entry("huddle:index", _("Huddle")), Entry("notices:index", _("Notices"), unseen))),
    Group(_("Grow"), (Entry("offers:index", _("Offers")),)),
    Group("", (Entry("workspace:settings", _("Settings")),)),
)  # fmt: skip


#: Pages that belong to an entry under another name.
_WITHIN = {
    "templates": "campaigns", "direct": "customers", "calendar": "notices",
    **dict.fromkeys(("mailbox", "webhooks", "helpdesk", "queues"), "workspace"),
    **dict.fromkeys(("complaints:settings", "complaints:rule", "complaints:rule_new", "complaints:limits", "complaints:door"), "workspace"),
    "imports": "sources", "connections": "sources", "writeback": "sources", "timeline": "customers", "identity": "customers",
    "duplicates": "customers", "notes": "customers", "mail": "workspace", "phone": "workspace", "look": "workspace",
    "contact": "workspace", "privacy": "workspace", "redaction": "workspace", "bulk": "customers",
    "computed": "segments", "traits": "workspace", "traits:one": "customers", "widgets": "surveys", "kiosk": "surveys", "visits": "surveys",
}  # fmt: skip


def navigation(request: HttpRequest) -> dict[str, object]:
    """Context processor: what this member may open, and which of it is open now."""
    member = getattr(request, "member", None)
    if member is None:
        return {}
    match = request.resolver_match
    here = match.namespace if match else ""
    here = _WITHIN.get(match.view_name if match else "", _WITHIN.get(here, here))
    groups = []
    for group in GROUPS:
        entries = []
        for entry in group.entries:
            needed = access(entry.route)
            if not isinstance(needed, Needs) or not member.may(needed.right):
                continue
            try:
                address = reverse(entry.route)
            except NoReverseMatch:
                continue
            entries.append({"label": entry.label, "address": address, "current": entry.route.split(":")[0] == here, "count": entry.count(member)})
        if entries:
            groups.append({"label": group.label, "entries": entries})
    others = member.user.memberships.filter(left=None).select_related("workspace").order_by("workspace__name")
    return {"navigation": groups, "workspace": member.workspace, "member": member, "memberships": others}
