"""How long a respondent on a slow phone waits for the first page of a survey: a 3G profile in a headless browser."""

from __future__ import annotations

import statistics
from typing import Any

#: WebPageTest's “3G”: 1.6 Mbit/s down, 768 kbit/s up, 300 ms there and back.
_PROFILE = {"offline": False, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 768_000 / 8, "latency": 300}
_TIMES = 9


def first_load(address: str) -> tuple[float, float]:
    """Seconds until it can be answered, and kilobytes on the wire; medians of several loads with nothing in the cache."""
    from playwright.sync_api import sync_playwright

    from regard.testing.browser import QUIET, chromium_path

    seconds, sizes = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path() or None, args=QUIET)
        for _ in range(_TIMES):
            page = chromium.new_context(viewport={"width": 390, "height": 844}).new_page()
            session = page.context.new_cdp_session(page)
            session.send("Network.enable")
            session.send("Network.emulateNetworkConditions", _PROFILE)
            received: list[float] = []
            session.on("Network.loadingFinished", lambda event, into=received: into.append(_length(event)))
            page.goto(address, wait_until="load")
            seconds.append(page.evaluate("performance.getEntriesByType('navigation')[0].domInteractive / 1000"))
            sizes.append(sum(received) / 1024)
            page.context.close()
        chromium.close()
    return statistics.median(seconds), statistics.median(sizes)


def _length(event: dict[str, Any]) -> float:
    return float(event.get("encodedDataLength", 0))
