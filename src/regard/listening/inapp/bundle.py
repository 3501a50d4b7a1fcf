"""Scripts of ours put together from their parts, compressed once, and served with a tag by which browsers know them again."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from rjsmin import jsmin

_LISTENING = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Bundle:
    body: bytes
    gzipped: bytes
    tag: str


@cache
def bundle(*parts: str, style: tuple[str, ...] = ()) -> Bundle:
    """The scripts, as paths below `listening`, in one function of their own; `STYLE` holds the style sheets as a text."""
    texts = [_short(_LISTENING / part) for part in parts]
    if style:
        texts.insert(
            0, f"const STYLE = {json.dumps(''.join(_short(_LISTENING / part) for part in style), ensure_ascii=False)};"
        )
    body = ('(() => {\n"use strict";\n' + "\n".join(texts) + "\n})();\n").encode()
    return Bundle(body, gzip.compress(body, 9, mtime=0), f'"{sha256(body).hexdigest()[:20]}"')


def _short(path: Path) -> str:
    """Without what only readers of the source need."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".css":
        return re.sub(r":\s+", ":", re.sub(r"\s*([{};,>])\s*", r"\1", text.strip()))
    return str(jsmin(text))


def serve(request: HttpRequest, made: Bundle, *, seconds: int) -> HttpResponse:
    packed = "gzip" in request.headers.get("Accept-Encoding", "")
    tag = made.tag[:-1] + '-gzip"' if packed else made.tag
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    answer: HttpResponse
    if tag in known:
        answer = HttpResponseNotModified()
    else:
        answer = HttpResponse(made.gzipped if packed else made.body, content_type="text/javascript; charset=utf-8")
        if packed:
            answer["Content-Encoding"] = "gzip"
    answer["ETag"] = tag
    answer["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate=604800"
    answer["Access-Control-Allow-Origin"], answer["Cross-Origin-Resource-Policy"] = "*", "cross-origin"
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer
