from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema
from ninja.errors import HttpError

from regard.playbooks.rules.models import NotReady, Playbook
from regard.workspace.keys.caller import KeyAuth, caller

router = Router(tags=["playbooks"])


class PlaybookOut(Schema):
    id: int
    name: str
    on: bool
    trouble: str = Field(description="why it stopped itself")
    version: int
    rules: list[dict[str, Any]] = Field(description="when, if, then: as they are kept")
    runs: int


@router.get("", response=list[PlaybookOut], summary="Playbooks")
def index(request: HttpRequest) -> list[dict[str, Any]]:
    """For keys of the whole workspace, as what follows here."""
    return [_told(one) for one in _all(request)]


@router.put("/{int:id}/running", response=PlaybookOut, auth=KeyAuth(write=True), summary="Switch it on")
def on(request: HttpRequest, id: int) -> dict[str, Any]:
    """From now on; what happened before is left alone. 409 says what has to be changed first."""
    found = _find(request, id)
    try:
        found.switch_on(by=caller(request).id, now=timezone.now())
    except NotReady as problem:
        raise HttpError(409, str(problem)) from problem
    return _told(found)


@router.delete("/{int:id}/running", response=PlaybookOut, auth=KeyAuth(write=True), summary="Switch it off")
def off(request: HttpRequest, id: int) -> dict[str, Any]:
    """Nothing more is begun, and what waits goes on waiting."""
    found = _find(request, id)
    found.switch_off(by=caller(request).id, now=timezone.now())
    return _told(found)


def _all(request: HttpRequest) -> QuerySet[Playbook]:
    who = caller(request)
    if who.scope.units is not None:
        raise Http404
    return Playbook.objects.filter(workspace=who.workspace, retired=None).annotate(runs_begun=Count("runs")).order_by("pk")


def _find(request: HttpRequest, id: int) -> Playbook:
    found = _all(request).filter(pk=id).first() if id < 2**31 else None
    if found is None:
        raise Http404
    return found


def _told(one: Any) -> dict[str, Any]:
    return {
        "id": one.pk, "name": one.name, "on": one.since is not None and one.paused is None, "trouble": one.trouble, "version": one.version.number,
        "rules": one.version.rules, "runs": one.runs_begun,
    }  # fmt: skip
