from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from regard.customers.people.find import customer_or_404
from regard.customers.people.models import profile_ids
from regard.ledger.notes.queries import colleagues
from regard.ledger.timeline.queries import channels_of, timeline
from regard.ledger.timeline.scores import score_lines
from regard.ledger.timeline.told import told
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

PER_PAGE = 40
#: What the chips show alone → kinds of row.
ONLY = {"feedback": ("answer",), "lived": ("interaction",), "told": ("message",), "notes": ("note", "case", "handoff", "offer")}


def panel(request: RegardRequest, pk: int) -> HttpResponse:
    """The customer's timeline: a fragment of the customer page, or what follows it."""
    only = request.GET.get("only", "")
    after = request.GET.get("after", "")[:100]
    found = customer_or_404(request.scope, pk)
    only = only if only in ONLY else ""
    channel = request.GET.get("channel", "")[:60]
    mine = profile_ids([found.id])
    read = timeline(request.scope, mine, limit=PER_PAGE, after=after, kinds=ONLY.get(only, ()), channel=channel)
    names = colleagues(request.workspace.pk, read.entries)
    context = {
        "customer": found.id,
        "entries": [told(entry, names) for entry in read.entries],
        "may_record": request.member.may(Right.RECORD),
        "read": read,
        "only": only,
        "kinds": [
            ("", _("Everything")),
            ("lived", _("Lived through")),
            ("feedback", _("Feedback")),
            ("notes", _("Notes")),
        ],
        "channel": channel,
        "channels": [] if after else channels_of(request.scope, mine),
    }
    return render(request, "ledger/timeline/_more.html" if after else "ledger/timeline/_panel.html", context)


def scores(request: RegardRequest, pk: int) -> HttpResponse:
    """What the customer scored over time, metric by metric."""
    found = customer_or_404(request.scope, pk)
    lines = score_lines(request.scope, profile_ids([found.id]))
    return render(request, "ledger/timeline/_scores.html", {"lines": lines})
