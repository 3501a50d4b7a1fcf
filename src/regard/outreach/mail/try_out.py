"""One message at once, past the queue: so that whoever writes it sees it in a mailbox, and what goes wrong."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from regard.outreach.mail.connection import connection_of, why
from regard.outreach.mail.models import MailAccount
from regard.outreach.messages.senders import Content
from regard.outreach.sealed import Unreadable


class NotSent(Exception):
    """The message says why."""


def send_test(workspace: int, to: str, content: Content) -> None:
    """Raises NotSent."""
    account = MailAccount.objects.filter(workspace=workspace).first()
    if account is None:
        raise NotSent(_("Sending e-mail is not set up yet: do that under Settings first."))
    mail = EmailMultiAlternatives(content.subject, content.text, str(account), [to], reply_to=[account.reply_to] if account.reply_to else None)
    if content.html:
        mail.attach_alternative(content.html, "text/html")
    try:
        mail.connection = connection_of(account)
        mail.send()
    except Unreadable as problem:
        raise NotSent(str(problem)) from problem
    except Exception as problem:  # whatever a library of a provider may raise: it is said, not shown as an error of ours
        raise NotSent(why(problem)) from problem
