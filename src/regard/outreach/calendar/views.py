from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regard.outreach.calendar.entries import ENTRIES
from regard.outreach.calendar.ics import calendar
from regard.outreach.calendar.models import Feed, Of
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

_MOST = 500


def settings_of(request: RegardRequest) -> HttpResponse:
    """Making an address, a new one in its place, and ending it; the address is shown on the answer alone."""
    address = ""
    if request.method == "POST":
        if request.POST.get("act") == "end":
            Feed.end(request.member)
            messages.success(request, _("The address works no more."))
            return redirect("calendar:settings")
        of = request.POST.get("of", "")
        secret = Feed.renew(request.member, of=of if of in Of.values else Of.MINE)
        address = settings.PUBLIC_URL + reverse("calendar:feed", args=[secret])
    feed = Feed.objects.filter(member=request.member).first()
    return render(request, "outreach/calendar/settings.html", {"feed": feed, "address": address, "of": Of.choices})


@require_http_methods(["GET", "HEAD"])
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """For a calendar program: the address is the key. Whoever may not see customers any more gets what is left to them: nothing."""
    found = Feed.find(secret)
    if found is None or not found.member.may(Right.CUSTOMERS):
        raise Http404
    now = timezone.now()
    if found.read is None or found.read < now - timedelta(minutes=5):
        Feed.objects.filter(pk=found.pk).update(read=now)
    entries = [entry for source in ENTRIES for entry in source(found.member, found.of == Of.UNITS, _MOST)]
    body = calendar(
        entries, name=f"{found.member.workspace.name}: {_('due')}", host=urlsplit(settings.PUBLIC_URL).hostname or "regard", base=settings.PUBLIC_URL,
        now=now,
    )  # fmt: skip
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"], answer["Referrer-Policy"] = 'inline; filename="due.ics"', "no-referrer"
    return answer
