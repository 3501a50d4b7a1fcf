from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.connectors.sources.queries import seen_sources
from regard.connectors.sources.refused.queries import refused_page
from regard.ledger.record.correct import inboxes_with_refusals, replay
from regard.workspace.members.middleware import RegardRequest


def index(request: RegardRequest) -> HttpResponse:
    page = refused_page(
        request.scope,
        code=request.GET.get("code", "")[:48],
        source=_source(request, request.GET.get("source", "")),
        number=request.GET.get("page", "1"),
    )
    return render(request, "connectors/sources/refused/index.html", {"page": page})


@require_POST
def again(request: RegardRequest) -> HttpResponse:
    """Read what holds refused items once more, after a fix."""
    code, source = request.POST.get("code", "")[:48], _source(request, request.POST.get("source", ""))
    sources = [source] if source is not None else [one.pk for one in seen_sources(request.scope)]
    inboxes = [inbox for one in sources for inbox in inboxes_with_refusals(request.workspace.pk, code=code, source=one)]
    replay(request.workspace.pk, inboxes)
    if inboxes:
        text = ngettext(
            "%(n)s request is read again; this takes a moment.",
            "%(n)s requests are read again; this takes a moment.",
            len(inboxes),
        )
        messages.success(request, text % {"n": len(inboxes)})
    else:
        messages.info(request, _("There was nothing to read again."))
    return redirect("sources:refused")


def _source(request: RegardRequest, given: str) -> int | None:
    """A source that the reader may see, or none."""
    known = {source.pk for source in seen_sources(request.scope)}
    return int(given) if given.isdecimal() and len(given) < 10 and int(given) in known else None
