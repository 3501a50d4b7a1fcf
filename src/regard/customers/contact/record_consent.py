"""Writes down what a customer said, with its evidence, and asks them to confirm it where the purpose wants that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from regard.customers.contact.channels import ALL, CHANNELS_OR_ALL, Channel
from regard.customers.contact.consent.models import NO, Consent, ConsentSource, Decision
from regard.customers.contact.jobs import mail_confirmation
from regard.customers.contact.purposes.models import ConsentText, Purpose
from regard.customers.contact.queries import asked, known_addresses, purpose_called
from regard.customers.identity.names import EMAIL, normalised
from regard.jobs.defer import defer
from regard.jobs.models import publish
from regard.workspace.audit.models import AuditEntry

CHANGED = "consent.changed"
_LOCK = 7212


class ConsentRefused(ValueError):
    """It cannot be written down so; the message says why."""


@transaction.atomic
def record_consent(
    workspace: int,
    customer: int,
    *,
    purpose: str,
    channel: str,
    decision: str,
    source: str,
    by: str,
    now: datetime,
    at: datetime | None = None,
    address: str = "",
    language: str = "",
    text: ConsentText | None = None,
    note: str = "",
) -> list[Consent]:
    """Returns the rows written: one, or more where the word for all channels has to reach those that have a word of their own.

    `at` is when they said it (now, when empty). A yes to e-mail for a purpose with double opt-in becomes a request to confirm,
    mailed once the transaction is through; it changes nothing for someone who has confirmed before. A no for all channels is
    written for every channel that had a yes. Raises ConsentRefused.
    """
    if channel not in dict(CHANNELS_OR_ALL) or decision not in Decision.values:
        raise ConsentRefused(f"“{channel}” or “{decision}” is unknown.")
    about = purpose_called(workspace, purpose)
    found = asked(workspace, [customer])
    if customer not in found.customer:
        raise ConsentRefused(f"There is no customer {customer}.")
    if text is not None and text.purpose_id != about.pk:
        raise ConsentRefused("That wording belongs to another purpose.")
    if at is not None and at > now:
        raise ConsentRefused("That moment has not come yet.")
    whose = found.customer[customer]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCK, whose % 2**31])
    if text is None and decision not in NO and source == ConsentSource.FORM:
        text = about.text_in(language)  # the form showed it; nobody knows what a colleague or a program said
    say = _Say(workspace, whose, about, source, by, at or now, language or (text.language if text else ""), text, note)
    rows = _rows(say, found.profiles, channel, decision, address)
    if rows and source in (ConsentSource.AGENT, ConsentSource.API, ConsentSource.IMPORT):
        AuditEntry.write(
            workspace, actor=by, action="consent.recorded", subject=f"customer {whose}", purpose=purpose, channel=channel, decision=decision
        )  # fmt: skip
    if rows:
        publish(CHANGED, workspace, [whose])
    return rows


class _Say:
    """What all rows of one word have in common."""

    def __init__(
        self, workspace: int, customer: int, purpose: Purpose, source: str, by: str, at: datetime, language: str,
        text: ConsentText | None, note: str,
    ) -> None:  # fmt: skip
        self.common: dict[str, Any] = {
            "workspace_id": workspace, "profile_id": customer, "purpose": purpose, "source": source, "by": by[:254], "at": at,
            "language": language, "text": text, "note": note[:300],
        }  # fmt: skip
        self.workspace, self.customer, self.purpose = workspace, customer, purpose

    def say(self, channel: str, decision: str, address: str = "") -> Consent:
        return Consent.objects.create(channel=channel, decision=decision, address=address, **self.common)

    def request(self, address: str) -> Consent:
        """Ask for confirmation. The mail shows the wording, so it is what they agree to."""
        self.common["text"] = text = self.common["text"] or self.purpose.text_in(self.common["language"])
        self.common["language"] = self.common["language"] or (text.language if text else "")
        return self.say(Channel.EMAIL, Decision.PENDING, address)


def _rows(say: _Say, profiles: list[int], channel: str, decision: str, address: str) -> list[Consent]:
    to = normalised(EMAIL, address) if "@" in address else address
    if decision in NO:
        return [say.say(channel, decision, to), *_elsewhere(say, profiles, channel, decision)]
    confirms = say.purpose.double_opt_in and decision in (Decision.GIVEN, Decision.PENDING)
    if not confirms or channel not in (Channel.EMAIL, ALL):
        return [say.say(channel, decision, to)]
    rows = [say.say(ALL, Decision.GIVEN)] if channel == ALL else []
    to = to or _mail_address(say)
    if not to and channel != ALL:
        raise ConsentRefused("Without an e-mail address nobody can confirm it.")
    if to and not _confirmed(say, profiles, to):
        request = say.request(to)
        _mail_it(request)
        rows.append(request)
    return rows


def _elsewhere(say: _Say, profiles: list[int], channel: str, decision: str) -> list[Consent]:
    """A no for all channels reaches those that have a word of their own, which would otherwise go before it."""
    if channel != ALL:
        return []
    own = latest(profiles, say.purpose)
    return [say.say(one, decision) for one, last in own.items() if one != ALL and last.decision not in NO]


def latest(profiles: list[int], purpose: Purpose) -> dict[str, Consent]:
    """The last row on each channel that has any."""
    found: dict[str, Consent] = {}
    for row in Consent.objects.filter(profile__in=profiles, purpose=purpose).order_by("-at", "-id"):
        first = found.setdefault(row.channel, row)
        if row.at == first.at and row.decision in NO and first.decision not in NO:
            found[row.channel] = row
    return found


def _confirmed(say: _Say, profiles: list[int], address: str) -> bool:
    """Someone who typed another's address into a form must not undo what that other confirmed."""
    last = latest(profiles, say.purpose).get(Channel.EMAIL)
    return bool(last and last.decision == Decision.CONFIRMED and last.address in ("", address))


def _mail_address(say: _Say) -> str:
    found = asked(say.workspace, [say.customer])
    return next(iter(known_addresses(found, EMAIL).get(say.customer, [])), "")


def _mail_it(request: Consent) -> None:
    defer(mail_confirmation, pk=request.pk)  # a row of this very transaction: no mail for what was rolled back
