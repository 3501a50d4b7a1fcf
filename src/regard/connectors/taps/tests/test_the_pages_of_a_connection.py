"""What people see and may do with connections."""

import importlib

import pytest

from regard.connectors.taps import carry_out, jobs
from regard.connectors.taps.models import Connection, Run
from regard.connectors.taps.tests.conftest import OWNER, table, visits
from regard.ledger.models import InboxRow
from regard.ledger.record.project import project_all
from regard.testing.people import member, recently, signed_in
from regard.workspace.models import AuditEntry, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(monkeypatch):
    """Jobs that were deferred, to be done by hand."""
    waiting = []

    monkeypatch.setattr(jobs, "defer", lambda task, *, pk, **_: waiting.append(pk))

    def work():
        while waiting:
            run = Run.objects.select_related("connection", "stream__connection").get(pk=waiting.pop(0))
            carry_out.carry_out(run)

    return work


@pytest.fixture
def owner(ledger, workspace):
    return recently(signed_in(member(workspace)))


def text(response):
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_a_whole_connection_from_nothing_to_its_records(owner, executable, queue):
    assert "No connection yet" in text(owner.get("/connections/"))
    assert "HubSpot" in text(owner.get("/connections/new"))
    page = owner.post("/connections/new?tap=other", {"name": "Shop", "executable": executable, "limit_minutes": "60"}, follow=True)  # fmt: skip
    assert "What Shop needs to know" in text(page)
    found = Connection.objects.get()
    queue()
    import json

    filled = {
        "name-0": "tables", "value-0": json.dumps({"visits": table(visits(10)), "orders": table(visits(3))}), "kind-0": "json",
        "name-1": "token", "value-1": "very-secret-token", "kind-1": "text", "secret-1": "1", "act": "test",
    }  # fmt: skip
    page = owner.post(f"/connections/{found.pk}/settings", filled, follow=True)
    assert "Shop is being tested" in text(page) and "hx-get" in text(page)
    queue()
    assert "Shop offers 2 streams: which are wanted?" in text(owner.get(f"/connections/{found.pk}"))
    stream = found.streams.get(name="visits")
    streams = text(owner.get(f"/connections/{found.pk}/streams"))
    assert "visits" in streams and "updated_at" in streams
    owner.post(
        f"/connections/{found.pk}/streams",
        {
            "shown": [stream.pk],
            "stream": [stream.pk],
            f"method-{stream.pk}": "INCREMENTAL",
            f"by-{stream.pk}": "updated_at",
        },
    )
    assert "say what its columns become" in text(owner.get(f"/connections/{found.pk}"))
    address = f"/connections/{found.pk}/streams/{stream.pk}"
    assert "Look at its first records" in text(owner.get(address))
    owner.post(f"{address}/sample")
    queue()
    assert "visits: is this right?" in text(owner.get(address))
    assert "10 of the first 10 rows can be used" in text(owner.post(address, {"act": "try"}))
    assert not InboxRow.objects.exists()
    page = owner.post(address, {"act": "use"}, follow=True)
    assert "visits is mapped; the next run takes it in." in text(page)
    assert "Shop is ready to run" in text(page)
    owner.post(f"/connections/{found.pk}/run")
    queue()
    assert "are being recorded" in text(owner.get(f"/connections/{found.pk}"))
    project_all()
    page = text(owner.get(f"/connections/{found.pk}"))
    assert "Shop: 10 records are in" in page
    assert "very-secret-token" not in page
    for number in Run.objects.values_list("pk", flat=True):
        assert "very-secret-token" not in text(owner.get(f"/connections/{found.pk}/runs/{number}"))
    assert "10 records came" in text(owner.get(f"/connections/{found.pk}/runs/{Run.objects.first().pk}"))
    assert "Shop: visits" in text(owner.get("/sources/"))
    assert "Connection" in text(owner.get("/sources/"))
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"connection.made", "connection.settings", "connection.streams", "connection.mapped", "connection.run"} <= actions  # fmt: skip
    assert "very-secret-token" not in repr(list(AuditEntry.objects.values()))


def test_settings_show_no_secret_and_keep_those_that_are_left_empty(owner, hand):
    hand.set(shop="acme", pages=3, secrets={"token": "very-secret-token", "more": {"inner": "deep-secret"}})
    page = text(owner.get(f"/connections/{hand.connection.pk}/settings"))
    assert "acme" in page and "kept; type to replace it" in page
    assert "very-secret-token" not in page and "deep-secret" not in page
    names = {"shop": 0, "pages": 1, "token": 2, "more": 3}
    filled = {f"name-{at}": name for name, at in names.items()} | {
        "value-0": "beta",
        "value-1": "3",
        "kind-1": "number",
    }
    owner.post(
        f"/connections/{hand.connection.pk}/settings", filled | {"secret-2": "1", "secret-3": "1", "kind-3": "json"}
    )
    hand.connection.refresh_from_db()
    assert hand.connection.config() == {"shop": "beta", "pages": 3, "token": "very-secret-token", "more": {"inner": "deep-secret"}}  # fmt: skip
    assert all(one.secret for one in hand.connection.settings if one.name in ("token", "more"))


def test_a_secret_does_not_become_readable_by_unticking_it(owner, hand):
    hand.set(secrets={"token": "very-secret-token"})
    filled = {"name-0": "token", "value-0": "", "kind-0": "text"}
    owner.post(f"/connections/{hand.connection.pk}/settings", filled)
    assert "very-secret-token" not in text(owner.get(f"/connections/{hand.connection.pk}/settings"))


def test_a_setting_that_cannot_be_read_is_said_and_the_others_are_kept(owner, hand):
    filled = {
        "name-0": "port",
        "value-0": "many",
        "kind-0": "number",
        "name-1": "token",
        "value-1": "tok-tok-tok",
        "kind-1": "text",
        "secret-1": "1",
    }
    page = text(owner.post(f"/connections/{hand.connection.pk}/settings", filled))
    assert "“many” is no number." in page and 'value="many"' in page
    assert "tok-tok-tok" not in page
    hand.connection.refresh_from_db()
    assert hand.connection.config() == {"token": "tok-tok-tok"}


def test_a_pasted_config_finds_its_secrets_by_their_names(owner, hand):
    given = '{"client_secret": "abcdef", "start_date": "2026-01-01", "sqlalchemy_url": "postgresql://u:pw12345@h/d", "n": 3}'
    owner.post(f"/connections/{hand.connection.pk}/settings", {"pasted": given})
    hand.connection.refresh_from_db()
    assert {one.name for one in hand.connection.settings if one.secret} == {"client_secret", "sqlalchemy_url"}
    assert hand.connection.config()["n"] == 3


def test_an_analyst_runs_and_maps_but_neither_chooses_the_program_nor_its_settings(owner, hand, workspace):
    analyst = recently(signed_in(member(workspace, "analyst", email="ann@x.org")))
    pk = hand.connection.pk
    assert analyst.get(f"/connections/{pk}").status_code == 200
    assert "New connection" not in text(analyst.get("/connections/"))
    for address in ("new", f"{pk}/tap", f"{pk}/settings", f"{pk}/installation", f"{pk}/removal"):
        assert analyst.get(f"/connections/{address}").status_code == 403, address
        assert analyst.post(f"/connections/{address}", {}).status_code == 403, address
    assert analyst.post(f"/connections/{pk}/run").status_code == 302


def test_connections_of_another_workspace_do_not_exist(hand, ledger):
    other = recently(signed_in(member(Workspace.found(name="Rival"), email="rival@x.org")))
    hand.set(tables={"visits": table(visits(3))})
    hand.discover()
    hand.choose("visits")
    hand.run()
    pk, stream, number = hand.connection.pk, hand.stream("visits").pk, Run.objects.first().pk
    for address in (
        "", "/progress", "/tap", "/settings", "/schedule", "/runs", f"/runs/{number}", "/starting-over", "/undoing", "/removal",
        "/streams", f"/streams/{stream}", f"/streams/{stream}/text", f"/streams/{stream}/guess", f"/streams/{stream}/sample",
        f"/streams/{stream}/fields", f"/streams/{stream}/refused.csv", "/run", "/test", "/stop", "/installation",
    ):  # fmt: skip
        for method in (other.get, other.post):
            assert method(f"/connections/{pk}{address}").status_code in (404, 405), address
    assert f"/connections/{pk}" not in text(other.get("/connections/"))


def test_a_stream_of_another_connection_is_not_found(owner, hand, executable, workspace):
    hand.set(tables={"visits": table(visits(3))})
    hand.discover()
    second = Connection.objects.create(workspace=workspace, name="Second", executable=executable, owner=OWNER)
    stream = hand.stream("visits").pk
    assert owner.get(f"/connections/{second.pk}/streams/{stream}").status_code == 404
    assert owner.get(f"/connections/{second.pk}/streams/{stream}/refused.csv").status_code == 404


@pytest.mark.parametrize(
    "given",
    [
        "--target=evil",
        "a b c",
        "../../etc",
        "tap;rm -rf /",
        "tap-x @ https://u:pw@example.org/x.zip",
        "tap-x ; python_version > '3'",
    ],
)
def test_what_is_no_package_is_not_given_to_pip(owner, given):
    page = text(owner.post("/connections/new?tap=other", {"name": "X", "requirement": given, "limit_minutes": "9"}))
    assert 'class="errorlist"' in page
    assert not Connection.objects.exists()


def test_what_is_typed_is_shown_as_text(owner, hand):
    from regard.site.tests.test_hostile_input import NASTY, crawl

    hand.connection.name = NASTY[:80]
    hand.connection.save()
    rows = [row | {"email": NASTY, "channel": NASTY} for row in visits(4)]
    hand.set(tables={NASTY[:60]: table(rows)}, nasty=NASTY)
    hand.discover()
    hand.choose(NASTY[:60])
    hand.set(plan=[{"raw": NASTY}, {"moan": f"ERROR {NASTY}"}, {"exit": 4}])
    hand.run()
    stream = hand.stream(NASTY[:60])
    seen, wrong = crawl(owner, "/connections/", f"/connections/{hand.connection.pk}/streams/{stream.pk}", "/sources/")
    assert not wrong and len(seen) > 12


def test_a_schedule_needs_a_time_when_it_is_daily(owner, hand):
    address = f"/connections/{hand.connection.pk}/schedule"
    assert "Say at what time." in text(owner.post(address, {"on": "on", "every": "daily", "hours": "1", "at": ""}))
    owner.post(address, {"on": "on", "every": "daily", "hours": "1", "at": "03:30"})
    hand.connection.refresh_from_db()
    assert (hand.connection.every, str(hand.connection.at)) == ("daily", "03:30:00")


def test_taking_back_and_removing_ask_first(owner, hand):
    hand.set(tables={"visits": table(visits(3))})
    hand.discover()
    hand.choose("visits")
    hand.run()
    pk = hand.connection.pk
    assert "3 records that came from it leave the ledger" in text(owner.get(f"/connections/{pk}/undoing"))
    owner.post(f"/connections/{pk}/undoing")
    project_all()
    assert not InboxRow.objects.exists()
    assert "Its settings and secrets" in text(owner.get(f"/connections/{pk}/removal"))
    owner.post(f"/connections/{pk}/removal")
    assert not Connection.objects.exists()


def test_what_was_brought_in_outlives_its_connection(owner, hand):
    hand.set(tables={"visits": table(visits(3))})
    hand.discover()
    hand.choose("visits")
    hand.run()
    owner.post(f"/connections/{hand.connection.pk}/removal")
    assert InboxRow.objects.get().accepted == 3
    assert "Shop: visits" in text(owner.get("/sources/"))


def test_refused_records_are_given_back_as_a_file(owner, hand):
    hand.set(tables={"visits": table(visits(5))})
    hand.discover()
    hand.choose("visits")
    rows = visits(5)
    rows[2]["created_at"] = "never"
    hand.set(tables={"visits": table(rows)})
    hand.run()
    address = f"/connections/{hand.connection.pk}/streams/{hand.stream('visits').pk}/refused.csv"
    content = b"".join(owner.get(address).streaming_content).decode("utf-8-sig")
    assert len(content.strip().splitlines()) == 2 and "never" in content


def test_an_operator_switches_connections_off(settings):
    from regard.connectors.taps import urls

    settings.TAPS = False
    try:
        assert importlib.reload(urls).urlpatterns == []
    finally:
        settings.TAPS = True
        importlib.reload(urls)


def test_of_many_streams_some_are_shown_and_the_others_stay_as_they_are(owner, hand):
    hand.set(tables={f"s{n:03d}": table(visits(1)) for n in range(90)})
    hand.discover()
    address = f"/connections/{hand.connection.pk}/streams"
    assert "60 of 90 are shown" in text(owner.get(address))
    last = hand.stream("s089")
    assert "s089" in text(owner.get(address, {"q": "s08"}))
    owner.post(address, {"shown": [last.pk], "stream": [last.pk]})
    first = hand.stream("s000")
    owner.post(address, {"shown": [first.pk], "stream": [first.pk]})
    assert [one.name for one in hand.connection.streams.filter(selected=True)] == ["s000", "s089"]
    owner.post(address, {"shown": [first.pk]})
    assert [one.name for one in hand.connection.streams.filter(selected=True)] == ["s089"]
