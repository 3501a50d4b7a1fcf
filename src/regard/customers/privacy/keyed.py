"""An identifier as a keyed hash: it can be recognised when it comes again, and not be read by who has the list alone."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

from django.conf import settings

from regard.customers.identity.names import Key


def keyed(workspace: int, key: Key) -> UUID:
    return UUID(bytes=digest(workspace, key))


def digest(workspace: int, key: Key) -> bytes:
    text = f"{workspace}\0{key[0]}\0{key[1]}".encode("utf-8", "replace")
    return blake2b(text, key=_secret(settings.SECRET_KEY), digest_size=16).digest()


@lru_cache(maxsize=4)
def _secret(key: str) -> bytes:
    return blake2b(key.encode(), digest_size=32, person=b"erasures").digest()
