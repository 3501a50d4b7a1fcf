"""A client that retries until it is told 200, and remembers what it was told."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import threading
import time
from dataclasses import dataclass, field


@dataclass
class Sender:
    """Sends about `rate` events a second in batches until told to stop, bounded by `most` events."""

    port: int
    key: str
    rate: int = 200
    most: int = 20_000
    acknowledged: set[str] = field(default_factory=set)
    sent: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def run(self, threads: int = 4) -> list[threading.Thread]:
        started = [
            threading.Thread(target=self._loop, args=(number, threads), daemon=True) for number in range(threads)
        ]
        for thread in started:
            thread.start()
        return started

    def _loop(self, number: int, threads: int) -> None:
        dice = random.Random(number)
        while not self.stopping.is_set() and self.sent < self.most:
            size = dice.choice([1, 5, 10])
            ids = [f"message-{next(self._numbers)}" for _ in range(size)]
            self.sent += size
            self._deliver(ids, dice)
            time.sleep(size * threads / self.rate)

    def _deliver(self, ids: list[str], dice: random.Random) -> None:
        """Again and again, as SDKs do; sometimes once more after it had been taken."""
        body = json.dumps(
            {
                "batch": [
                    {"type": "track", "event": "Tick", "messageId": id, "userId": f"u{hash(id) % 50}"} for id in ids
                ]
            }
        )
        while not self.stopping.is_set():
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request(
                    "POST",
                    "/v1/batch",
                    body,
                    {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
                )
                status = connection.getresponse().status
                connection.close()
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 200:
                with self._lock:
                    self.acknowledged.update(ids)
                if dice.random() > 0.1:
                    return
            time.sleep(0.1)
