from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render

from regard.customers.people.models import profile_ids
from regard.customers.people.queries import person
from regard.ledger.timeline.queries import timeline
from regard.ledger.timeline.told import told
from regard.workspace.members.middleware import RegardRequest

PER_PAGE = 40


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    """The customer's timeline: a fragment of the customer page, or what follows it."""
    only = request.GET.get("only", "")
    after = request.GET.get("after", "")[:100]
    found = person(request.scope, pk) if pk < 2**63 else None
    if found is None:
        raise Http404
    kinds = ("answer",) if only == "feedback" else ()
    read = timeline(request.scope, profile_ids([found.id]), limit=PER_PAGE, after=after, kinds=kinds)
    context = {
        "customer": found.id,
        "entries": [told(entry) for entry in read.entries],
        "read": read,
        "only": only,
    }
    return render(request, "ledger/timeline/_more.html" if after else "ledger/timeline/_panel.html", context)
