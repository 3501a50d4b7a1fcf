"""A page of somebody else's on another port, with a Content-Security-Policy that allows our host what the docs ask for and nothing else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@contextmanager
def foreign_page(ours: str, key: str, *, attributes: str = "", policy: str | None = None) -> Iterator[str]:
    """Its address."""
    page = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <title>Shop</title></head><body><main><h1>A shop</h1><p><label>Search <input id="search"></label></p>
    {"<p>Some goods.</p>" * 80}</main><script src="{ours}/w.js" data-widget="{key}" {attributes} async></script></body></html>"""
    strict = f"default-src 'none'; script-src {ours}; connect-src {ours}; require-trusted-types-for 'script'; trusted-types 'none'"

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page.encode() if not self.path.startswith("/favicon") else b""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", strict if policy is None else policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
