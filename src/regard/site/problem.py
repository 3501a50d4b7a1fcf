from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse


def problem(status: int, title: str, detail: str, **more: Any) -> HttpResponse:
    """RFC 9457: what went wrong and what to do, in one shape."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")
