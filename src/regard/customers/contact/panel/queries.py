"""What the customer page shows of consent and contact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.customers.contact.channels import ALL, KIND, Channel, channel_name
from regard.customers.contact.consent.models import NO, YES, Consent, Decision
from regard.customers.contact.log.models import ContactMade, What
from regard.customers.contact.purposes.models import Purpose
from regard.customers.contact.queries import Asked, asked
from regard.customers.contact.restrain import live
from regard.customers.contact.restraints.models import Restraint
from regard.customers.contact.suppression.models import OF_THE_ADDRESS, Suppression
from regard.customers.identity.models import Identifier
from regard.customers.identity.names import EMAIL, PHONE
from regard.customers.people.masking import masked_value
from regard.customers.people.queries import person
from regard.warehouse.scope import Scope
from regard.workspace.units.models import branches

_CONTACTS, _HISTORY = 5, 100
_TONES = {**dict.fromkeys(YES, "good"), **dict.fromkeys(NO, "bad"), Decision.PENDING: "warn"}


@dataclass(frozen=True)
class Chip:
    """A small coloured word; `title` explains it."""

    label: str
    tone: str
    title: str = ""


@dataclass(frozen=True)
class Line:
    purpose: str
    chips: list[Chip]


@dataclass(frozen=True)
class Contacting:
    """The panel: what they agreed to, what stands against it, what was sent, and everything they said."""

    customer: int
    channels: list[Chip]
    lines: list[Line]
    suppressed: list[Suppression]
    restraints: list[Restraint]
    contacts: list[ContactMade]
    history: list[Consent]


def contacting(workspace: int, customer: int, now: datetime, *, masked: bool = False) -> Contacting:
    """`masked`: addresses in part, notes not at all."""
    found = asked(workspace, [customer])
    history = _history(found)
    words = _last(history)
    purposes = list(Purpose.objects.filter(workspace_id=workspace, retired=None))
    known = _known(found)
    suppressed = _suppressed(workspace, known)
    restraints = _restraints(workspace, found, customer, now)
    channels = _by_channel(purposes, words, known, suppressed, restraints)
    if masked:
        _mask(suppressed, history, restraints)
    return Contacting(
        customer=customer,
        channels=channels,
        lines=[Line(purpose.name, _chips(purpose, words.get(purpose.pk, {}))) for purpose in purposes],
        suppressed=suppressed,
        restraints=restraints,
        contacts=list(ContactMade.objects.filter(profile__in=found.profiles, what=What.CONTACT).select_related("purpose")[:_CONTACTS]),
        history=history[:_HISTORY],
    )


def consent_chips(scope: Scope, customer: int) -> list[Chip]:
    """How they may be reached, for the head of the customer page: one chip a channel, green where at least one purpose is allowed."""
    seen = person(scope, customer)
    return contacting(scope.workspace, seen.id, timezone.now()).channels if seen else []


def _by_channel(
    purposes: list[Purpose],
    words: dict[int, dict[str, Consent]],
    known: dict[str, set[str]],
    suppressed: list[Suppression],
    restraints: list[Restraint],
) -> list[Chip]:
    held = [one for one in restraints if not one.purposes]
    chips = []
    for channel in (Channel.EMAIL, Channel.SMS, Channel.PHONE, Channel.POST):
        allowed = [one.name for one in purposes if one.can_be_refused and _allows(one, words.get(one.pk, {}), channel)]
        stopped = [one for one in held if not one.channels or channel in one.channels]
        no, kind = _("no %(channel)s") % {"channel": channel.label}, KIND.get(channel, "")
        if kind and _barred(known.get(kind, set()), [one for one in suppressed if one.kind == kind]):
            chips.append(Chip(no, "bad", _("suppressed")))
        elif stopped:
            chips.append(Chip(no, "warn", str(stopped[0])))
        elif not allowed:
            chips.append(Chip(no, "", _("no consent")))
        elif kind and not known.get(kind):
            chips.append(Chip(no, "", _("no address is known")))
        else:
            chips.append(Chip(str(channel.label), "good", ", ".join(allowed)))
    return chips


def _barred(known: set[str], suppressed: list[Suppression]) -> bool:
    """As in a verdict: a bounce rules out its address, anything else the person."""
    of_the_person = any(one.why not in OF_THE_ADDRESS for one in suppressed)
    return of_the_person or (bool(known) and known <= {one.address for one in suppressed})


def current(workspace: int, customer: int) -> list[tuple[Purpose, Consent]]:
    """The last word for each purpose and channel that has one."""
    words = _last(_history(asked(workspace, [customer])))
    return [(row.purpose, row) for by_channel in words.values() for row in by_channel.values()]


def history_of(workspace: int, customer: int) -> list[Consent]:
    return _history(asked(workspace, [customer]))


def _history(found: Asked) -> list[Consent]:
    """Everything they said, newest first; of two at one moment the no comes first, as it counts."""
    rows = Consent.objects.filter(profile__in=found.profiles).select_related("purpose", "text")
    return sorted(rows, key=lambda row: (row.at, row.decision in NO, row.pk), reverse=True)


def _last(history: list[Consent]) -> dict[int, dict[str, Consent]]:
    words: dict[int, dict[str, Consent]] = {}
    for row in history:
        words.setdefault(row.purpose_id, {}).setdefault(row.channel, row)
    return words


def _chips(purpose: Purpose, words: dict[str, Consent]) -> list[Chip]:
    if not purpose.can_be_refused:
        return [Chip(_("always"), "", _("Contract or law demands it."))]
    silent = Chip(_("never asked"), "") if purpose.needs_opt_in else Chip(_("not refused"), "good")
    if not words:
        return [silent]
    order = [ALL, *Channel.values]
    said = [_chip(words[channel]) for channel in sorted(words, key=order.index)]
    return said if ALL in words else [*said, Chip(_("otherwise: %(word)s") % {"word": silent.label}, silent.tone)]


def _chip(row: Consent) -> Chip:
    decision = Decision(row.decision)
    return Chip(f"{channel_name(row.channel)}: {decision.label}", _TONES[decision])


def _allows(purpose: Purpose, words: dict[str, Consent], channel: str) -> bool:
    last = words.get(channel) or words.get(ALL)
    if last is None:
        return not purpose.needs_opt_in
    if purpose.needs_opt_in and purpose.double_opt_in and channel == Channel.EMAIL:
        return last.decision == Decision.CONFIRMED
    return last.decision in YES or (not purpose.needs_opt_in and last.decision not in NO)


def _known(found: Asked) -> dict[str, set[str]]:
    """Their addresses, by kind."""
    known: dict[str, set[str]] = {}
    rows = Identifier.objects.filter(profile__in=found.profiles, namespace__in=[EMAIL, PHONE])
    for namespace, value in rows.values_list("namespace", "value"):
        known.setdefault(namespace, set()).add(value)
    return known


def _suppressed(workspace: int, known: dict[str, set[str]]) -> list[Suppression]:
    wanted = Q(pk=None)
    for kind, addresses in known.items():
        wanted |= Q(kind=kind, address__in=addresses)
    return list(Suppression.objects.filter(wanted, workspace_id=workspace))


def _restraints(workspace: int, found: Asked, customer: int, now: datetime) -> list[Restraint]:
    """Their own, those of their home unit or one above it, and those of everybody."""
    home = found.unit.get(customer)
    above = next((branch.path for branch in branches(workspace) if branch.id == home), ()) if home else ()
    mine = Q(profile__in=found.profiles) | Q(profile=None, unit=None) | Q(profile=None, unit__in=above)
    return list(live(workspace, now).filter(mine).select_related("unit"))


def _mask(suppressed: Iterable[Suppression], history: Iterable[Consent], restraints: Iterable[Restraint]) -> None:
    """What is shown, never what is kept."""
    for one in suppressed:
        one.address, one.note = masked_value(one.address), ""
    for row in history:
        row.address, row.note = masked_value(row.address), ""
    for held in restraints:
        held.note = ""
