from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from regard.customers.people.api import find
from regard.customers.privacy.erase import OnHold, ask
from regard.customers.privacy.export import as_dict
from regard.customers.privacy.jobs import begin
from regard.customers.privacy.models import Erasure
from regard.customers.privacy.subjects import subjects
from regard.workspace.audit.models import AuditEntry
from regard.workspace.keys.caller import Caller, KeyAuth, caller

customers = Router(tags=["privacy"])
erasures = Router(tags=["privacy"])


class ErasureIn(Schema):
    mode: Literal["erase", "anonymise"] = Field(
        "erase", description="anonymise: the person goes, their scores stay as nobody's"
    )
    ground: Literal["asked", "ended", "mistake"] = "asked"


class ErasureOut(Schema):
    id: int
    mode: str
    ground: str
    customers: int
    by: str
    asked: datetime
    done: datetime | None = Field(None, description="taken out of everything that can be read")
    proven: datetime | None = Field(None, description="and gone from the disk, with nothing found")
    removed: dict[str, int]
    left: dict[str, int] = Field(description="where they were still found")


@customers.get(
    "/{int:id}/everything",
    auth=KeyAuth(write=True),
    response=dict[str, list[dict[str, Any]]],
    summary="All that is kept of one customer",
)
def everything(request: HttpRequest, id: int) -> dict[str, Any]:
    """For access and portability. Needs a key that may write, at the root."""
    who = _whole(request)
    (subject,) = subjects(who.workspace.pk, [find(request, id).id])
    AuditEntry.write(
        who.workspace.pk, actor=who.id, action="customer.given_out", subject=f"customer {subject.customer}"
    )
    return as_dict(subject)


@customers.post(
    "/{int:id}/erasure", auth=KeyAuth(write=True), response={202: ErasureOut}, summary="Erase or anonymise one customer"
)
def erase(request: HttpRequest, id: int, given: ErasureIn) -> tuple[int, dict[str, Any]]:
    """It is done in the background; ask `/erasures/{id}` how far it is. Needs a key that may write, at the root."""
    who, found = _whole(request), find(request, id)
    try:
        with transaction.atomic():
            erasure = ask(who.workspace.pk, [found.id], by=who.id, mode=given.mode, ground=given.ground)
            begin(erasure)
    except OnHold:
        raise HttpError(409, "They are under a legal hold. Lift it first.") from None
    return 202, shown(erasure)


@erasures.get(
    "/{int:id}", auth=KeyAuth(write=True), response=ErasureOut, summary="How far an erasure is, and its proof"
)
def show(request: HttpRequest, id: int) -> dict[str, Any]:
    found = Erasure.objects.filter(workspace=_whole(request).workspace, pk=id).first() if id < 2**63 else None
    if found is None:
        raise Http404
    return shown(found)


def shown(erasure: Erasure) -> dict[str, Any]:
    names = ("mode", "ground", "customers", "by", "asked", "done", "proven", "removed", "left")
    return {"id": erasure.pk, **{name: getattr(erasure, name) for name in names}}


def _whole(request: HttpRequest) -> Caller:
    """What is kept of somebody lies in every unit: a key of one unit neither reads nor takes it."""
    who = caller(request)
    if who.scope.units is not None:
        raise HttpError(403, "This needs a key at the root of the workspace.")
    return who
