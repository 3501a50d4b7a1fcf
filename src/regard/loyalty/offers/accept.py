"""A customer took up what they were given: once, and while it is good."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from regard.loyalty.offers.models import Grant
from regard.loyalty.offers.told import Row, tell_ledger


class NotAccepted(Exception):
    """The message says why, in a sentence."""


@transaction.atomic
def accept(grant: Grant, *, by: str, now: datetime) -> Grant:
    """What was accepted already stays as it is. Raises NotAccepted."""
    found = Grant.objects.select_for_update(of=("self",)).select_related("offer__workspace", "unit").get(pk=grant.pk)
    if found.accepted is not None:
        return found
    if found.until < now:
        raise NotAccepted(_("It was good until %(day)s.") % {"day": _day(found)})
    found.accepted, found.accepted_by = now, by[:254]
    found.save(update_fields=["accepted", "accepted_by"])
    tell_ledger(found.offer, [Row(found, "Offer accepted", now, "accepted")])
    return found


def _day(grant: Grant) -> str:
    return date_format(timezone.localtime(grant.until, grant.offer.workspace.zone).date(), "DATE_FORMAT")
