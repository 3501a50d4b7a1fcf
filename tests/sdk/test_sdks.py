"""The real SDKs of Segment and RudderStack, pointed at a running Regard."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent

SEGMENT = """
import sys, segment.analytics as analytics
analytics.write_key, analytics.host, analytics.gzip = sys.argv[2], sys.argv[1], sys.argv[3] == "gzip"
failed = []
analytics.on_error = lambda error, items: failed.append(error)
analytics.identify("seg-1", {"email": "Sam@Example.org", "plan": "pro"})
analytics.track("seg-1", "Order Completed", {"revenue": 12.5})
analytics.page("seg-1", "Docs", "Prices")
analytics.screen("seg-1", "App", "Home")
analytics.group("seg-1", "acme", {"name": "Acme"})
analytics.alias("seg-old", "seg-1")
analytics.flush(); analytics.shutdown()
sys.exit(str(failed[0]) if failed else 0)
"""
RUDDER = """
import sys, rudderstack.analytics as analytics
analytics.write_key, analytics.dataPlaneUrl = sys.argv[2], sys.argv[1]
failed = []
analytics.on_error = lambda error, items: failed.append(error)
analytics.identify("rud-1", {"email": "Rita@Example.org", "plan": "basic"})
analytics.track("rud-1", "Song Played", {"seconds": 200})
analytics.flush(); analytics.shutdown()
sys.exit(str(failed[0]) if failed else 0)
"""


def person(running, key, text):
    (found,) = running.get(f"/api/customers?search={text}", key)["items"]
    return found, running.get(f"/api/customers/{found['id']}/timeline", key)["items"]


def settled(running, key, text, count):
    import time

    for _ in range(100):
        items = running.get(f"/api/customers?search={text}", key)["items"]
        if items and len(running.get(f"/api/customers/{items[0]['id']}/timeline", key)["items"]) >= count:
            break
        time.sleep(0.2)
    return person(running, key, text)


@pytest.mark.parametrize("gzip", ["plain", "gzip"])
def test_segments_python_sdk(running, gzip):
    subprocess.run([sys.executable, "-c", SEGMENT, running.url, running.key("collect"), gzip], check=True, timeout=60)
    found, timeline = settled(running, running.key("read"), "seg-1", 3)
    assert found["traits"]["plan"] == "pro"
    assert {"namespace": "email", "value": "sam@example.org"} in found["identifiers"]
    assert {"namespace": "anonymous", "value": "seg-old"} in found["identifiers"]
    assert {entry["event"] for entry in timeline} == {
        "Order Completed",
        "Viewed a page: Prices",
        "Viewed a screen: Home",
    }


def test_rudderstacks_python_sdk_which_zips_and_keeps_traits_in_the_context(running):
    subprocess.run([sys.executable, "-c", RUDDER, running.url, running.key("collect")], check=True, timeout=60)
    found, timeline = settled(running, running.key("read"), "rud-1", 1)
    assert found["traits"]["plan"] == "basic"
    assert [entry["event"] for entry in timeline] == ["Song Played"]


def test_segments_node_sdk(running, tmp_path):
    for name in ("package.json", "package-lock.json", "send.mjs"):
        shutil.copy(HERE / name, tmp_path)
    path = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    installed = subprocess.run(
        [BIN / "npm", "ci", "--no-audit", "--no-fund"],
        cwd=tmp_path,
        env=path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert installed.returncode == 0, installed.stderr
    sent = subprocess.run(
        [BIN / "node", "send.mjs", running.url, running.key("collect")],
        cwd=tmp_path,
        env=path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert sent.returncode == 0, sent.stderr
    found, timeline = settled(running, running.key("read"), "node-1", 2)
    assert found["traits"]["plan"] == "fibre"
    assert {entry["event"] for entry in timeline} == {"Order Completed", "Viewed a page: Prices"}


CAPTURES = Path(__file__).resolve().parents[3] / "shared" / "samples"


@pytest.mark.parametrize("name", ["segment-python", "segment-node", "rudder-python"])
def test_requests_captured_from_the_sdks_are_taken_whole(running, name):
    """What the SDKs really sent, with their headers, byte for byte but for the key."""
    import urllib.request

    if not CAPTURES.is_dir():
        pytest.skip("The captured requests are not beside this repository (../shared/samples).")
    text, captured = (CAPTURES / f"{name}.json").read_text().strip(), []
    while text:
        found, end = json.JSONDecoder().raw_decode(text)
        captured.append(found)
        text = text[end:].strip()
    for one in captured:
        body = {**one["body"], "writeKey": running.key("collect")}
        request = urllib.request.Request(
            running.url + one["path"], data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert json.load(answer) == {"success": True}
