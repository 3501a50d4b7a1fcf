"""One text at once, past the queue: so that whoever writes it or sets it up sees it on a phone, and what goes wrong."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from regard.outreach.messages.carriers import Away, Gone, Later
from regard.outreach.phone.carry import PhoneCarrier
from regard.outreach.phone.models import PhoneAccount
from regard.outreach.phone.provider import Stopped
from regard.workspace.audit.models import AuditEntry


def try_text(account: PhoneAccount, to: str, text: str, *, by: str) -> str:
    """Why it did not go out; "" where it was handed over. What is wrong with the account, or that it works, is kept with it."""
    refused = _handed_over(account, to, text)
    AuditEntry.write(account.workspace_id, actor=by, action="phone.tested", subject=str(account), worked=not refused)
    return refused


def _handed_over(account: PhoneAccount, to: str, text: str) -> str:
    try:
        PhoneCarrier(account).hand_over(to, text)
    except (Gone, Later) as problem:
        return str(problem)  # of that number alone
    except Stopped:
        return _("They told the provider that they want no more.")
    except Away as problem:
        PhoneAccount.objects.filter(pk=account.pk).update(trouble=str(problem))
        return str(problem)
    PhoneAccount.objects.filter(pk=account.pk).update(trouble="", tested=timezone.now())
    return ""
