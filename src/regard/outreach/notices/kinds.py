"""What members are told of. Each feature names its kinds; `site/wiring.py` enters them, in the order in which the page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regard.outreach.notices.models import Way

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class NoticeKind:
    name: str
    label: StrOrPromise
    way: Way


NOTICE_KINDS: dict[str, NoticeKind] = {}
