"""After a restore: whoever was erased after the backup was made is in it again, and is taken out again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from regard.customers.identity.models import Identifier
from regard.customers.privacy.erase import ask, carry_out
from regard.customers.privacy.keyed import keyed
from regard.customers.privacy.log import lines_of, log_file, remember
from regard.customers.privacy.models import ErasedKey, Erasure
from regard.jobs.pause import projector_paused

_AT_ONCE = 500


def erase_again() -> int:
    """Reads the log of erasures and takes out everybody it knows. Returns how many customers. Safe to repeat."""
    remember(lines_of(log_file()))
    count = 0
    for workspace in ErasedKey.objects.values_list("workspace_id", flat=True).distinct():
        back = sorted(_back(workspace))
        for start in range(0, len(back), _AT_ONCE):
            with projector_paused():
                erasure = ask(workspace, back[start : start + _AT_ONCE], by="restore", ground=Erasure.Ground.RESTORED)
                carry_out(erasure)
            count += erasure.customers
    return count


def _back(workspace: int) -> set[int]:
    """Customers who hold a key that was erased after it had been seen. Their own act since then would have made a new one."""
    erased = dict(ErasedKey.objects.filter(workspace_id=workspace).values_list("hash", "at"))
    return {
        profile
        for hash, first_seen, profile in _keys(workspace)
        if (at := erased.get(hash)) is not None and first_seen < at
    }


def _keys(workspace: int) -> Iterator[tuple[UUID, datetime, int]]:
    rows = Identifier.objects.filter(workspace_id=workspace, shared=None).values_list(
        "namespace", "value", "first_seen", "profile_id"
    )
    for namespace, value, first_seen, profile in rows.iterator(chunk_size=5_000):
        yield keyed(workspace, (namespace, value)), first_seen, profile
