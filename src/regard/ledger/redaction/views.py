from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.jobs.defer import defer
from regard.ledger.redaction.jobs import redact_comments
from regard.ledger.redaction.queries import comments_with_personal_data
from regard.workspace.members.middleware import RegardRequest

_ID = re.compile(r"[0-9A-F]{32}-\d{1,5}")


def index(request: RegardRequest) -> HttpResponse:
    found, following = comments_with_personal_data(request.scope, before=request.GET.get("before", ""))
    return render(request, "ledger/redaction/index.html", {"comments": found, "next": following})


@require_POST
def redact(request: RegardRequest) -> HttpResponse:
    chosen = [one for one in request.POST.getlist("comment") if _ID.fullmatch(one)]
    if not chosen:
        messages.error(request, _("Choose the comments that personal data is to be taken out of."))
        return redirect("redaction:index")
    units = None if request.scope.units is None else list(request.scope.units)
    defer(
        redact_comments, lock="privacy", workspace=request.workspace.pk, units=units, ids=chosen, by=request.user.email
    )
    messages.success(
        request,
        ngettext("It is taken out of %(n)s comment; a moment, then load the page again.",
                 "It is taken out of %(n)s comments; a moment, then load the page again.", len(chosen)) % {"n": len(chosen)},
    )  # fmt: skip
    return redirect("redaction:index")
