import http.server
import threading
import time

import pytest
from standardwebhooks import Webhook

from regard.connectors.writeback import jobs
from regard.connectors.writeback.deliver import deliver
from regard.connectors.writeback.models import Destination
from regard.customers.models import Identifier, Profile

OWNER = "owner@halcyon.example"


class Receiver:
    """What the other system does: checks the signature, keeps what came, and answers as it is told."""

    def __init__(self):
        self.answers, self.came, self.keys, self.secret, self.slow = [], [], [], "", 0.0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time.sleep(receiver.slow)
                status = receiver.answers.pop(0) if receiver.answers else 200
                receiver.keys.append(self.headers["webhook-id"])
                told = Webhook(receiver.secret).verify(body, dict(self.headers))
                if status == 200:
                    receiver.came.append(told)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"hunter2")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook?key=very-secret"

    @property
    def customers(self):
        return [row for told in self.came for row in told["data"]["customers"]]


@pytest.fixture
def receiver(settings):
    made = Receiver()
    settings.OUTBOUND_ALLOW = frozenset({f"127.0.0.1:{made.port}"})
    yield made
    made.server.shutdown()


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.REGARD_DATA = tmp_path / "data"
    settings.REGARD_DATA.mkdir()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


@pytest.fixture
def queue(monkeypatch):
    """Jobs that were deferred, done by hand."""
    waiting = []
    monkeypatch.setattr(jobs, "defer", lambda task, *, pk, **_: waiting.append(pk))

    def work():
        while waiting:
            deliver(waiting.pop(0))

    return work


@pytest.fixture
def destination(ledger, workspace, receiver):
    found = Destination(workspace=workspace, name="CRM", owner=OWNER, identifiers=["email"], traits=["plan"], on=True)
    receiver.secret = found.seal(url=receiver.url)
    found.keep(by=OWNER)
    return found


def people(workspace, count, start=0):
    made = Profile.objects.bulk_create(
        Profile(workspace=workspace, name=f"P{at}", traits={"plan": "gold", "hidden": "x"})
        for at in range(start, start + count)
    )
    Identifier.objects.bulk_create(
        Identifier(workspace=workspace, namespace="email", value=f"p{at}@x.org", profile=one)
        for at, one in enumerate(made, start)
    )
    return made


def send(destination, queue):
    """Ask for a delivery and carry it out; as it is afterwards."""
    delivery = jobs.begin(destination, by=OWNER)
    queue()
    delivery.refresh_from_db()
    return delivery
