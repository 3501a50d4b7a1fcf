from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.care.complaints.evidence.check import check as checked
from regard.care.complaints.evidence.models import EvidencePack
from regard.care.complaints.evidence.pack import pack as packed
from regard.care.complaints.queries import complaint_of
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest

_LARGEST = 20 * 1024 * 1024


@require_POST
def pack(request: RegardRequest, number: int) -> HttpResponse:
    """All that is known of a complaint, in one file."""
    found = complaint_of(request.scope, request.member, number)
    if found is None:
        raise Http404
    made, content = packed(found, by=request.user.email, now=timezone.now())
    name = f"complaint-{number}-{made.at:%Y%m%d-%H%M%S}.zip"
    return HttpResponse(content, content_type="application/zip", headers={"Content-Disposition": f'attachment; filename="{name}"'})


def check(request: RegardRequest) -> HttpResponse:
    """Whether a pack is as it was given out."""
    context: dict[str, object] = {}
    file = request.FILES.get("pack")
    if request.method == "POST" and file is None:
        context["problem"] = _("Choose the file first.")
    elif file is not None and (file.size or 0) > _LARGEST:
        context["problem"] = _("It is too large to be an evidence pack.")
    elif file is not None:
        found = checked(file.read())
        given = EvidencePack.objects.filter(complaint__case__workspace=request.workspace, head=found.head) if found.head else None
        logged = AuditEntry.objects.filter(workspace_id=request.workspace.pk, action="evidence.given", details__head=found.head)
        problem = found.problem
        if not problem and not logged.exists():
            problem = _("It is whole, but was not given out by this workspace: its hash is not in the audit log.")
        context = {"problem": problem, "found": found, "given": given.first() if given else None, "logged": logged.first()}
    return render(request, "care/complaints/evidence/check.html", context, status=422 if context.get("problem") else 200)
