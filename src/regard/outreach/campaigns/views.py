from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.outreach.campaigns.forms import CampaignForm
from regard.outreach.campaigns.models import Campaign, Ended
from regard.outreach.campaigns.queries import effect, numbers, reasons, stuck
from regard.outreach.campaigns.rehearse import rehearse, unset
from regard.outreach.campaigns.shown import shown
from regard.outreach.templates.models import MessageTemplate
from regard.warehouse import WarehouseAway
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    found = Campaign.objects.filter(workspace=request.workspace).select_related("segment", "purpose")[:200]
    context = {
        "campaigns": found, "running": sum(one.running for one in found), "may_edit": request.member.may(Right.CONFIGURE),
        "written": MessageTemplate.objects.filter(workspace=request.workspace, retired=None).exists(),
    }  # fmt: skip
    return render(request, "outreach/campaigns/index.html", context)


def show(request: RegardRequest, pk: int) -> HttpResponse:
    """How far it is, and what difference it made. While it runs the page asks for its board every few seconds."""
    campaign = _find(request, pk)
    board = _board(request, campaign)
    if request.headers.get("HX-Request"):
        response = render(request, "outreach/campaigns/_board.html", board)
        if not campaign.running:
            response["HX-Refresh"] = "true"  # the page's title says what is true now
        return response
    found = effect(campaign)
    told = shown(campaign, found) if found is not None and found.measured else None
    return render(request, "outreach/campaigns/show.html", {**board, "effect": told})


def _board(request: RegardRequest, campaign: Campaign) -> dict[str, Any]:
    rows = numbers(campaign) if campaign.started else []
    drawn, held = sum(one.drawn for one in rows), sum(one.held_back for one in rows)
    asked = sum(one.drawn for one in rows if one.letter)
    settled = asked - sum(one.waiting for one in rows)
    return {
        "campaign": campaign, "numbers": rows, "drawn": drawn, "sent": sum(one.sent for one in rows), "held": held, "asked": asked,
        "settled": settled, "stuck": stuck(campaign) if campaign.running else "",
        "share": settled / asked if asked else 0, "reasons": reasons(campaign) if held else [], "now": timezone.now(),
        "arms": list(campaign.arms.select_related("version__template")), "may_edit": request.member.may(Right.CONFIGURE),
    }  # fmt: skip


def edit(request: RegardRequest, pk: int = 0) -> HttpResponse:
    known = _find(request, pk) if pk else Campaign(workspace=request.workspace)
    if known.started is not None:
        messages.error(request, _("It was started: what it says and to whom cannot be changed any more."))
        return redirect("campaigns:show", pk)
    form = CampaignForm(request.POST or None, instance=known, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        made, templates = form.kept()
        made.keep(templates, by=request.user.email, first_share=form.cleaned_data["first_share"])
        return redirect("campaigns:show", made.pk)
    written = MessageTemplate.objects.filter(workspace=request.workspace, retired=None).exists()
    return render(request, "outreach/campaigns/edit.html", {"form": form, "campaign": Campaign.objects.filter(pk=pk).first(), "written": written})


def starting(request: RegardRequest, pk: int) -> HttpResponse:
    """Whom it would reach, before it does; then it begins."""
    campaign = _find(request, pk)
    if campaign.started is not None or campaign.over:
        return redirect("campaigns:show", pk)
    now = timezone.now()
    if request.method == "POST":
        try:
            if campaign.start(by=request.user.email, now=now):
                messages.success(request, _begun(campaign, now))
        except Ended as problem:
            messages.error(request, str(problem))
            return redirect("campaigns:edit", pk)
        return redirect("campaigns:show", pk)
    try:
        found = rehearse(campaign, now=now)
    except WarehouseAway:
        messages.error(request, _("The engine that knows who belongs to the segment is away: try again in a minute."))
        return redirect("campaigns:show", pk)
    context = {"campaign": campaign, "found": found, "now": now, "arms": list(campaign.arms.select_related("version__template"))}
    return render(request, "outreach/campaigns/starting.html", context)


def _begun(campaign: Campaign, now: datetime) -> str:
    told, missing = [_("It is started.")], unset(campaign)
    if campaign.begins is not None and campaign.begins > now:
        told.append(_("It begins on %(when)s.") % {"when": date_format(timezone.localtime(campaign.begins), "SHORT_DATETIME_FORMAT")})
    elif not missing:
        told.append(_("The first messages go out within a minute or two, as the contact policy lets them."))
    if missing:
        told.append(_("Nothing can be sent by %(channels)s yet: what is started waits until it is set up under Settings.")
                    % {"channels": ", ".join(missing)})  # fmt: skip
    return " ".join(told)


@require_POST
def act(request: RegardRequest, pk: int) -> HttpResponse:
    """Stand still, go on, or end it here."""
    campaign, now, by = _find(request, pk), timezone.now(), request.user.email
    match request.POST.get("act", ""):
        case "pause" | "go" as what:
            campaign.pause(on=what == "pause", by=by, now=now)
        case "cancel":
            campaign.cancel(by=by, now=now)
            messages.success(request, _("Cancelled. Nothing more goes out."))
        case _:
            raise Http404
    return redirect("campaigns:show", pk)


def _find(request: RegardRequest, pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("segment", "purpose", "workspace"), pk=pk, workspace=request.workspace)
