"""Who is asked by whoever opens a link for them: an agent on the phone, a colleague in the store. It says no more than numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.core import signing

from regard.listening.links.models import Link

_SALT = "regard.listening.asked for"
#: A conversation, and what is typed in after it.
_LASTS = timedelta(days=1)


@dataclass(frozen=True)
class Known:
    profile: int
    unit: int | None


def link_for(link: Link, known: Known) -> str:
    return f"{link.path}?{urlencode({'for': signing.dumps([link.pk, known.profile, known.unit], salt=_SALT)})}"


def known_by(link: Link, given: str) -> Known | None:
    """None for what was not given by us for this link, or too long ago."""
    try:
        of, profile, unit = signing.loads(given, salt=_SALT, max_age=_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Known(profile, unit) if of == link.pk else None
