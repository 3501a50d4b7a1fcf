"""A mail server for tests: it takes what it is sent, and can refuse or fail as servers do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from regard.outreach.mail.models import MailAccount
from regard.testing.server import free_port
from regard.workspace.workspaces.models import Workspace


@dataclass
class Inbox:
    """What arrived. `answer` decides what the server says to a recipient: None takes the mail."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    answer: Callable[[str], str | None] = lambda address: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        said = self.answer(address)
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        with self._lock:
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
            self.envelopes.append((envelope.mail_from, envelope.rcpt_tos[0]))
        return "250 OK"

    def account(self, workspace: Workspace, **more: Any) -> MailAccount:
        """Mail of the workspace goes here."""
        account = MailAccount(
            workspace=workspace, kind="smtp", sender_name="Halcyon", sender_address="hello@halcyon.example", per_second=1_000, **more
        )  # fmt: skip
        account.settings = {"host": "127.0.0.1", "port": self.port, "security": "none", "user": "", "password": ""}
        account.save()
        return account


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    found = Inbox()
    found.port = free_port()
    server = Controller(found, hostname="127.0.0.1", port=found.port)
    server.start()
    try:
        yield found
    finally:
        server.stop()


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())
