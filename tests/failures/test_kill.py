"""kill -9, again and again, under traffic: nothing acknowledged is missing, nothing counts twice."""

import os
import random
import time

import pytest

from tests.failures.sending import Sender

KILLS = 200 if os.environ.get("REGARD_LONG") else 20


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_killed_server_loses_and_doubles_nothing(server):
    server.start()
    key = server.key("collect")
    sender = Sender(server.port, key, most=400_000)
    threads = sender.run()
    dice, back = random.Random(7), []
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.3, 2.0))
        server.kill()
        back.append(server.start())
    time.sleep(2)
    sender.stopping.set()
    for thread in threads:
        thread.join(20)
    print(
        f"{len(sender.acknowledged)} acknowledged, ready again after {max(back):.1f} s at most, {sorted(back)[len(back) // 2]:.1f} s in the middle"
    )
    # What was sent but not acknowledged may be there too: it is counted by its id.
    server.settled(len(sender.acknowledged), patience=10)
    found = stored(server)
    missing = {event_id(id) for id in sender.acknowledged} - set(found)
    assert not missing
    assert len(found) == len(set(found))
    assert len(sender.acknowledged) > 20


def event_id(message_id):
    from regard.ledger.record.events import item_id

    return item_id(message_id)


def stored(server):
    """The ids in the ledger, read with the server stopped."""
    import subprocess
    import sys

    assert server.stop() == 0
    code = (
        "from regard.site.engines.start import engines\n"
        "with engines('test'):\n"
        "    from regard.warehouse import warehouse\n"
        "    from regard.ledger.record.project import project_all\n"
        "    project_all()\n"
        "    print('\\n'.join(id for (id,) in warehouse().unscoped(\"select hex(id) from ledger where kind = 'interaction'\")))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=server.variables, capture_output=True, text=True, check=True
    )
    return [bytes.fromhex(line) for line in done.stdout.split()]
