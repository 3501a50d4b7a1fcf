"""Reads what is new in a mailbox. How far it was read is committed with what each message led to: none is lost, none counts twice."""

from __future__ import annotations

import imaplib
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from imap_tools import AND, U
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted

from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.mail.models import MailAccount
from regard.outreach.mail.received import take
from regard.outreach.mail.take import take_returned
from regard.outreach.sealed import Unreadable

_SECONDS = 20
#: At one time; the rest a minute later.
_MOST = 200
_BIGGEST = 30_000_000


class NotReached(Exception):
    """The mailbox cannot be read; the message says why."""


def poll(box: Mailbox, *, now: datetime) -> int:
    """Take what has come since the last time; returns how many messages were looked at. Raises NotReached."""
    count = 0
    try:
        with _opened(box) as opened:
            for uid, raw in _new(box, opened):
                _take(box, uid, raw, now)
                count += 1
    except NotReached:
        raise
    except Exception as problem:  # of imaplib, ssl, sockets, or a server that speaks otherwise
        raise NotReached(why(problem)) from problem
    return count


@transaction.atomic
def _take(box: Mailbox, uid: int, raw: bytes | None, now: datetime) -> None:
    held = Mailbox.objects.select_for_update().get(pk=box.pk)
    if uid <= held.last:
        return  # another worker has it
    if raw is not None:
        account = MailAccount.objects.filter(workspace=box.workspace_id).first()
        if not take_returned(box.workspace_id, raw, now=now):
            take(box.workspace_id, raw, ours=account.sender_address if account else box.address)
    Mailbox.objects.filter(pk=box.pk).update(last=uid)


def _new(box: Mailbox, opened: BaseMailBox) -> Iterator[tuple[int, bytes | None]]:
    """Number and bytes of each new message, in order; no bytes of one that is too big. A mailbox that is met first begins with what comes."""
    status = opened.folder.status(box.settings.get("folder") or "INBOX", ["UIDNEXT", "UIDVALIDITY"])
    if box.validity != status["UIDVALIDITY"]:
        box.validity, box.last = status["UIDVALIDITY"], status["UIDNEXT"] - 1
        box.save(update_fields=["validity", "last"])
        return
    if status["UIDNEXT"] <= box.last + 1:
        return
    found = sorted(int(uid) for uid in opened.uids(AND(uid=U(str(box.last + 1), "*"))))
    for uid in [one for one in found if one > box.last][:_MOST]:  # servers name the last one even where it is older
        yield uid, _fetched(opened, uid)


def _fetched(opened: BaseMailBox, uid: int) -> bytes | None:
    _status, told = opened.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
    size = int(b"".join(part for part in told if isinstance(part, bytes)).partition(b"RFC822.SIZE ")[2].split(b")")[0].split()[0] or 0)
    if size > _BIGGEST:
        return None
    _status, given = opened.client.uid("FETCH", str(uid), "(BODY.PEEK[])")
    return next((part[1] for part in given if isinstance(part, tuple)), None)


def _opened(box: Mailbox) -> BaseMailBox:
    given = box.settings
    secure = ssl.create_default_context()
    match given["security"]:
        case "tls":
            opened: BaseMailBox = MailBox(given["host"], given["port"], timeout=_SECONDS, ssl_context=secure)
        case "starttls":
            opened = MailBoxStartTls(given["host"], given["port"], timeout=_SECONDS, ssl_context=secure)
        case _:
            opened = MailBoxUnencrypted(given["host"], given["port"], timeout=_SECONDS)
    login = opened.login if f"{given['user']}{given['password']}".isascii() else opened.login_utf8
    return login(given["user"], given["password"], given.get("folder") or "INBOX")


def why(problem: Exception) -> str:
    """In a sentence for whoever set it up; what the server said is not repeated."""
    match problem:
        case Unreadable():
            return str(problem)
        case MailboxLoginError():
            return _("The mailbox does not take this user and password.")
        case MailboxFolderSelectError():
            return _("There is no folder of this name in the mailbox.")
        case ssl.SSLError():
            return _("No encrypted connection: the certificate or the kind of encryption does not fit.")
        case socket.gaierror():
            return _("There is no server of this name.")
        case TimeoutError():
            return _("The server did not answer within %(seconds)s seconds.") % {"seconds": _SECONDS}
        case imaplib.IMAP4.error() | ImapToolsError():
            return _("The server does not speak as expected. Are the port and its encryption right?")
        case OSError():
            return _("No connection to the server.")
    return _("The mailbox could not be read.")
