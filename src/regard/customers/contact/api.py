from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query as FromUrl
from pydantic import StringConstraints

from regard.customers.contact.consent.models import Consent
from regard.customers.contact.may_contact import may_contact
from regard.customers.contact.panel.queries import current, history_of
from regard.customers.contact.purposes.models import ConsentText
from regard.customers.contact.queries import UnknownPurpose, purpose_called
from regard.customers.contact.record_consent import ConsentRefused, record_consent
from regard.customers.contact.suppression.models import Suppression, Why
from regard.customers.contact.suppression.queries import suppressions
from regard.customers.contact.suppression.suppress import Line, suppress
from regard.customers.people.api import find
from regard.web.moments import MomentWithZone
from regard.workspace.keys.caller import Caller, KeyAuth, caller

consents = Router(tags=["contact"])
policy = Router(tags=["contact"])

Key = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]+$", max_length=40)]
Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=300)]
Address = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$", max_length=512)]
Language = Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?)?$")]
ChannelName = Literal["e-mail", "SMS", "phone", "WhatsApp", "post", "in-app", "web"]
ChannelOrAll = Literal["all", "e-mail", "SMS", "phone", "WhatsApp", "post", "in-app", "web"]


class ConsentOut(Schema):
    purpose: str
    channel: str
    decision: str
    at: str
    source: str
    by: str
    language: str
    text_version: int | None
    text: str | None
    address: str
    note: str


class ConsentsOut(Schema):
    current: list[ConsentOut] = Field(description="the last word for each purpose and channel that has one")
    history: list[ConsentOut] = Field(description="everything they said, newest first")


class ConsentIn(Schema):
    purpose: Key
    channel: ChannelOrAll
    decision: Literal["given", "confirmed", "withdrawn", "refused"] = Field(
        description="given becomes a request to confirm, mailed to them, where the purpose wants that"
    )
    source: Literal["form", "import", "api"] = "api"
    at: MomentWithZone | None = Field(None, description="when they said it; now, when empty")
    language: Language = ""
    text_version: int | None = Field(None, ge=1, le=10**6, description="which version of the wording, in that language")
    address: Address = Field("", description="the address it was given for")
    note: Text = ""


class VerdictOut(Schema):
    customer: int
    outcome: Literal["allowed", "delayed", "refused"]
    because: str = Field(description="a code; `fine` when nothing stands against it")
    sentence: str
    address: str
    until: str | None


class SuppressionOut(Schema):
    id: int
    address: str
    kind: str
    reason: str
    note: str
    added: str
    added_by: str


class SuppressionsOut(Schema):
    items: list[SuppressionOut]
    next: str | None = Field(None, description="give it as `after` for what follows; null at the end")


class SuppressionIn(Schema):
    addresses: list[Address] = Field(min_length=1, max_length=10_000)
    reason: Literal["asked", "bounce", "complaint", "legal", "import"] = "asked"
    note: Text = ""


class BadAddress(Schema):
    place: int = Field(description="counted from 1")
    address: str
    fault: str


class SuppressedOut(Schema):
    added: int
    known: int
    refused: int
    faults: list[BadAddress] = Field(description="of those refused, the first 50")


@consents.get("/{int:id}/consents", response=ConsentsOut, summary="What a customer agreed to and refused")
def index(request: HttpRequest, id: int) -> dict[str, Any]:
    whose, workspace = find(request, id).id, caller(request).scope.workspace
    return {
        "current": [_consent(row) for _purpose, row in current(workspace, whose)],
        "history": [_consent(row) for row in history_of(workspace, whose)],
    }


@consents.post(
    "/{int:id}/consents",
    response={201: list[ConsentOut]},
    auth=KeyAuth(write=True),
    summary="Record what a customer said",
)
def record(request: HttpRequest, id: int, given: ConsentIn) -> tuple[int, list[dict[str, Any]]]:
    who, whose = caller(request), find(request, id).id
    if given.at is not None and given.at < datetime(1970, 1, 1, tzinfo=UTC):
        raise HttpError(422, "at: give a moment after 1970.")
    try:
        rows = record_consent(
            who.scope.workspace, whose, purpose=given.purpose, channel=given.channel, decision=given.decision, source=given.source,
            by=who.id, now=timezone.now(), at=given.at, address=given.address, language=given.language,
            text=_wording(who, given), note=given.note,
        )  # fmt: skip
    except (ConsentRefused, UnknownPurpose) as refused:
        raise HttpError(422, str(refused)) from refused
    return 201, [_consent(row) for row in rows]


@policy.get("/verdict", response=VerdictOut, summary="May this customer be contacted now?")
def verdict(
    request: HttpRequest,
    purpose: Key,
    channel: ChannelName,
    customer: int = FromUrl(..., ge=1, lt=2**63),
) -> dict[str, Any]:
    """Only asks: nothing is claimed or written."""
    whose, workspace = find(request, customer).id, caller(request).scope.workspace
    try:
        (found,) = may_contact(workspace, [whose], purpose=purpose, channel=channel, now=timezone.now())
    except UnknownPurpose as unknown:
        raise HttpError(422, str(unknown)) from unknown
    return {
        "customer": found.customer, "outcome": found.outcome, "because": found.because, "sentence": found.sentence,
        "address": found.address, "until": found.until.isoformat() if found.until else None,
    }  # fmt: skip


@policy.get("/suppressions", response=SuppressionsOut, summary="Addresses that are never used")
def listed(
    request: HttpRequest,
    search: Address = "",
    limit: int = FromUrl(50, ge=1, le=500),
    after: str = FromUrl("", max_length=18, pattern=r"^\d{0,18}$"),
) -> dict[str, Any]:
    rows = suppressions(_whole(request).scope.workspace, search).order_by("-id")
    if after:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows[: limit + 1])
    return {
        "items": [_suppression(row) for row in found[:limit]],
        "next": str(found[limit - 1].pk) if len(found) > limit else None,
    }


@policy.post("/suppressions", response=SuppressedOut, auth=KeyAuth(write=True), summary="Suppress addresses")
def add(request: HttpRequest, given: SuppressionIn) -> dict[str, Any]:
    who = _whole(request)
    lines = [Line(place, address) for place, address in enumerate(given.addresses, 1)]
    report = suppress(who.scope.workspace, lines, why=Why(given.reason), note=given.note, by=who.id, now=timezone.now())
    faults = [{"place": place, "address": text, "fault": fault} for place, text, fault in report.faults]
    return {"added": report.added, "known": report.known, "refused": report.bad, "faults": faults}


@policy.delete("/suppressions/{int:id}", response={204: None}, auth=KeyAuth(write=True), summary="Take an address off")
def remove(request: HttpRequest, id: int) -> tuple[int, None]:
    who = _whole(request)
    found = Suppression.objects.filter(pk=id, workspace_id=who.scope.workspace).first() if id < 2**63 else None
    if found is None:
        raise Http404
    found.remove(actor=who.id)
    return 204, None


def _whole(request: HttpRequest) -> Caller:
    """The list is the workspace's: a key of one unit does not see it."""
    who = caller(request)
    if who.scope.units is not None:
        raise Http404
    return who


def _wording(who: Caller, given: ConsentIn) -> ConsentText | None:
    if given.text_version is None:
        return None
    purpose = purpose_called(who.scope.workspace, given.purpose)
    found = ConsentText.objects.filter(purpose=purpose, language=given.language, version=given.text_version).first()
    if found is None:
        raise ConsentRefused("There is no such version of the wording in this language.")
    return found


def _consent(row: Consent) -> dict[str, Any]:
    return {
        "purpose": row.purpose.key, "channel": row.channel, "decision": row.decision, "at": row.at.astimezone(UTC).isoformat(), "source": row.source,
        "by": row.by, "language": row.language, "text_version": row.text.version if row.text else None,
        "text": row.text.text if row.text else None, "address": row.address, "note": row.note,
    }  # fmt: skip


def _suppression(row: Suppression) -> dict[str, Any]:
    return {
        "id": row.pk, "address": row.address, "kind": row.kind, "reason": row.why, "note": row.note, "added": row.added.isoformat(),
        "added_by": row.added_by,
    }  # fmt: skip
