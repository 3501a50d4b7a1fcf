"""Mail that came back: which message it was, and whether for good. RFC 3464 (delivery reports) and RFC 5965 (complaints)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message as Mail

from django.core import signing
from django.utils.crypto import constant_time_compare

from regard.outreach.mail.models import MailAccount
from regard.outreach.messages.senders import Outcome

_SALT = "regard.mail.returned"
#: A signature of 10 characters is enough for an address that can do no more than report one message as returned.
_SHORT = 10
MARK = re.compile(r"(?=(m\d{1,18}-[\w-]{10})@)m(\d{1,18})")
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True)
class Report:
    message: int
    outcome: Outcome


def return_address(account: MailAccount, message: int) -> str:
    """The envelope's sender of one message: its returns can be told from all others."""
    if not account.return_path:
        return ""
    box, _at, domain = account.return_path.partition("@")
    return f"{box}+{mark(account.workspace_id, message)}@{domain}"


def mark(workspace: int, message: int) -> str:
    """The message's number, signed, so that nobody can report another's message as returned."""
    return f"m{message}-{signing.Signer(salt=_SALT).signature(f'{workspace}/{message}')[:_SHORT]}"


def read_returned(workspace: int, raw: bytes) -> Report | None:
    """None for what is no report of a message of ours: an answer, an out-of-office note, somebody else's."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    message = _message(workspace, mail, raw)
    outcome = _outcome(mail)
    return Report(message, outcome) if message is not None and outcome is not None else None


def _outcome(mail: Mail) -> Outcome | None:
    kinds = {part.get_content_type(): part for part in mail.walk()}
    if "message/feedback-report" in kinds:
        return Outcome.COMPLAINED
    if "message/delivery-status" not in kinds:
        return None
    report = kinds["message/delivery-status"].as_string()
    action = re.search(r"(?im)^action:\s*(\w+)", report)
    if action and action[1].lower() in ("delivered", "relayed", "expanded"):
        return Outcome.DELIVERED
    status = re.search(r"(?im)^status:\s*(\S+)", report)
    found = _STATUS.search(status[1] if status else report)
    if found and found[1] == "5":
        return Outcome.HARD
    return Outcome.SOFT if action or found else None


def _message(workspace: int, mail: Mail, raw: bytes) -> int | None:
    """By the address it was returned to, else by the id that we gave the message, which reports bring back."""
    addresses = " ".join(str(mail.get(header, "")) for header in ("Delivered-To", "X-Original-To", "To"))
    for given, number in MARK.findall(f"{addresses} {raw.decode('latin-1')}"):
        if constant_time_compare(given, mark(workspace, int(number))):
            return int(number)
    return None
