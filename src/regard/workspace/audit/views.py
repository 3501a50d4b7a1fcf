from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from regard.workspace.audit.queries import audit_page
from regard.workspace.members.middleware import RegardRequest


def index(request: RegardRequest) -> HttpResponse:
    page = audit_page(request.workspace.pk, number=request.GET.get("page", "1"), check="check" in request.GET)
    return render(request, "workspace/audit/index.html", {"page": page})
