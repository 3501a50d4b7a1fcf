"""Who calls the API: a key's holder, or the command line on this machine."""

from __future__ import annotations

import hmac
import os
from dataclasses import dataclass

from django.http import HttpRequest
from ninja.security import HttpBearer

from regard.warehouse.scope import Scope
from regard.workspace.keys.models import ApiKey, KeyScope
from regard.workspace.workspaces.models import Workspace


@dataclass(frozen=True)
class Caller:
    workspace: Workspace
    scope: Scope
    may_write: bool
    id: str


class KeyAuth(HttpBearer):
    """`Authorization: Bearer KEY`. A key that may only collect reads nothing."""

    def __init__(self, *, write: bool = False) -> None:
        super().__init__()
        self._write = write

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        found = _local(request, token) or _keyed(token)
        if found is None or (self._write and not found.may_write):
            return None
        return found


def caller(request: HttpRequest) -> Caller:
    found = request.auth  # type: ignore[attr-defined]
    assert isinstance(found, Caller)
    return found


def _keyed(token: str) -> Caller | None:
    key = ApiKey.find(token)
    if key is None or key.scope == KeyScope.COLLECT:
        return None
    return Caller(key.workspace, key.row_scope(), key.scope == KeyScope.WRITE, f"key-{key.pk}")


def is_local(token: str) -> bool:
    """The secret that the running server wrote into its data folder for the command line."""
    secret = os.environ.get("REGARD_LOCAL_TOKEN", "")
    return bool(secret) and hmac.compare_digest(secret.encode(), token.encode("utf-8", "replace"))


def _local(request: HttpRequest, token: str) -> Caller | None:
    if not is_local(token):
        return None
    workspace = choose_workspace(request.headers.get("X-Regard-Workspace", ""))
    return Caller(workspace, Scope(workspace.pk), True, "command-line") if workspace else None


def choose_workspace(name: str = "") -> Workspace | None:
    """The one named; without a name the only one, else the demo's. None when that leaves no choice or several."""
    if name:
        return Workspace.objects.filter(name__iexact=name).first()
    found = list(Workspace.objects.all()[:2])
    if len(found) == 1:
        return found[0]
    return Workspace.objects.filter(is_demo=True).first()
