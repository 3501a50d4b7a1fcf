"""How often one address may ask and send, on every route that is open to respondents. A whole office may sit behind one."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from ninja.throttling import SimpleRateThrottle

from regard.listening.answering.page import direction
from regard.listening.answering.phrases import languages, phrases
from regard.web.languages import best_language
from regard.workspace.signin.client_ip import client_ip

#: A page brings its colours and its script with it.
_LOOKS_A_SEND = 3
_SENDS_A_FILE = 20

View = Callable[..., HttpResponseBase]
Refuse = Callable[[HttpRequest], HttpResponse]


class _PerAddress(SimpleRateThrottle):
    def get_cache_key(self, request: HttpRequest) -> str:
        return f"answering-{self.rate}-{_network(client_ip(request))}"


def limited(refuse: Refuse) -> Callable[[View], View]:
    """What is more than `REGARD_ANSWERS_PER_MINUTE` is answered by `refuse`, with 429 and how long to wait; 0 is no limit."""

    def around(view: View) -> View:
        @wraps(view)
        def held(request: HttpRequest, *args: Any, **more: Any) -> HttpResponseBase:
            sends: int = settings.ANSWERS_PER_MINUTE
            if not sends:
                return view(request, *args, **more)
            rate = sends if request.method == "POST" else sends * _LOOKS_A_SEND
            throttle = _PerAddress(f"{rate}/m")  # it keeps what it found: one for each request
            if throttle.allow_request(request):
                return view(request, *args, **more)
            answer = refuse(request)
            answer.status_code, answer["Cache-Control"] = 429, "no-store"
            answer["Retry-After"] = str(int(throttle.wait() or 1) + 1)
            return answer

        return held

    return around


def may_send_file(request: HttpRequest) -> bool:
    """Files are large: of what one address may send, one in twenty."""
    sends: int = settings.ANSWERS_PER_MINUTE
    return not sends or bool(_PerAddress(f"{max(sends // _SENDS_A_FILE, 1)}/m").allow_request(request))


def busy_page(request: HttpRequest) -> HttpResponse:
    language = best_language(request, languages())
    page = {"language": language, "direction": direction(language), "say": phrases(language)}
    return render(request, "listening/answering/busy.html", {"page": page})


def _network(address: str) -> str:
    """Of IPv6 the network: whoever has one address there has them all."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(found) if found.version == 4 else str(ipaddress.ip_network((found, 64), strict=False))
