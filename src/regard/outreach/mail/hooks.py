"""Where a provider reports what became of messages, and where a mail server hands over what came back. The address itself is the secret."""

from __future__ import annotations

from typing import Any

from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from regard.outreach.mail.models import MailAccount
from regard.outreach.mail.providers import PROVIDERS
from regard.outreach.mail.take import take_mail
from regard.outreach.messages.models import Message
from regard.outreach.messages.outcome import note
from regard.outreach.messages.senders import Outcome
from regard.outreach.sealed import Unreadable

#: Letters with files; base64 makes these a third larger.
_BIGGEST = 30_000_000
_OUTCOMES = {
    "delivered": Outcome.DELIVERED, "opened": Outcome.OPENED, "bounced": Outcome.HARD, "rejected": Outcome.HARD, "complained": Outcome.COMPLAINED,
    "deferred": Outcome.SOFT, "failed": Outcome.SOFT,
}  # fmt: skip


@csrf_exempt
@require_http_methods(["HEAD", "POST"])
def report(request: HttpRequest, hook: str) -> HttpResponse:
    """anymail reads it, in each provider's own shape. What is no message of ours is passed over, so that nobody learns what is."""
    account = _account(hook)
    if account.kind not in PROVIDERS:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse()
    provider = PROVIDERS[account.kind]
    try:
        view = provider.tracking_view()
        proof = {name: account.settings.get(name, "") for name in provider.hook}
        reader = type(view.__name__, (view,), {"warn_if_no_basic_auth": False, "basic_auth": None})(**proof)
        reader.setup(request)
        reader.run_validators(request)
        events = reader.parse_events(request)
    except (AnymailWebhookValidationFailure, Unreadable):
        return HttpResponse(status=403)
    except (AnymailError, ValueError, KeyError, TypeError, AttributeError):
        return HttpResponse(status=400)
    for event in events:
        outcome = _OUTCOMES.get(str(event.event_type))
        if outcome is None:
            continue
        if outcome is Outcome.HARD and _only_for_now(event):
            outcome = Outcome.SOFT
        found = _reported(account, event)
        if found:
            note(found, outcome, now=timezone.now())
    return HttpResponse()


def _only_for_now(event: Any) -> bool:
    """anymail calls both kinds bounced; each provider has a word of its own for it."""
    told = event.esp_event if isinstance(event.esp_event, dict) else {}
    detail = told.get("data", {}).get("bounce", {}) if isinstance(told.get("data"), dict) else {}
    soft = (
        told.get("Type") == "SoftBounce"
        or told.get("event") == "soft_bounce"
        or told.get("hard_bounce") is False
        or detail.get("type") == "Transient"
    )
    return soft or str(event.reject_reason or "") in ("timed_out", "spam", "blocked", "other")


def _reported(account: MailAccount, event: Any) -> list[Message]:
    known = Message.objects.filter(workspace=account.workspace_id)
    number = str((getattr(event, "metadata", None) or {}).get("message", ""))
    if number.isdecimal() and len(number) < 19:
        return list(known.filter(pk=int(number)))
    reference = str(getattr(event, "message_id", "") or "")
    return list(known.filter(reference=reference)) if reference else []


@csrf_exempt
@require_POST
def returned(request: HttpRequest, hook: str) -> HttpResponse:
    """A whole message as the mail server got it, posted by a pipe or a forwarding rule: a report on one of ours, or an answer."""
    account = _account(hook)
    raw = request.read(_BIGGEST + 1)
    if len(raw) > _BIGGEST:
        return HttpResponse(status=413)
    take_mail(account, raw, now=timezone.now())
    return HttpResponse(status=204)


def _account(hook: str) -> MailAccount:
    found = MailAccount.objects.filter(hook=hook).first()
    if found is None:
        raise Http404
    return found
