"""How one invitation stands, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from regard.listening.invitations.models import REASONS, Invitation


@dataclass(frozen=True)
class Told:
    invitation: Invitation
    state: str
    tone: str = ""  # good, warn, bad
    sentence: str = ""
    at: datetime | None = None


def told(one: Invitation, *, now: datetime) -> Told:
    """Of an anonymous programme only that they were asked."""
    if one.decided is None:
        if one.because:
            return Told(one, _("waits"), "warn", one.sentence or str(REASONS.get(one.because, "")), one.due)
        return Told(one, _("due"), "", "", one.due)
    if one.because:
        return Told(one, _("not asked"), "warn", one.sentence or str(REASONS.get(one.because, "")), one.decided)
    if one.sent is None and one.bounced is None:
        return Told(one, _("about to be sent"), at=one.decided)
    if one.programme.anonymous:
        return Told(one, _("asked"), at=one.sent)
    if one.completed:
        return Told(one, _("answered"), "good", at=one.completed)
    if one.screened:
        return Told(one, _("screened out"), at=one.screened)
    if one.opted_out:
        return Told(one, _("wants no more"), "bad", at=one.opted_out)
    if one.bounced:
        return Told(one, one.get_bounce_display(), "bad", at=one.bounced)
    if one.partial or one.started:
        return Told(one, _("left in the middle") if one.partial else _("began"), "", at=one.partial or one.started)
    if one.expires and one.expires <= now:
        return Told(one, _("expired"), at=one.expires)
    return Told(one, _("asked"), "", "", one.sent)
