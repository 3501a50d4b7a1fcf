from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.outreach.mail.mailbox.forms import MailboxForm
from regard.outreach.mail.mailbox.models import Mailbox
from regard.outreach.mail.mailbox.poll import NotReached, poll
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest


def show(request: RegardRequest) -> HttpResponse:
    """Where answers arrive, and whether it can be read."""
    box = Mailbox.objects.filter(workspace=request.workspace).first()
    form = MailboxForm(request.POST or None, instance=box or Mailbox(workspace=request.workspace))
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.settings = form.chosen
        made.keep(by=request.user.email)
        messages.success(request, _("Saved. Read it once, to see whether that works."))
        return redirect("mailbox:show")
    return render(request, "outreach/mail/mailbox/show.html", {"box": box, "form": form})


@require_POST
def read(request: RegardRequest) -> HttpResponse:
    """Now, so that whoever sets it up sees what goes wrong."""
    box = get_object_or_404(Mailbox, workspace=request.workspace)
    try:
        count = poll(box, now=timezone.now())
    except NotReached as problem:
        messages.error(request, str(problem))
        Mailbox.objects.filter(pk=box.pk).update(trouble=str(problem)[:300])
    else:
        Mailbox.objects.filter(pk=box.pk).update(trouble="", tested=timezone.now(), polled=timezone.now())
        messages.success(request, _("It can be read; %(n)s new messages were taken.") % {"n": count})
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="mailbox.read", subject=box.address)
    return redirect("mailbox:show")


@require_POST
def remove(request: RegardRequest) -> HttpResponse:
    box = get_object_or_404(Mailbox, workspace=request.workspace)
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="mailbox.removed", subject=box.address)
    box.delete()
    messages.success(request, _("It is not read any more."))
    return redirect("mailbox:show")
