from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.customers.people.find import customer_or_404
from regard.customers.people.queries import merged_profiles
from regard.listening.invitations.queries import invitations_of
from regard.listening.invitations.told import told
from regard.listening.surveys.models import Survey
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    """What one customer was asked, or why not: a fragment of their page."""
    found = customer_or_404(request.scope, pk)
    profiles = [found.id, *merged_profiles([found.id])]
    listed = [told(one, now=timezone.now()) for one in invitations_of(request.scope, profiles)]
    surveys = Survey.objects.filter(workspace=request.workspace, retired=None, versions__isnull=False).distinct().order_by("name")
    context = {
        "invitations": listed, "customer": found.id, "surveys": surveys[:100] if request.member.may(Right.RECORD) else [],
    }  # fmt: skip
    return render(request, "listening/invitations/_panel.html", context)
