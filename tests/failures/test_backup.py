"""A backup under load holds everything that was acknowledged before it began."""

import time

import pytest

from tests.failures.sending import Sender
from tests.failures.test_kill import event_id, stored


@pytest.mark.slow
def test_backup_and_restore_under_load(server, tmp_path):
    server.start()
    sender = Sender(server.port, server.key("collect"))
    threads = sender.run()
    time.sleep(4)
    photo = server.folder / "files" / "ab" / "abcd"
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"sent with an answer")
    before = set(sender.acknowledged)
    server.regard("backup", tmp_path / "copy")
    photo.with_name("later").write_bytes(b"after the backup")
    time.sleep(1)
    sender.stopping.set()
    for thread in threads:
        thread.join(20)
    refused = server.regard("restore", tmp_path / "copy", check=False)
    assert refused.returncode == 1 and "in use" in refused.stderr
    server.stop()
    refused = server.regard("restore", tmp_path / "copy", check=False)
    assert "--replace" in refused.stderr
    server.regard("restore", tmp_path / "copy", "--replace")
    assert photo.read_bytes() == b"sent with an answer" and not photo.with_name("later").exists()
    server.start()
    server.settled(len(before), patience=5)
    found = stored(server)
    assert {event_id(id) for id in before} <= set(found)
    assert len(found) == len(set(found))
    assert len(before) > 100


def test_a_folder_that_is_not_a_whole_backup_is_refused(server, tmp_path):
    refused = server.regard("restore", tmp_path, check=False)
    assert refused.returncode == 1
    assert "not a whole backup" in refused.stderr.replace("\n", " ")
