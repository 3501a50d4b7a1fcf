"""Twilio's Messages API, and whatever else speaks it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.customers.contact.channels import Channel
from regard.outbound import Answer, Refused, Unreachable, post
from regard.outreach.messages.carriers import Away, Gone, Later
from regard.outreach.messages.senders import Outcome
from regard.outreach.phone.provider import Received, Report, Settings, Stopped, Text

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_HOME = "https://api.twilio.com"
#: Codes that say something of the number for good: no number, no mobile, unknown, a landline, barred by the carrier, not on WhatsApp.
_GONE = frozenset({21211, 21214, 21217, 21614, 30003, 30005, 30006, 63003, 63024})
_STOPPED = frozenset({21610, 63032})
_OUTCOMES = {
    "delivered": Outcome.DELIVERED, "read": Outcome.OPENED, "undelivered": Outcome.SOFT, "failed": Outcome.SOFT,
}  # fmt: skip
_LINK = re.compile(r"https?://\S+")


class Twilio:
    name = "twilio"
    title: StrOrPromise = "Twilio"
    fields: Mapping[str, StrOrPromise] = {
        "account": gettext_lazy("Account SID"), "token": gettext_lazy("Auth token"),
        "template": gettext_lazy("Content SID of an approved template"), "server": gettext_lazy("Address of the API"),
    }  # fmt: skip
    plain = frozenset({"account", "template", "server"})
    optional = frozenset({"template", "server"})

    def send(self, settings: Settings, text: Text) -> str:
        account = str(settings["account"])
        proof = base64.b64encode(f"{account}:{settings['token']}".encode()).decode()
        url = f"{settings.get('server') or _HOME}/2010-04-01/Accounts/{account}/Messages.json"
        headers = {"Authorization": f"Basic {proof}", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = post(url, urlencode(_said(settings, text)).encode(), headers)
        except Refused as problem:
            raise Away(str(problem)) from problem
        except Unreachable as problem:
            raise Away(_("The provider cannot be reached: %(why)s") % {"why": problem}) from problem
        found = _read(answer)
        if not answer.good:
            _refuse(answer.status, found)
        reference = found.get("sid")
        if not isinstance(reference, str) or not reference:
            raise Away(_("The provider does not answer as expected. Is the address of the API right?"))
        return reference

    def proven(self, settings: Settings, url: str, given: Mapping[str, str], headers: Mapping[str, str]) -> bool:
        """HMAC-SHA1 of the address and of all that was posted, sorted by name."""
        text = url + "".join(f"{name}{given[name]}" for name in sorted(given))
        expected = base64.b64encode(hmac.new(str(settings.get("token", "")).encode(), text.encode(), hashlib.sha1).digest())
        return hmac.compare_digest(expected, headers.get("X-Twilio-Signature", "").encode("utf-8", "replace"))

    def report(self, given: Mapping[str, str]) -> Report | None:
        status = given.get("MessageStatus", "")
        if not status or "Body" in given:
            return None
        code = int(given["ErrorCode"]) if given.get("ErrorCode", "").isdecimal() and len(given["ErrorCode"]) < 9 else 0
        outcome = _OUTCOMES.get(status)
        if outcome is Outcome.SOFT and code in _GONE:
            outcome = Outcome.HARD
        return Report(given.get("MessageSid", ""), outcome, stopped=code in _STOPPED)

    def received(self, given: Mapping[str, str]) -> Received | None:
        if "Body" not in given or not given.get("From") or not given.get("MessageSid"):
            return None
        return Received(given["From"].removeprefix("whatsapp:"), given["Body"], given["MessageSid"])


def _said(settings: Settings, text: Text) -> dict[str, str]:
    prefix = "whatsapp:" if text.channel == Channel.WHATSAPP else ""
    sender = {"MessagingServiceSid": text.sender} if text.sender.startswith("MG") else {"From": prefix + text.sender}
    said = {"To": prefix + text.to, "StatusCallback": text.callback, **sender}
    template = str(settings.get("template") or "")
    if not template:
        return said | {"Body": text.text}
    # WhatsApp takes only approved words from whoever begins: {{1}} is the text before the link, {{2}} the link.
    link = _LINK.search(text.text)
    words = text.text[: link.start()] if link else text.text
    variables = {"1": " ".join(words.split()), "2": link.group() if link else ""}
    return said | {"ContentSid": template, "ContentVariables": msgspec.json.encode(variables).decode()}


def _read(answer: Answer) -> dict[str, object]:
    try:
        found = msgspec.json.decode(answer.body)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _refuse(status: int, found: Mapping[str, object]) -> None:
    code = found.get("code")
    if code in _STOPPED:
        raise Stopped
    if code in _GONE:
        raise Gone(_("The provider says that this number cannot get messages (%(code)s).") % {"code": code})
    if status in (401, 403):
        raise Away(_("The provider does not take this account and token."))
    if status == 429:
        raise Away(_("The provider takes no more at the moment: too many at once."))
    if status == 400:  # of this one message
        raise Later(_("The provider refused (%(code)s).") % {"code": code or status})
    raise Away(_("The provider refused (%(code)s).") % {"code": code or status})
