"""Mails that tell members what happened: one for all that is new, never one for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.outreach.notices.models import Notice, Way
from regard.workspace.members.models import Member

#: Of one member in one mail; the rest stands on the page.
_MOST = 25
#: The hour of the workspace's day from which on the daily mail goes out.
_HOUR = 8
#: What is older is told by the page alone.
_STALE = timedelta(days=2)
_BY_ITSELF = {"Auto-Submitted": "auto-generated"}


def post(*, now: datetime) -> int:
    """Send what waits; returns how many mails went out. A notice that was seen meanwhile needs no mail."""
    waiting = Notice.objects.filter(mailed=None, way__in=(Way.MAIL, Way.DIGEST), seen=None, at__gt=now - _STALE)
    members = set(waiting.order_by().values_list("member", flat=True).distinct())
    sent = 0
    with get_connection() as connection:
        for member in Member.objects.filter(pk__in=members, left=None, user__is_active=True).select_related("user", "workspace"):
            sent += _post_to(member, connection, now)
    return sent


@transaction.atomic
def _post_to(member: Member, connection: BaseEmailBackend, now: datetime) -> int:
    """Noted before it goes out: a mail server that dies in between costs one mail, not one more every minute."""
    waiting = Notice.objects.select_for_update(skip_locked=True).filter(member=member, mailed=None, seen=None, at__gt=now - _STALE)
    found = list(waiting.filter(Q(way=Way.MAIL) | Q(way=Way.DIGEST, at__lt=_morning(member, now))))
    if not found:
        return 0
    Notice.objects.filter(pk__in=[one.pk for one in found]).update(mailed=now)
    with translation.override(member.user.language or settings.LANGUAGE_CODE):
        mail = EmailMessage(_subject(found), _body(found), None, [member.user.email], connection=connection, headers=_BY_ITSELF)
    mail.send()
    return 1


def _morning(member: Member, now: datetime) -> datetime:
    """The last one there was: the daily mail tells what came before it."""
    today = now.astimezone(member.workspace.zone).replace(hour=_HOUR, minute=0, second=0, microsecond=0)
    return today if now >= today else today - timedelta(days=1)


def _subject(found: Sequence[Notice]) -> str:
    if len(found) == 1:
        return " ".join(found[0].text.split())
    return ngettext("%(n)s notice from Regard", "%(n)s notices from Regard", len(found)) % {"n": len(found)}


def _body(found: Sequence[Notice]) -> str:
    lines = [f"{one.text}\n{settings.PUBLIC_URL}{one.link}\n" for one in found[:_MOST]]
    if len(found) > _MOST:
        lines.append(_("… and %(n)s more.") % {"n": len(found) - _MOST} + "\n")
    how = _("How you hear of such things, you choose here:")
    return "\n".join([*lines, f"{how} {settings.PUBLIC_URL}{reverse('notices:index')}"])
