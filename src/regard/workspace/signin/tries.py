"""Whose sign-in failed: axes counts by address and place."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def who_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The address that was tried. allauth hands it on as `email`, axes looks for a name of its own."""
    given = credentials or {}
    tried = given.get("email") or given.get("username")
    if not tried and request is not None:
        tried = request.POST.get("login")
    return str(tried or "").strip().lower()
