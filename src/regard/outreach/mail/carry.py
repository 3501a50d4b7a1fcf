from __future__ import annotations

import smtplib
from collections.abc import Mapping
from email.utils import make_msgid

from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext as _

from regard.outreach.mail.connection import connection_of, why
from regard.outreach.mail.models import MailAccount
from regard.outreach.mail.providers import PROVIDERS
from regard.outreach.mail.returned import mark, return_address
from regard.outreach.messages.carriers import Away, Gone, Later, Unwanted
from regard.outreach.messages.models import Message
from regard.outreach.messages.senders import Content
from regard.outreach.sealed import Unreadable

#: RFC 5321: more than this server stores.
_TOO_LARGE = 552


def mail_carrier(workspace: int) -> MailCarrier:
    """Raises Away where nothing can be sent."""
    account = MailAccount.objects.filter(workspace=workspace).first()
    if account is None:
        raise Away(_("Sending e-mail is not set up yet."))
    return MailCarrier(account)


class MailCarrier:
    """Keeps its connection from one message to the next."""

    def __init__(self, account: MailAccount) -> None:
        self.account, self.per_second = account, account.per_second
        self.domain = account.sender_address.rpartition("@")[2]
        try:
            self.connection = connection_of(account)
            self.connection.open()
        except Unreadable as problem:
            raise Away(str(problem)) from problem
        except Exception as problem:  # of smtplib, ssl, sockets, or a provider's library
            raise Away(why(problem)) from problem

    def carry(self, message: Message, content: Content) -> str:
        reference = make_msgid(mark(message.workspace_id, message.pk), self.domain)
        mail = self._mail(message, content, {**content.headers, "Message-ID": reference})
        for file in content.files:
            body = file.read()
            if body is None:
                raise Later(_("A file that goes with it cannot be read."))
            mail.attach(file.name, body, file.kind)
        try:
            self.connection.send_messages([mail])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as problem:
            if isinstance(problem, smtplib.SMTPResponseException) and problem.smtp_code == _TOO_LARGE and content.files:
                self._again()
                raise Unwanted(_("The mail server does not take letters of this size: send fewer or smaller files.")) from problem
            if isinstance(problem, smtplib.SMTPSenderRefused):
                raise Away(why(problem)) from problem
            self._again()
            _of_the_address(_code(problem))
        except AnymailRecipientsRefused as problem:
            raise Gone(_("The provider does not take mail for this recipient.")) from problem
        except smtplib.SMTPResponseException as problem:
            raise Away(why(problem)) from problem
        except AnymailAPIError as problem:
            if problem.status_code in (400, 422):  # of this one message; 401, 403, 429 and 5xx are of all
                raise Later(why(problem)) from problem
            raise Away(why(problem)) from problem
        except Exception as problem:
            raise Away(why(problem)) from problem
        status = getattr(mail, "anymail_status", None)
        return str((status and status.message_id) or reference)[:250]

    def _mail(self, message: Message, content: Content, headers: Mapping[str, str]) -> EmailMultiAlternatives:
        sender, back = str(self.account), return_address(self.account, message.pk)
        mail = EmailMultiAlternatives(
            " ".join(content.subject.split()), content.text, sender, [message.address], headers=dict(headers), connection=self.connection,
            reply_to=[self.account.reply_to] if self.account.reply_to else None,
        )  # fmt: skip
        if content.html:
            mail.attach_alternative(content.html, "text/html")
        if self.account.kind in PROVIDERS:
            mail.metadata = {"message": str(message.pk)}  # type: ignore[attr-defined]
        elif back:
            mail.from_email, mail.extra_headers["From"] = (
                back,
                sender,
            )  # the envelope's sender, and the one that is shown
        return mail

    def _again(self) -> None:
        """After a refusal the session is begun anew, so that nothing of it hangs over the next message."""
        connection = getattr(self.connection, "connection", None)
        try:
            connection.rset() if connection is not None else None
        except smtplib.SMTPException:
            self.connection.close()
            self.connection.open()

    def close(self) -> None:
        self.connection.close()


def _code(problem: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> int:
    if isinstance(problem, smtplib.SMTPDataError):
        return problem.smtp_code
    return max((code for code, _said in problem.recipients.values()), default=550)


def _of_the_address(code: int) -> None:
    if code >= 500:
        raise Gone(_("The mail server refused for good (%(code)s).") % {"code": code})
    raise Later(_("The mail server refused for now (%(code)s).") % {"code": code})
