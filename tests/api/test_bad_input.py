"""What should never be sent to the collector: refused whole at once, or event by event with a reason; never a 500, never a lost neighbour."""

import gzip
import http.client
import json

import pytest


def post(running, body, path="/v1/batch", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
    connection.request(
        "POST", path, body, {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    )
    answer = connection.getresponse()
    content = answer.read()
    return answer.status, json.loads(content) if content else None, dict(answer.getheaders())


@pytest.fixture(scope="module")
def key(running):
    return running.key("collect")


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b"{not json", {}, 400, "not_json"),
        (b"[]", {}, 400, "bad_shape"),
        (b'{"batch": {}}', {}, 400, "bad_shape"),
        (b"", {}, 400, "not_json"),
        (b'{"batch": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}", {}, 400, "not_json"),
        (b"\xff\xfe{}", {}, 400, "not_json"),
        (b'{"batch": ["' + b"x" * 600_000 + b'"]}', {}, 413, "request_too_large"),
        (
            gzip.compress(b'{"batch": ["' + b"x" * 100_000_000 + b'"]}', mtime=0),
            {"Content_Encoding": "gzip"},
            413,
            "request_too_large",
        ),
        (b"not gzip", {"Content_Encoding": "gzip"}, 400, "bad_gzip"),
        (gzip.compress(b'{"batch": []}', mtime=0)[:-9], {"Content_Encoding": "gzip"}, 400, "bad_gzip"),
        (b"{}", {"Content_Encoding": "br"}, 415, "bad_encoding"),
    ],
)
def test_a_request_that_is_no_batch_is_refused_whole(running, key, body, headers, status, code):
    answered, problem, _ = post(running, body, Authorization=f"Bearer {key}", **headers)
    assert (answered, problem["type"]) == (status, f"about:blank#{code}"), problem
    assert problem["detail"].endswith(".")


def test_no_key_a_wrong_one_and_one_that_only_reads_are_refused(running):
    body = json.dumps({"batch": []})
    for given in (
        {},
        {"Authorization": "Bearer rgd_wrong"},
        {"Authorization": f"Bearer {running.key('read')}"},
        {"Authorization": "Basic !!!"},
    ):
        assert post(running, body, **given)[0] == 401


def test_browsers_of_any_site_may_send(running, key):
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    connection.request(
        "OPTIONS", "/v1/track", headers={"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    )
    answer = connection.getresponse()
    assert answer.status == 204 and answer.getheader("Access-Control-Allow-Origin") == "*"
    status, _, headers = post(
        running,
        json.dumps({"event": "Seen", "userId": "b1", "writeKey": key}),
        "/v1/track",
        Origin="https://shop.example",
    )
    assert status == 200 and headers["access-control-allow-origin"] == "*"


POISON = [
    {"type": "track", "userId": "p", "event": 5},
    {"type": "track", "userId": {"a": 1}, "event": "x"},
    {"type": "track", "userId": "p\0", "event": "x"},
    {"type": "track", "userId": "p", "event": "x", "timestamp": "9999-12-31T00:00:00Z"},
    {"type": "track", "userId": "p", "event": "x", "timestamp": "1970-01-01T00:00:00Z"},
    {"type": "track", "userId": "p", "event": "x", "timestamp": True},
    {"type": "track", "userId": "p", "event": "x", "properties": "y"},
    {"type": "track", "userId": "p", "event": "x" * 40_000},
    {"type": "nonsense", "userId": "p"},
    {"type": "track", "event": "nobody"},
    {"type": "alias", "userId": "p"},
    5, None, [], "text",
]  # fmt: skip


def test_poison_is_refused_event_by_event_and_its_neighbours_land(running, key):
    good = [
        {"type": "track", "userId": "neighbour", "event": "Landed", "messageId": f"n{i}"}
        for i in range(len(POISON) + 6)
    ]
    deep = (
        '{"type": "track", "userId": "neighbour", "event": "Landed", "messageId": "deep", "properties": {"d": '
        + "[" * 200
        + "]" * 200
        + "}}"
    )
    many = {
        "type": "track",
        "userId": "neighbour",
        "event": "Landed",
        "messageId": "many",
        "properties": {f"property {i}": i for i in range(1500)},
    }
    raw = [
        '{"type": "track", "userId": "\\ud800", "event": "half"}',
        '{"type": "track", "userId": "p", "event": "x", "properties": {"n": NaN}}',
        '{"type": "track", "userId": "neighbour", "event": "Landed", "messageId": "twice", "event": "Landed", "event": "Landed"}',
        deep,
        json.dumps(many),
    ]
    items = [json.dumps(item) for item in POISON] + raw
    body = (
        '{"batch": ['
        + ", ".join(part for pair in zip([json.dumps(g) for g in good], items, strict=False) for part in pair)
        + "]}"
    )
    sent = 2 * len(items)
    assert post(running, body, Authorization=f"Bearer {key}")[0] == 200
    landed = len(items) + 3  # the neighbours, and: the same property thrice, 200 deep, 1,500 properties
    running.settled(landed, patience=20)
    found = running.metric("interactions", "--where", "event=Landed")["total"]["value"]
    assert found == landed
    counted = json.loads(_counts(running))
    assert counted["refused"] + counted["accepted"] + counted["repeated"] == counted["sent"] >= sent
    assert counted["refused"] == counted["kept"] >= len(POISON) + 2


def _counts(running):
    import subprocess
    import sys

    code = (
        "from regard.site.engines.start import state\n"
        "with state('test'):\n"
        "    import json\n"
        "    from django.db.models import Sum\n"
        "    from regard.ledger.models import InboxRow, RefusedItem\n"
        "    sums = InboxRow.objects.aggregate(sent=Sum('items'), accepted=Sum('accepted'), refused=Sum('refused'), repeated=Sum('repeated'))\n"
        "    print(json.dumps({**sums, 'kept': RefusedItem.objects.count()}))\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code], env=running.variables, capture_output=True, text=True, check=True
    ).stdout
