from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from regard.connectors.sources.queries import sources_page
from regard.connectors.sources.snippets import snippets
from regard.workspace.keys.queries import keys_of
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    return render(request, "connectors/sources/index.html", {"page": sources_page(request.scope)})


def connect(request: RegardRequest) -> HttpResponse:
    context = {
        "snippets": snippets(settings.PUBLIC_URL), "address": settings.PUBLIC_URL,
        "keys": [key for key in keys_of(request.scope) if key.scope in ("collect", "write")],
        "may_make": request.member.may(Right.CONFIGURE),
    }  # fmt: skip
    return render(request, "connectors/sources/connect.html", context)
