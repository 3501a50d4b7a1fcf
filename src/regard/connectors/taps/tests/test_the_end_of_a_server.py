"""A server that is killed takes its taps along; they go on from their last STATE."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PARENT = """
import sys, time
from pathlib import Path
from regard.connectors.taps.process import Tap
with Tap([sys.argv[1]], cwd=Path(sys.argv[2]), env={"PATH": "/usr/bin:/bin"}) as tap:
    for line in tap.lines():
        if line is not None:
            print(line.data.decode(), flush=True)
"""


def test_a_killed_server_leaves_no_tap_behind(tmp_path):
    script = tmp_path / "tap"
    script.write_text("#!/bin/sh\necho $$\nexec sleep 300\n")
    script.chmod(0o755)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(script), str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    pid = int(parent.stdout.readline())
    assert Path(f"/proc/{pid}").exists()
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    until = time.monotonic() + 5
    while running(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not running(pid)


def running(pid):
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
