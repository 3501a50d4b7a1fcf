from __future__ import annotations

import smtplib
import socket
import ssl
from typing import Any

from anymail.exceptions import AnymailAPIError, AnymailError
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from regard.outreach.mail.models import MailAccount
from regard.outreach.mail.providers import INSTANCE, PROVIDERS, SMTP

_SECONDS = 15


def connection_of(account: MailAccount) -> BaseEmailBackend:
    """Not yet open; `open()` keeps it between messages. Raises Unreadable."""
    if account.kind == INSTANCE:
        return get_connection()
    given = account.settings
    if account.kind == SMTP:
        return get_connection(
            "django.core.mail.backends.smtp.EmailBackend", host=given["host"], port=given["port"], username=given.get("user", ""),
            password=given.get("password", ""), use_tls=given["security"] == "starttls", use_ssl=given["security"] == "tls", timeout=_SECONDS,
        )  # fmt: skip
    provider = PROVIDERS[account.kind]
    chosen: dict[str, Any] = {name: given[name] for name in provider.fields if given.get(name)}
    return get_connection(provider.backend, **chosen)


def why(problem: Exception) -> str:
    """What went wrong, in a sentence for whoever set it up. What the other side said is not repeated: it may be anything."""
    match problem:
        case smtplib.SMTPAuthenticationError():
            return _("The mail server does not take this user and password.")
        case smtplib.SMTPSenderRefused():
            return _("The mail server does not let this sender send (%(code)s).") % {"code": problem.smtp_code}
        case smtplib.SMTPRecipientsRefused():
            return _("The mail server does not take mail for this recipient.")
        case smtplib.SMTPResponseException():
            return _("The mail server refused (%(code)s).") % {"code": problem.smtp_code}
        case smtplib.SMTPException():
            return _("The mail server does not speak as expected. Are the port and its encryption right?")
        case ssl.SSLError():
            return _("No encrypted connection: the certificate or the kind of encryption does not fit.")
        case socket.gaierror():
            return _("There is no server of this name.")
        case TimeoutError():
            return _("The server did not answer within %(seconds)s seconds.") % {"seconds": _SECONDS}
        case AnymailAPIError() if problem.status_code in (401, 403):
            return _("The provider does not take this key.")
        case AnymailAPIError():
            return _("The provider refused (%(code)s).") % {"code": problem.status_code or "–"}
        case AnymailError():
            return _("The provider does not take these settings.")
        case OSError():
            return _("No connection to the server.")
    return _("Mail could not be sent.")
