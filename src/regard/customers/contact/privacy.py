from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from regard.customers.contact.consent.models import Consent
from regard.customers.contact.log.models import ContactMade
from regard.customers.contact.restraints.models import Restraint
from regard.customers.contact.suppression.models import Suppression
from regard.customers.identity.names import EMAIL, PHONE
from regard.customers.privacy.keyed import digest
from regard.customers.privacy.registry import Keeper, Section, Subject, Taken

_THEIRS = (Consent, ContactMade, Restraint)


def _suppressed(subject: Subject) -> list[Suppression]:
    keys = {key for key in subject.keys if key[0] in (EMAIL, PHONE)}
    found = Suppression.objects.filter(workspace=subject.workspace, address__in=[value for _kind, value in keys])
    return [one for one in found if (one.kind, one.address) in keys]


def _count(subject: Subject) -> int:
    kept = sum(model._base_manager.filter(profile__in=subject.profiles).count() for model in _THEIRS)
    return kept + len(_suppressed(subject))


def _export(subject: Subject) -> Iterator[Section]:
    consents = Consent.objects.filter(profile__in=subject.profiles).order_by("at")
    yield Section(
        "consents",
        consents.values(
            "purpose__key", "channel", "decision", "at", "source", "language", "address", "note", "text__text"
        ).iterator(),
    )
    contacts = ContactMade.objects.filter(profile__in=subject.profiles).order_by("at")
    yield Section(
        "contacts made", contacts.values("purpose__key", "channel", "at", "what", "sender_kind", "address").iterator()
    )
    restraints = Restraint.objects.filter(profile__in=subject.profiles).order_by("begins")
    yield Section(
        "restraints", restraints.values("reason", "begins", "until", "note", "channels", "purposes").iterator()
    )
    suppressed = (
        {"address": one.address, "why": one.why, "added": one.added, "note": one.note} for one in _suppressed(subject)
    )
    yield Section("suppressed addresses", suppressed)


def _erase(taken: Taken) -> int:
    """That an address is never to be used is still heeded: its row keeps a hash in the place of the address."""
    count = 0
    for subject in taken.subjects:
        for one in _suppressed(subject):
            Suppression.objects.filter(pk=one.pk).update(
                address=hidden(subject.workspace, one.kind, one.address), note=""
            )
            count += 1
    for model in _THEIRS:
        went, _by_model = model._base_manager.filter(profile__in=taken.profiles).delete()
        count += went
    return count


def forget_contacts(workspace: int, before: datetime) -> int:
    count, _by_model = ContactMade.objects.filter(workspace=workspace, at__lt=before).delete()
    return count


def hidden(workspace: int, kind: str, address: str) -> str:
    """How an erased address stands on the suppression list."""
    return f"#{digest(workspace, (kind, address)).hex()}"


KEEPER = Keeper(
    "contact", _("Consents, contacts made, restraints, suppressed addresses"),
    ("customers.Consent", "customers.ConfirmationMail", "customers.ContactMade", "customers.Restraint", "customers.Lifting",
     "customers.Suppression"),
    _count, _export, _erase,
)  # fmt: skip
