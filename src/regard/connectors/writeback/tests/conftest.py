import pytest

from regard.connectors.writeback import jobs
from regard.connectors.writeback.deliver import deliver
from regard.connectors.writeback.models import Destination
from regard.customers.models import Identifier, Profile
from regard.testing.receiver import Receiver, receiver

__all__ = ["Receiver", "receiver"]

OWNER = "owner@halcyon.example"


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
