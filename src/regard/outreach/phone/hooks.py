"""Where a provider reports what became of texts, and hands over what people write back."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from regard.ledger.conversations import CUSTOMER, Turn, written
from regard.ledger.inbox.put import put_rows
from regard.ledger.sources.product import product_source
from regard.outreach.messages.models import Message
from regard.outreach.messages.outcome import note
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.phone.provider import Received, Report
from regard.outreach.phone.stop import start, stop, word_of
from regard.outreach.sealed import Unreadable

_LONGEST = 10_000


@csrf_exempt
@require_POST
def hook(request: HttpRequest, hook: str) -> HttpResponse:
    """Only what the provider signed counts. What is no message of ours is passed over, so that nobody learns what is."""
    account = PhoneAccount.objects.filter(hook=hook).first()
    if account is None:
        raise Http404
    given = {name: str(value) for name, value in request.POST.items()}
    try:
        proven = account.service.proven(account.settings, f"{settings.PUBLIC_URL}{request.get_full_path()}", given, request.headers)
    except Unreadable:
        proven = False
    if not proven:
        return HttpResponse(status=403)
    if (report := account.service.report(given)) is not None:
        _report(account, report)
    elif (received := account.service.received(given)) is not None:
        _receive(account, received)
    # An empty answer: the provider says nothing back of its own.
    return HttpResponse("<Response/>", content_type="text/xml")


def _report(account: PhoneAccount, report: Report) -> None:
    if not report.reference:
        return
    mine = Message.objects.filter(workspace=account.workspace_id, channel=account.channel)
    found = list(mine.filter(reference=report.reference))
    for message in found if report.stopped else ():
        stop(account.workspace_id, message.address, channel=account.channel, now=timezone.now(), by=account.provider)
    if report.outcome is not None and not report.stopped:
        note(found, report.outcome, now=timezone.now())


def _receive(account: PhoneAccount, received: Received) -> None:
    """STOP and START are done at once; anything else is kept with the customer, and is no answer to a survey: which question it would be to,
    nobody can tell.
    """
    word = word_of(received.text)
    if word == "stop":
        stop(account.workspace_id, received.number, channel=account.channel, now=timezone.now(), by=account.provider)
    elif word == "start":
        start(account.workspace_id, received.number, channel=account.channel, now=timezone.now(), by=account.provider)
    text, properties = written([Turn(CUSTOMER, received.text[:_LONGEST])])
    if text:
        row = {
            "kind": "interaction", "message_id": f"text/{account.provider}/{received.id}", "at": timezone.now().isoformat(), "phone": received.number,
            "channel": account.channel, "event": _("Text message"), "text": text, "properties": json.dumps(properties),
        }  # fmt: skip
        put_rows(workspace=account.workspace_id, source=product_source(account.workspace_id, _("Texts received")), rows=[row])
