"""ASSURANCE S5: a listener on loopback sees nothing, whatever is typed and whatever a name server says."""

import http.server
import socket
import ssl
import threading
import time

import pytest

from regard.outbound import Refused, Unreachable, checked, post
from regard.outbound.client import MOST


class Listener:
    """Counts connections, and answers with what it was given."""

    def __init__(self, answer=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"):
        self.connections, self.answer, self.drip = 0, answer, 0.0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                one, _from = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(one,), daemon=True).start()

    def _answer(self, one):
        try:
            one.recv(65536)
            if self.drip:
                for byte in self.answer:
                    one.sendall(bytes([byte]))
                    time.sleep(self.drip)
            else:
                one.sendall(self.answer)
            one.close()
        except OSError:
            pass


@pytest.fixture
def listener(monkeypatch):
    made = Listener()
    # Its port is open, so that only the address stands in the way.
    monkeypatch.setattr("regard.outbound.addresses.PORTS", {made.port, 80})
    yield made
    made.socket.close()


INSIDE = [
    "127.0.0.1", "127.8.9.1", "[::1]", "[::]", "0.0.0.0", "0", "localhost", "localhost.", "LOCALHOST",
    "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
    "127.1", "127.0.0.1.", "１２７.0.0.1", "169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "[fe80::1]", "[fc00::1]", "[fd12::1]", "[ff02::1]", "[fec0::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[64:ff9b::8.8.8.8]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001:0:1::1]", "198.18.0.1", "192.0.2.1",
]  # fmt: skip


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_inside_is_connected_to(listener, host):
    with pytest.raises(Refused):
        post(f"http://{host}:{listener.port}/hook", b"{}", {}, seconds=2)
    assert listener.connections == 0


@pytest.mark.parametrize("url", [
    "ftp://example.com/", "file:///etc/passwd", "gopher://example.com", "https://", "//example.com", "https://user@example.com/",
    "https://user:word@example.com/", "https://example.com@127.0.0.1/", "https://example.com:22/", "https://example.com:0/", "https://example.com:99999/",
    "https://example.com\\@127.0.0.1/", "https://exa mple.com/", "https://example.com/\r\nHost: x", "https://[::1%25lo]/", "x" * 3000,
])  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(Refused):
        checked(url)


@pytest.mark.parametrize(
    "url",
    ["https://example.com/a?b=1", "http://8.8.8.8:8080/", "https://[2606:4700::1]:8443/", "https://bücher.example/"],
)
def test_public_addresses_are_taken(url):
    assert checked(url).host.isascii()


def test_a_name_that_leads_inside_is_refused_also_when_only_one_of_its_addresses_does(listener):
    for found in (["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["::ffff:127.0.0.1"], ["fe80::1%eth0"]):
        with pytest.raises(Refused):
            post(f"http://harmless.example:{listener.port}/", b"", {}, resolve=lambda _h, _p, found=found: found, seconds=2)  # fmt: skip
    assert listener.connections == 0


def test_a_name_is_asked_once_and_what_was_looked_at_is_connected_to(listener, monkeypatch):
    """DNS rebinding: public when looked at, loopback when asked again."""
    answers, asked, reached = [["93.184.215.14"], ["127.0.0.1"], ["127.0.0.1"]], [], []

    def rebinding(host, port):
        asked.append(host)
        return answers[len(asked) - 1]

    def connect(place, *_args, **_more):
        reached.append(place)
        raise OSError("no network in tests")

    monkeypatch.setattr("regard.outbound.client.create_connection", connect)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_m: pytest.fail("the name was looked up again"))
    with pytest.raises(Unreachable):
        post(f"http://rebinding.example:{listener.port}/", b"", {}, resolve=rebinding, seconds=2)
    assert asked == ["rebinding.example"] and reached == [("93.184.215.14", listener.port)]
    assert listener.connections == 0


def allowed(settings, listener, host="inside.example"):
    settings.OUTBOUND_ALLOW = frozenset({f"{host}:{listener.port}"})
    return f"http://{host}:{listener.port}/hook", lambda _host, _port: ["127.0.0.1"]


def test_the_operator_may_name_hosts_inside(listener, settings):
    url, resolve = allowed(settings, listener)
    assert post(url, b"{}", {}, resolve=resolve).good
    with pytest.raises(Refused):
        post(f"http://other.example:{listener.port}/", b"", {}, resolve=resolve)
    assert listener.connections == 1


def test_a_redirect_is_not_followed(listener, settings):
    url, resolve = allowed(settings, listener)
    second = Listener()
    listener.answer = (
        f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{second.port}/\r\nContent-Length: 0\r\n\r\n".encode()
    )
    answer = post(url, b"{}", {}, resolve=resolve)
    assert (answer.status, answer.good, second.connections) == (302, False, 0)


def test_no_more_of_an_answer_is_read_than_fits(listener, settings):
    url, resolve = allowed(settings, listener)
    listener.answer = b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_000_000
    assert len(post(url, b"{}", {}, resolve=resolve).body) == MOST


def test_an_answer_that_drips_ends_when_the_time_is_over_and_errors_show_nothing_of_it(listener, settings):
    url, resolve = allowed(settings, listener)
    listener.answer, listener.drip = b"HTTP/1.1 200 OK\r\nX-Secret: hunter2" + b"\r\nX-A: b" * 500, 0.05
    began = time.monotonic()
    with pytest.raises(Unreachable) as caught:
        post(url, b"{}", {}, resolve=resolve, seconds=1)
    assert time.monotonic() - began < 4 and "in time" in str(caught.value)
    listener.answer, listener.drip = b"SECRET hunter2\r\n\r\n", 0
    with pytest.raises(Unreachable) as caught:
        post(url, b"{}", {}, resolve=resolve, seconds=2)
    assert "hunter2" not in str(caught.value)


def test_tls_is_held_against_the_name_that_was_typed(settings, tmp_path):
    """Pinned to an address, and still: a certificate for another name is none."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "right.example")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1)
    )
    names = x509.SubjectAlternativeName([x509.DNSName("right.example")])
    signed = (
        made.add_extension(names, False)
        .add_extension(x509.BasicConstraints(True, None), True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    served, hello = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    served.load_cert_chain(pem)
    served.sni_callback = lambda _socket, asked, _context: hello.append(asked)

    class Fine(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Fine)
    server.socket = served.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_port
    settings.OUTBOUND_ALLOW = frozenset({f"right.example:{port}", f"wrong.example:{port}"})
    trusting = ssl.create_default_context(cafile=str(pem))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", lambda: trusting)
        assert post(f"https://right.example:{port}/", b"", {}, resolve=lambda *_: ["127.0.0.1"]).status == 204
        with pytest.raises(Unreachable, match="secured"):
            post(f"https://wrong.example:{port}/", b"", {}, resolve=lambda *_: ["127.0.0.1"])
    assert hello == ["right.example", "wrong.example"]
    server.shutdown()
