"""What customers do themselves, behind a link: confirm, unsubscribe, take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from regard.customers.contact.channels import ALL, Channel
from regard.customers.contact.consent.models import NO, YES, Consent, ConsentSource, Decision
from regard.customers.contact.public.links import Subscription
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.record_consent import CHANGED, latest, record_consent
from regard.customers.people.models import Profile, profile_ids
from regard.jobs.models import publish

CUSTOMER = "customer"


class LinkUsedUp(ValueError):
    """The link was used, or the customer has decided otherwise since."""


@transaction.atomic
def confirm(request: Consent, *, now: datetime) -> Consent:
    """Turn a request into a confirmed consent. Raises LinkUsedUp."""
    Consent.objects.select_for_update().get(pk=request.pk)
    whose = Profile.objects.get(pk=request.profile_id).customer_id
    if not can_confirm(request, whose):
        raise LinkUsedUp
    made = Consent.objects.create(
        workspace_id=request.workspace_id, profile_id=whose, purpose_id=request.purpose_id, channel=request.channel,
        decision=Decision.CONFIRMED, at=now, source=ConsentSource.LINK, by=CUSTOMER, text_id=request.text_id,
        language=request.language, address=request.address, answers=request,
    )  # fmt: skip
    publish(CHANGED, request.workspace_id, [whose])
    return made


def can_confirm(request: Consent, customer: int) -> bool:
    """While it is unanswered and the last word on its channel."""
    if request.decision != Decision.PENDING or Consent.objects.filter(answers=request).exists():
        return False
    last = latest(profile_ids([customer]), request.purpose).get(request.channel)
    return last is not None and last.pk == request.pk


@dataclass(frozen=True)
class Standing:
    """How things are for the customer behind an unsubscribe link."""

    gone: bool  # from this purpose, on this channel
    all_gone: bool
    can_leave: bool
    stays: list[str]  # what contract or law demands, by name


def standing(about: Subscription) -> Standing:
    profiles = profile_ids([about.customer])
    purposes = list(Purpose.objects.filter(workspace=about.workspace, retired=None))
    ways = [_way(profiles, purpose, about.channel) for purpose in purposes if purpose.can_be_refused]
    return Standing(
        gone=_way(profiles, about.purpose, about.channel) in NO,
        all_gone=bool(ways) and all(way in NO for way in ways),
        can_leave=about.purpose.can_be_refused,
        stays=[purpose.name for purpose in purposes if not purpose.can_be_refused],
    )


def leave(about: Subscription, *, now: datetime) -> list[Consent]:
    """Unsubscribe from the purpose on the link's channel. Doing it twice writes nothing."""
    if not about.purpose.can_be_refused or _way(profile_ids([about.customer]), about.purpose, about.channel) in NO:
        return []
    return _withdraw(about, about.purpose, about.channel, now)


@transaction.atomic
def leave_all(about: Subscription, *, now: datetime) -> list[Consent]:
    """Unsubscribe from everything that can be refused, on every channel."""
    profiles, rows = profile_ids([about.customer]), []
    for purpose in Purpose.objects.filter(workspace=about.workspace):
        words = latest(profiles, purpose)
        settled = ALL in words and all(row.decision in NO for row in words.values())
        if purpose.can_be_refused and not settled:
            rows += _withdraw(about, purpose, ALL, now)
    return rows


@transaction.atomic
def come_back(about: Subscription, rows: list[int], *, now: datetime) -> int:
    """Undo these withdrawals as far as they are still the last word; what was not allowed before is not allowed by this."""
    profiles, back = profile_ids([about.customer]), 0
    undone = Consent.objects.filter(
        pk__in=rows, profile__in=profiles, workspace=about.workspace, source=ConsentSource.UNSUBSCRIBE, decision=Decision.WITHDRAWN
    ).select_related("purpose")  # fmt: skip
    for row in undone:
        last = latest(profiles, row.purpose).get(row.channel)
        before = _before(profiles, row)
        if last is None or last.pk != row.pk or before is None:
            continue
        decision, evidence = before
        record_consent(
            about.workspace.pk, about.customer, purpose=row.purpose.key, channel=row.channel, decision=decision,
            source=ConsentSource.UNSUBSCRIBE, by=CUSTOMER, now=now, note="back",
            address=evidence.address if evidence else "", language=evidence.language if evidence else "",
            text=evidence.text if evidence else None,
        )  # fmt: skip
        back += 1
    return back


def _withdraw(about: Subscription, purpose: Purpose, channel: str, now: datetime) -> list[Consent]:
    return record_consent(
        about.workspace.pk, about.customer, purpose=purpose.key, channel=channel, decision=Decision.WITHDRAWN,
        source=ConsentSource.UNSUBSCRIBE, by=CUSTOMER, now=now,
    )  # fmt: skip


def _way(profiles: list[int], purpose: Purpose, channel: str) -> str:
    words = latest(profiles, purpose)
    last = words.get(channel) or words.get(ALL)
    return last.decision if last else ""


def _before(profiles: list[int], row: Consent) -> tuple[str, Consent | None] | None:
    """What to say again: the yes that stood before; where nobody had said anything, a yes only where silence allows contact."""
    earlier = Consent.objects.filter(profile__in=profiles, purpose=row.purpose, channel=row.channel, at__lt=row.at)
    last = earlier.select_related("text").first()
    if last:
        return (last.decision, last) if last.decision in YES else None
    if not row.purpose.needs_opt_in:
        return Decision.GIVEN, None
    whole = latest(profiles, row.purpose).get(ALL)
    if row.channel != ALL and row.channel in Channel.values and whole and whole.decision in YES:
        return whole.decision, whole
    return None
