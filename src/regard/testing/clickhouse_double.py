"""ClickHouse's HTTP protocol, served from chDB: so the path to a server is tested where no server is at hand.

    python -m regard.testing.clickhouse_double PORT FOLDER

It understands what clickhouse-connect sends: statements in the body or the URL, bound parameters, settings, inserts with data.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tempfile
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

#: Sent with a query for the protocol's own sake, unknown to an embedded engine.
_NOT_SETTINGS = {
    "allow_ddl",  # would stay on the one connection that all share
    "query", "database", "default_format", "session_id", "query_id", "compress", "decompress", "client_protocol_version", "session_timeout",
    "wait_end_of_query", "send_progress_in_http_headers", "http_headers_progress_interval_ms", "enable_http_compression", "buffer_size",
    "readonly", "cancel_http_readonly_queries_on_client_close", "date_time_input_format", "http_response_buffer_size", "role",
}  # fmt: skip
_FORMAT = re.compile(r"\bformat\s+(\w+)\s*;?\s*$", re.IGNORECASE)


class Double:
    def __init__(self, folder: Path) -> None:
        import chdb

        self._connection = chdb.connect(str(folder))
        self._lock = threading.Lock()

    def run(
        self, statement: str, data: bytes, parameters: dict[str, str], settings: dict[str, str], default_format: str
    ) -> bytes:
        found = _FORMAT.search(statement)
        style = found[1] if found else default_format
        with self._lock:
            if statement.lstrip()[:6].lower() == "insert" and data:
                return self._insert(statement[: found.start()] if found else statement, style, data, settings)
            plain = statement[: found.start()] if found else statement
            self._set(settings)
            try:
                return bytes(self._connection.query(plain, style, params=parameters).bytes() or b"")
            finally:
                self._connection.query("set max_execution_time = 0, max_result_rows = 0, max_rows_to_read = 0")

    def _set(self, settings: dict[str, str]) -> None:
        for name, value in settings.items():
            if name.isidentifier():
                self._connection.query(f"set {name} = '{value}'")

    def _insert(self, statement: str, style: str, data: bytes, settings: dict[str, str]) -> bytes:
        with tempfile.NamedTemporaryFile(suffix=f".{style.lower()}") as file:
            file.write(data)
            file.flush()
            pairs = ", ".join(f"{name} = '{value}'" for name, value in settings.items() if name.isidentifier())
            clause = f" settings {pairs}" if pairs else ""
            self._connection.query(f"{statement} from infile '{file.name}'{clause} format {style}")
        return b""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    double: Double

    def do_GET(self) -> None:
        self._answer(200, b"Ok.\n")

    def do_POST(self) -> None:
        body = self._body()
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        if "multipart/form-data" in self.headers.get("Content-Type", ""):
            self._answer(501, b"Code: 1. DB::Exception: the double takes no forms")
            return
        statement = given.get("query", "")
        if statement and body and statement.lstrip()[:6].lower() != "insert":
            statement, body = f"{statement}\n{body.decode()}", b""
        elif not statement:
            head, _newline, rest = body.partition(b"\n")
            if head.lstrip()[:6].lower() == b"insert" and _FORMAT.search(head.decode("utf-8", "replace")):
                statement, body = head.decode(), rest
            else:
                statement, body = body.decode(), b""
        parameters = {name[6:]: value for name, value in given.items() if name.startswith("param_")}
        settings = {
            name: value for name, value in given.items() if not name.startswith("param_") and name not in _NOT_SETTINGS
        }
        try:
            found = self.double.run(statement, body, parameters, settings, given.get("default_format", "TabSeparated"))
        except Exception as problem:
            text = str(problem)
            code = re.search(r"Code: (\d+)", text)
            self._answer(500, text.encode(), [("X-ClickHouse-Exception-Code", code[1] if code else "1")])
            return
        self._answer(200, found)

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            body = b"".join(parts)
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        encoding = self.headers.get("Content-Encoding", "")
        if encoding == "gzip":
            return gzip.decompress(body)
        if encoding == "deflate":
            return zlib.decompress(body)
        if encoding == "lz4":
            import lz4.frame

            return bytes(lz4.frame.decompress(body))
        if encoding == "zstd":
            import zstandard

            return bytes(zstandard.ZstdDecompressor().decompressobj().decompress(body))
        return body

    def _answer(self, status: int, body: bytes, headers: list[tuple[str, str]] | None = None) -> None:
        self.send_response(status)
        for name, value in headers or []:
            self.send_header(name, value)
        self.send_header("X-ClickHouse-Summary", json.dumps({"written_rows": "0"}))
        self.send_header("X-ClickHouse-Timezone", "UTC")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        pass


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    Handler.double = Double(folder)
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


if __name__ == "__main__":
    main()
