"""A mailbox for tests that speaks as much IMAP4rev1 as is needed to read it: login, status, select, search and fetch by UID."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest


@dataclass
class ImapBox:
    """What lies in it; `password` opens it. `validity` changes when a server numbers its messages anew."""

    port: int = 0
    password: str = "letmein"
    validity: int = 7
    messages: dict[int, bytes] = field(default_factory=dict)
    logins: int = 0

    def deliver(self, mail: EmailMessage | bytes) -> int:
        uid = max(self.messages, default=0) + 1
        self.messages[uid] = mail if isinstance(mail, bytes) else mail.as_bytes()
        return uid


class _Session(socketserver.StreamRequestHandler):
    box: ImapBox

    def handle(self) -> None:
        self._say("* OK ready")
        while line := self.rfile.readline():
            tag, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
            command, _space, given = rest.partition(" ")
            if command.upper() == "UID":
                command, _space, given = given.partition(" ")
                command = f"UID {command}"
            if not self._answer(tag, command.upper(), given):
                return

    def _answer(self, tag: str, command: str, given: str) -> bool:
        box, uids = self.box, sorted(self.box.messages)
        match command:
            case "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1")
            case "LOGIN":
                if box.password not in given:
                    return self._say(f"{tag} NO [AUTHENTICATIONFAILED] no")
                box.logins += 1
            case "STATUS":
                self._say(f'* STATUS "INBOX" (UIDNEXT {max(uids, default=0) + 1} UIDVALIDITY {box.validity})')
            case "SELECT" | "EXAMINE":
                if "INBOX" not in given:
                    return self._say(f"{tag} NO there is no such folder")
                self._say(f"* {len(uids)} EXISTS")
            case "UID SEARCH":
                first = int(re.findall(r"(\d+):\*", given)[0])
                found = [uid for uid in uids if uid >= first] or uids[-1:]  # as servers do: * is the last there is
                self._say(f"* SEARCH {' '.join(map(str, found))}")
            case "UID FETCH":
                self._fetch(int(given.split()[0]), given)
            case "LOGOUT":
                self._say("* BYE")
                self._say(f"{tag} OK done")
                return False
        return self._say(f"{tag} OK done")

    def _fetch(self, uid: int, given: str) -> None:
        raw = self.box.messages[uid]
        if "RFC822.SIZE" in given:
            self._say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(raw)})")
        else:
            self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")

    def _say(self, text: str) -> bool:
        self.wfile.write(f"{text}\r\n".encode())
        return True


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@pytest.fixture
def imap() -> Iterator[ImapBox]:
    box = ImapBox()
    session = type("Session", (_Session,), {"box": box})
    with _Server(("127.0.0.1", 0), session) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()
