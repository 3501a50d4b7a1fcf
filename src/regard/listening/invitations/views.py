from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from regard.customers.people.find import customer_or_404
from regard.customers.people.queries import merged_profiles
from regard.listening.invitations.queries import invitations_of
from regard.listening.invitations.told import told
from regard.workspace.members.middleware import RegardRequest


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    """What one customer was asked, or why not: a fragment of their page."""
    found = customer_or_404(request.scope, pk)
    profiles = [found.id, *merged_profiles([found.id])]
    listed = [told(one, now=timezone.now()) for one in invitations_of(request.scope, profiles)]
    return render(request, "listening/invitations/_panel.html", {"invitations": listed})
