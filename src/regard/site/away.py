from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from regard.warehouse import WarehouseAway


class AwayMiddleware:
    """While ClickHouse is away, pages that read the ledger say so; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, WarehouseAway):
            return None
        if request.headers.get("HX-Request"):
            return render(request, "web/_away.html")  # htmx swaps in only what is answered with 200
        return render(request, "web/away.html", status=503)
