"""What a mail server or a mailbox hands over: a report on a message of ours, or a letter."""

from __future__ import annotations

from datetime import datetime

from regard.outreach.mail.models import MailAccount
from regard.outreach.mail.received import take
from regard.outreach.mail.returned import read_returned
from regard.outreach.messages.models import Message
from regard.outreach.messages.outcome import note


def take_mail(account: MailAccount, raw: bytes, *, now: datetime) -> bool:
    """Whether it was either."""
    return take_returned(account.workspace_id, raw, now=now) or take(account.workspace_id, raw, ours=account.sender_address)


def take_returned(workspace: int, raw: bytes, *, now: datetime) -> bool:
    """Whether it was a report on a message of ours."""
    found = read_returned(workspace, raw)
    if found is None:
        return False
    note(list(Message.objects.filter(pk=found.message, workspace=workspace)), found.outcome, now=now)
    return True
