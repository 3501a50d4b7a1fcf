"""A real Chromium for tests marked `browser`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from django.core.cache import cache

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium_path() -> str:
    """Debian's, or what `CHROMIUM` names; "" lets Playwright use its own."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""


@contextmanager
def page(*, width: int = 1280, height: int = 900, dark: bool = False) -> Iterator[Any]:
    """A page in a fresh browser. What the browser itself complains of stands in `page.complaints`."""
    cache.clear()  # a visitor of its own: sign-ins of earlier ones from this address are not counted against it
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path() or None, args=QUIET)
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        opened = context.new_page()
        opened.complaints = []
        opened.on(
            "console",
            lambda message: opened.complaints.append(message.text) if message.type == "error" else None,
        )
        opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.on("request", lambda request: _stay_home(opened, request.url))
        yield opened
        browser.close()


def settled(page: Any) -> None:
    """Until what was asked for has come and listens: a part of a page that has just been put there hears nothing for a moment."""
    from playwright.sync_api import expect

    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def accessibility_faults(page: Any, *, shadow_of: str = "") -> list[str]:
    """What axe finds that keeps the open page from people who use a keyboard, a screen reader or a poor display; or in one of its
    elements and what stands in its shadow. All its rules, WCAG 2.2 AA among them.
    """
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
    return list(page.evaluate(_AXE, shadow_of or None))


_AXE = """async (inside) => {
  const options = {preload: false, rules: {region: {enabled: !inside}}};
  const found = await axe.run(inside ? {include: [inside]} : document, options);
  return found.violations.flatMap((one) =>
    one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 120)} ${node.failureSummary.split("\\n").slice(1).join(" ").slice(0, 160)}`));
}"""


def _stay_home(opened: Any, url: str) -> None:
    if not url.startswith(("http://localhost", "http://127.0.0.1", "data:", "blob:", "about:")):
        opened.complaints.append(f"asked another host: {url}")
