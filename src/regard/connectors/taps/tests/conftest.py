import sys
from pathlib import Path

import pytest

from regard.connectors.taps.carry_out import carry_out
from regard.connectors.taps.guessing import guess_stream
from regard.connectors.taps.jobs import carry_out_run
from regard.connectors.taps.models import Connection, Run
from regard.connectors.taps.settings_of import Setting
from regard.connectors.taps.work import STOPPING
from regard.ledger.models import InboxRow
from regard.ledger.record.project import project_all

FAKE = Path(__file__).with_name("fake_tap.py")
OWNER = "owner@halcyon.example"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path, monkeypatch):
    """Environments and runs of a test lie in a folder of its own; jobs are entered, and done by hand."""
    settings.REGARD_DATA = tmp_path / "data"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    STOPPING.clear()


@pytest.fixture
def executable(tmp_path):
    """The fake tap, as an operator would have put it there."""
    path = tmp_path / "tap-fake"
    path.write_text(f"#!{sys.executable}\n{FAKE.read_text()}")
    path.chmod(0o755)
    return str(path)


class Hand:
    """A connection to a fake tap, and what people and jobs do with it."""

    def __init__(self, connection):
        self.connection = connection

    def set(self, **config):
        secrets = config.pop("secrets", {})
        given = [Setting(name, value) for name, value in config.items()]
        self.connection.keep_settings(given + [Setting(n, v, True) for n, v in secrets.items()], by=OWNER)

    def do(self, kind, stream=None):
        self.connection.refresh_from_db()
        run = self.connection.ask(kind, by=OWNER, stream=stream)
        carry_out(run)
        run.refresh_from_db()
        self.connection.refresh_from_db()
        return run

    def discover(self):
        run = self.do("discover")
        assert run.outcome == "done", (run.message, run.log)

    def stream(self, name):
        return self.connection.streams.select_related("connection", "source").get(name=name)

    def choose(self, *names):
        """Tick streams, look at their first records, and take the guessed map."""
        for name in names:
            stream = self.stream(name)
            sampled = self.do("sample", stream)
            assert sampled.outcome == "done", (sampled.message, sampled.log)
            stream = self.stream(name)
            stream.selected = True
            stream.save()
            stream.keep_map(stream.import_map, confirmed=True)

    def run(self, *, project=True):
        run = self.do("run")
        if project:
            project_all()
        return run

    def counts(self, run=None):
        """(records, unchanged since earlier, accepted, refused, repeated) of a run."""
        found = (run or self.connection.runs.first()).streams.all()
        rows = InboxRow.objects.filter(pk__in=[pk for one in found for pk in one.inboxes])
        told = [sum(getattr(row, name) or 0 for row in rows) for name in ("accepted", "refused", "repeated")]
        return (sum(one.records for one in found), sum(one.known for one in found), *told)


@pytest.fixture
def hand(ledger, workspace, executable):
    found = Connection.objects.create(workspace=workspace, name="Shop", executable=executable, owner=OWNER)
    return Hand(found)


def visits(n, start=0):
    """Rows of an interaction stream with their own clock."""
    times = [f"2026-03-01T{i // 60:02d}:{i % 60:02d}:00Z" for i in range(start, start + n)]
    return [
        {"id": f"v{i}", "created_at": at, "updated_at": at, "email": f"p{i % 7}@x.org", "channel": "shop", "amount": str(i)}
        for i, at in enumerate(times, start)
    ]  # fmt: skip


def table(rows, **more):
    return {"keys": ["id"], "by": "updated_at", "rows": rows} | more


__all__ = ["Hand", "Run", "carry_out_run", "guess_stream", "table", "visits"]
