"""Secrets that lie encrypted in the database: a copy of it alone opens nothing."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.encoding import force_bytes


def keys_for(purpose: str) -> MultiFernet:
    """From the signing key, another for each purpose; older signing keys (SECRET_KEY_FALLBACKS) still open what they sealed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = [hashlib.sha256(f"regard {purpose} ".encode() + force_bytes(secret)).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])
