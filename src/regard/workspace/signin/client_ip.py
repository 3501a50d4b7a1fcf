"""Where a request comes from, for everything that counts tries."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The address that the outermost trusted proxy saw; what is written further left in X-Forwarded-For, anyone
    can have written.
    """
    told: str = request.META.get("HTTP_X_FORWARDED_FOR", "")
    seen = [hop.strip() for hop in told.split(",")]
    proxies: int = settings.TRUSTED_PROXIES
    if 0 < proxies <= len(seen) and _is_address(seen[-proxies]):
        return seen[-proxies]
    return str(request.META.get("REMOTE_ADDR", ""))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
