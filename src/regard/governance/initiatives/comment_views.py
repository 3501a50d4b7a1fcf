"""What customers say that shows the cause: looked for, and linked."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.governance.initiatives.models import Initiative, LinkedComment
from regard.insights.verbatims import asked
from regard.insights.verbatims.queries import by_key, verbatims
from regard.insights.verbatims.quotes import Quote, quotes
from regard.ledger.touchpoints.models import Touchpoint
from regard.metrics.dimensions import DIMENSIONS, By
from regard.metrics.periods import chosen_period
from regard.metrics.query import Filter
from regard.web.numbers import aware
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

#: More nobody reads.
MOST = 30
_SHOWN = 25


def linked(request: RegardRequest, initiative: Initiative) -> list[Quote]:
    """Those that the reader may see, oldest first. Raises WarehouseAway."""
    rows = dict(initiative.comments.values_list("row", "at"))
    return quotes(by_key(request.scope, request.workspace, rows), request.scope, with_people=request.member.may(Right.CUSTOMERS))


def comments(request: RegardRequest, pk: int) -> HttpResponse:
    """Look for them; POST links one, or takes it away."""
    initiative = get_object_or_404(Initiative, pk=pk, workspace=request.workspace)
    if request.method == "POST":
        if row := request.POST.get("away", "")[:40]:
            initiative.comments.filter(row=row).delete()
            return redirect("initiatives:show", pk)
        _link(request, initiative)
        return redirect(f"{reverse('initiatives:comments', args=[pk])}?{request.GET.urlencode()}")
    words, tone = asked.words(request.GET), request.GET.get("tone", "bad")
    period, chosen = chosen_period(request.GET, timezone.localdate(), usual="90d")
    names = Touchpoint.objects.filter(workspace=request.workspace, pk__in=initiative.touchpoints).values_list("name", flat=True)
    filters = (Filter(By(DIMENSIONS["touchpoint"]), tuple(names)),) if names else ()
    found = verbatims(request.scope, request.workspace, text=words, filters=filters, period=period, feeling=tone, limit=_SHOWN)
    context = {
        "initiative": initiative, "words": words, "tone": tone, "chosen": chosen, "total": found.total, "touchpoints": list(names),
        "offers": [asked.tone(), asked.period()], "given": {"tone": tone, "last": chosen},
        "quotes": quotes(found.verbatims, request.scope, with_people=request.member.may(Right.CUSTOMERS)),
        "linked": set(initiative.comments.values_list("row", flat=True)),
    }  # fmt: skip
    return render(request, "governance/initiatives/comments.html", context)


def _link(request: RegardRequest, initiative: Initiative) -> None:
    row, _space, text = request.POST.get("link", "")[:80].partition(" ")
    at = _moment(text)
    known = by_key(request.scope, request.workspace, {row: at}) if at else []
    if not known:
        messages.error(request, _("This comment is not there any more."))
    elif initiative.comments.count() >= MOST:
        messages.error(request, _("%(n)s comments are enough to show a cause: take one away first.") % {"n": MOST})
    else:
        LinkedComment.objects.get_or_create(initiative=initiative, row=row, defaults={"at": aware(known[0].at), "by": request.user.email})


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and 1970 < found.year < 2100 else None
