"""Files reach a real SFTP server whole and once, and only the server whose key somebody confirmed."""

import csv
import socket
import time
from datetime import timedelta

import asyncssh
import pytest
from django.utils import timezone

from regard import outbound
from regard.connectors.writeback import folder, jobs, sftp
from regard.connectors.writeback.account import Account
from regard.connectors.writeback.models import RETRY_AFTER, Batch, Destination
from regard.connectors.writeback.sftp import PORTS
from regard.connectors.writeback.tests.conftest import OWNER, people, send
from regard.connectors.writeback.tests.sftp_server import PASSWORD, USER, SftpServer
from regard.customers.models import Profile
from regard.testing.people import member, recently, signed_in
from regard.workspace.models import AuditEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(tmp_path, settings):
    (tmp_path / "there" / "in").mkdir(parents=True)
    made = SftpServer(tmp_path / "there")
    settings.OUTBOUND_ALLOW = frozenset({f"127.0.0.1:{made.port}"})
    yield made
    made.stop()


def account(server, **more):
    return Account(
        **{"host": "127.0.0.1", "port": server.port, "user": USER, "password": PASSWORD, "folder": "in"} | more
    )


@pytest.fixture
def destination(ledger, workspace, server):
    found = Destination(
        workspace=workspace, name="Partner", kind="sftp", owner=OWNER, identifiers=["email"], traits=["plan"], on=True
    )
    found.seal_account(account(server))
    found.host_key = server.public_key
    found.keep(by=OWNER)
    return found


def files(server):
    return sorted((server.root / "in").iterdir())


def later(queue, span):
    jobs.take_up(now=timezone.now() + span + timedelta(seconds=10))
    queue()


def test_a_file_arrives_byte_for_byte_and_under_its_name_only_when_it_is_whole(workspace, destination, server, queue, monkeypatch):  # fmt: skip
    people(workspace, 3)
    Profile.objects.filter(name="P1").update(traits={"plan": "=cmd|' /C calc'!A0; „ü“\n"})
    bodies = []
    whole = folder.content_of
    monkeypatch.setattr(folder, "content_of", lambda batch: bodies.append(whole(batch)) or bodies[-1])
    assert send(destination, queue).outcome == "done"
    (file,) = files(server)
    batch = Batch.objects.get()
    assert file.name == folder.name_of(batch) and file.read_bytes() == bodies[0]
    rows = list(csv.reader(file.read_text().splitlines(keepends=True)))
    assert rows[0] == ["id", "also", "email", "trait plan"] and len(rows) == 4 and not rows[2][3].startswith("=")
    assert send(destination, queue).sent == 0 and len(files(server)) == 1


def test_a_server_that_renames_to_free_names_only_will_do_and_so_will_a_key_of_ours(workspace, destination, server, queue):  # fmt: skip
    people(workspace, 1)
    server.plain_rename = True
    key = server.client_key.export_private_key("openssh").decode()
    destination.seal_account(account(server, password="", private_key=key))
    destination.keep(by=OWNER)
    assert send(destination, queue).outcome == "done" and len(files(server)) == 1 and server.logins == 0


@pytest.mark.parametrize("moment", ["write", "rename"])
def test_a_server_that_dies_mid_way_gets_the_file_again_and_has_it_once(workspace, destination, server, queue, moment):
    people(workspace, 400)
    server.dies = moment
    delivery = send(destination, queue)
    assert delivery.ended is None and delivery.message == "The connection broke off."
    assert len([one for one in files(server) if one.suffix == ".csv"]) == (moment == "rename")
    Profile.objects.update(traits={"plan": "changed meanwhile"})
    later(queue, RETRY_AFTER[0])
    delivery.refresh_from_db()
    assert delivery.outcome == "done"
    (file,) = files(server)
    rows = list(csv.reader(file.open(newline="")))
    assert len(rows) == 401 and {row[3] for row in rows[1:]} == {"gold"}


def test_a_server_that_never_answers_again_is_left(server, monkeypatch):
    monkeypatch.setattr(sftp, "_WHOLE", 1.0)
    server.dies, began = "stall", time.monotonic()
    with pytest.raises(sftp.NotTaken, match="broke off"):
        sftp.put(account(server), server.public_key, "x.csv", b"x" * 100_000)
    assert time.monotonic() - began < 10 and not [one for one in files(server) if one.suffix == ".csv"]


def test_something_that_is_no_ssh_server_is_left(settings, monkeypatch):
    monkeypatch.setattr(sftp, "_LOGIN", 1.0)
    mute = socket.create_server(("127.0.0.1", 0))
    port = mute.getsockname()[1]
    settings.OUTBOUND_ALLOW = frozenset({f"127.0.0.1:{port}"})
    where, key = Account("127.0.0.1", port, USER, PASSWORD), asyncssh.generate_private_key("ssh-ed25519")
    for act in (
        lambda: sftp.host_key_of(where),
        lambda: sftp.try_out(where, key.export_public_key("openssh").decode()),
    ):
        began = time.monotonic()
        with pytest.raises(sftp.NotTaken, match=r"in time|broke off"):
            act()
        assert time.monotonic() - began < 10
    mute.close()


def test_a_server_known_by_an_rsa_key_is_known_again(workspace, destination, server, queue, settings):
    people(workspace, 1)
    other = SftpServer(server.root, host_key=asyncssh.generate_private_key("ssh-rsa", key_size=2048))
    settings.OUTBOUND_ALLOW = frozenset({f"127.0.0.1:{other.port}"})
    destination.seal_account(account(other))
    destination.host_key = sftp.host_key_of(account(other))
    destination.keep(by=OWNER)
    assert destination.host_key == other.public_key and send(destination, queue).outcome == "done"
    other.stop()


def test_a_server_that_is_away_is_tried_again_later(workspace, destination, server, queue, tmp_path):
    people(workspace, 1)
    server.stop()
    delivery = send(destination, queue)
    assert delivery.message == "No connection could be made." and not delivery.needs_attention
    again = SftpServer(server.root, host_key=server.host_key, port=server.port)
    later(queue, RETRY_AFTER[0])
    delivery.refresh_from_db()
    again.stop()
    server.stop = lambda: None
    assert delivery.outcome == "done" and len(files(server)) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": "wrong"}, "did not let us in"),
        ({"user": "nobody"}, "did not let us in"),
        ({"folder": "nowhere"}, "There is no folder “nowhere”"),
        ({"folder": "in/../../up"}, "There is no folder"),
    ],
)
def test_what_no_waiting_mends_asks_for_somebody_at_once(workspace, destination, server, queue, wrong, told):
    people(workspace, 1)
    destination.seal_account(account(server, **wrong))
    destination.keep(by=OWNER)
    delivery = send(destination, queue)
    assert delivery.needs_attention and told in delivery.message and not files(server)
    assert Batch.objects.get().tries == 1 and server.logins <= 2


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_another_key_stops_everything_before_the_password_is_told(workspace, destination, server, queue, kind):
    people(workspace, 1)
    destination.host_key = asyncssh.generate_private_key(kind).export_public_key("openssh").decode().strip()
    destination.save()
    delivery = send(destination, queue)
    assert delivery.needs_attention and "another key than the one that was confirmed" in delivery.message
    assert server.logins == 0 and not files(server)
    later(queue, timedelta(days=2))
    assert Batch.objects.get().tries == 1


def test_without_a_confirmed_key_nothing_begins(workspace, destination, server, queue):
    destination.host_key = ""
    destination.save()
    with pytest.raises(Exception, match="Confirm the server’s key first"):
        jobs.begin(destination, by=OWNER)
    with pytest.raises(sftp.NotTaken, match="Nobody has confirmed"):
        sftp.put(destination.account, "", "x.csv", b"x")


INSIDE = ["127.0.0.1", "localhost", "10.0.0.8", "[::1]", "0x7f.1", "169.254.169.254", "2130706433"]


@pytest.mark.parametrize("host", INSIDE)
def test_servers_inside_the_network_are_refused_unless_they_are_named(server, settings, host, monkeypatch):
    settings.OUTBOUND_ALLOW = frozenset()
    monkeypatch.setattr(sftp, "PORTS", {server.port})
    with pytest.raises(sftp.NotTaken, match=r"private network|plain numbers"):
        sftp.host_key_of(account(server, host=host))
    assert server.logins == 0


def test_the_address_that_was_looked_at_is_the_one_connected_to(server, settings, monkeypatch):
    """A name server that first names a public address, then ours."""
    settings.OUTBOUND_ALLOW = frozenset()
    answers, tried = [["93.184.216.34"], ["127.0.0.1"]], []
    monkeypatch.setattr(socket, "create_connection", lambda place, seconds: tried.append(place) or (_ for _ in ()).throw(OSError()))  # fmt: skip
    with pytest.raises(outbound.Unreachable):
        outbound.connected("files.example.com", 22, ports=PORTS, resolve=lambda host, port: answers.pop(0))
    assert tried == [("93.184.216.34", 22)] and len(answers) == 1
    with pytest.raises(outbound.Refused, match="these ports only"):
        outbound.connected("files.example.com", 25, ports=PORTS)
    for name in ("", "a b", "user@host", "host/path", "x" * 300):
        with pytest.raises(outbound.Refused, match="not the name of a server"):
            outbound.connected(name, 22, ports=PORTS)


@pytest.fixture
def owner(workspace, ledger):
    return recently(signed_in(member(workspace)))


def text(response):
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def test_a_destination_from_its_form_over_the_server_s_key_to_its_first_file(workspace, owner, server, queue):
    people(workspace, 2)
    page = text(owner.get("/writeback/new?kind=sftp"))
    assert 'name="server"' in page and 'name="url"' not in page and 'name="private_key"' in page
    filled = {
        "name": "Partner", "kind": "sftp", "server": "127.0.0.1", "port": server.port, "user": USER, "password": PASSWORD, "folder": "in",
        "identifiers": ["email"], "every": "manual",
    }  # fmt: skip
    answer = owner.post("/writeback/new", filled)
    found = Destination.objects.get()
    assert answer.url == f"/writeback/{found.pk}/server-key" and PASSWORD not in found.settings_sealed
    page = text(owner.get(answer.url))
    told = sftp.fingerprint(server.public_key)
    assert "Is this really 127.0.0.1" in page and "SHA256:" in told and told.split()[0] in page
    assert "Confirm the server’s key" in text(owner.get(f"/writeback/{found.pk}"))
    assert "not a server’s key" in text(owner.post(answer.url, {"key": "nonsense"}))
    owner.post(answer.url, {"key": server.public_key})
    found.refresh_from_db()
    assert found.host_key == server.public_key
    entry = AuditEntry.objects.get(action="writeback.host_key")
    assert entry.details["fingerprint"] == told
    page = text(owner.get(f"/writeback/{found.pk}"))
    assert told.split()[0] in page and PASSWORD not in page
    assert "It works" in text(owner.post(f"/writeback/{found.pk}/trial", follow=True)) and not files(server)
    owner.post(f"/writeback/{found.pk}/switch", {"on": "1"})
    owner.post(f"/writeback/{found.pk}/delivery")
    queue()
    assert len(files(server)) == 1
    assert "shows the key that was confirmed" in text(owner.get(answer.url))
    assert PASSWORD not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_a_changed_key_is_shown_beside_the_old_one(owner, destination, server):
    destination.host_key = asyncssh.generate_private_key("ssh-ed25519").export_public_key("openssh").decode().strip()
    destination.save()
    page = text(owner.get(f"/writeback/{destination.pk}/server-key"))
    assert "shows another key than before" in page and "Confirmed before" in page
    assert "another key" in text(owner.post(f"/writeback/{destination.pk}/trial", follow=True))


def test_settings_keep_the_password_and_another_server_is_to_be_confirmed_again(owner, destination, server):
    form = {"name": "Partner", "server": "127.0.0.1", "port": server.port, "user": USER, "folder": "", "every": "daily"}
    page = text(owner.get(f"/writeback/{destination.pk}/settings"))
    assert 'value="127.0.0.1"' in page and PASSWORD not in page
    owner.post(f"/writeback/{destination.pk}/settings", form)
    destination.refresh_from_db()
    assert (destination.account.password, destination.account.folder, bool(destination.host_key)) == (
        PASSWORD,
        "",
        True,
    )
    answer = owner.post(f"/writeback/{destination.pk}/settings", {**form, "server": "files.example.com", "port": 22})
    destination.refresh_from_db()
    assert answer.url.endswith("/server-key") and (destination.host_key, destination.host) == ("", "files.example.com")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"server": "10.0.0.8"}, "inside a private network"),
        ({"server": "sftp://files.example.com"}, "not the name of a server"),
        ({"port": "25"}, "these ports only"),
        ({"password": ""}, "Give a password or a private key"),
        ({"private_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nx"}, "no private key that can be used"),
        ({"user": ""}, "required"),
    ],
)
def test_what_cannot_be_right_makes_no_destination(owner, wrong, told):
    filled = {
        "name": "Partner", "kind": "sftp", "server": "files.example.com", "port": "22", "user": "me", "password": "x", "every": "manual",
    }  # fmt: skip
    assert told in text(owner.post("/writeback/new", {**filled, **wrong}))
    assert not Destination.objects.exists()


def test_without_the_extra_the_form_says_what_to_install(owner, monkeypatch):
    monkeypatch.setattr(sftp, "find_spec", lambda name: None)
    filled = {
        "name": "Partner", "kind": "sftp", "server": "files.example.com", "port": "22", "user": "me", "password": "x", "every": "manual",
    }  # fmt: skip
    assert "needs the extra “sftp”" in text(owner.post("/writeback/new", filled))
    with pytest.raises(sftp.NotTaken, match="needs the extra"):
        sftp.host_key_of(Account(host="files.example.com", port=22, user="me"))


def test_only_owners_with_their_password_given_lately_pin_a_key(workspace, destination):
    for role in ("admin", "viewer"):
        client = recently(signed_in(member(workspace, role, email=f"{role}@x.org")))
        assert client.get(f"/writeback/{destination.pk}/server-key").status_code == 403
        assert client.post(f"/writeback/{destination.pk}/trial").status_code == 403
    stale = signed_in(member(workspace, email="stale@x.org"))
    assert "reauthenticate" in stale.post(f"/writeback/{destination.pk}/server-key", {"key": "x"}).url
