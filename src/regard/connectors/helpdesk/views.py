from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regard.connectors.helpdesk.forms import DeskForm
from regard.connectors.helpdesk.models import Desk
from regard.connectors.helpdesk.queries import standing
from regard.connectors.helpdesk.sync import since, sync
from regard.connectors.helpdesk.trouble import Trouble
from regard.connectors.helpdesk.zendesk import Zendesk
from regard.outreach.sealed import Unreadable
from regard.workspace.audit.models import AuditEntry
from regard.workspace.members.middleware import RegardRequest


def show(request: RegardRequest) -> HttpResponse:
    """How a help desk is reached, and how it stands."""
    desk = Desk.objects.filter(workspace=request.workspace).first()
    instance = desk or Desk(workspace=request.workspace, begun=since(timezone.now()))
    form = DeskForm(request.POST or None, instance=instance, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made.unit_id = form.cleaned_data["unit"]
        if desk is not None and form.was != made.subdomain:  # another Zendesk: its numbers are others
            made.tickets.all().delete()
            made.setbacks.all().delete()
            made.cursor, made.begun = "", since(timezone.now())
        made.settings = form.chosen
        made.keep(by=request.user.email)
        messages.success(request, _("Saved. Try it, to see whether that works."))
        return redirect("helpdesk:show")
    known = Desk.objects.filter(workspace=request.workspace).first()
    context = {"desk": known, "form": form, "standing": standing(known, now=timezone.now()) if known else None}
    return render(request, "connectors/helpdesk/show.html", context)


@require_POST
def read(request: RegardRequest) -> HttpResponse:
    """Now, so that whoever sets it up sees what goes wrong."""
    desk = get_object_or_404(Desk, workspace=request.workspace)
    try:
        Zendesk(desk).me()
        desk.setbacks.update(again=timezone.now())
        sync(desk, seconds=10)
    except (Trouble, Unreadable) as problem:
        Desk.objects.filter(pk=desk.pk).update(trouble=str(problem)[:300])
    desk.refresh_from_db()
    if desk.trouble:
        messages.error(request, desk.trouble)
    else:
        Desk.objects.filter(pk=desk.pk).update(tested=timezone.now())
        failing = desk.setbacks.count()
        said = ngettext("It works, but for %(n)s ticket.", "It works, but for %(n)s tickets.", failing) if failing else _("It works.")
        messages.success(request, said % {"n": failing} if failing else said)
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="helpdesk.read", subject=str(desk))
    return redirect("helpdesk:show")


@require_POST
def pause(request: RegardRequest) -> HttpResponse:
    desk = get_object_or_404(Desk, workspace=request.workspace)
    desk.pause(by=request.user.email, now=None if desk.paused else timezone.now())
    messages.success(request, _("It is paused.") if desk.paused else _("It goes on."))
    return redirect("helpdesk:show")


@require_POST
def remove(request: RegardRequest) -> HttpResponse:
    desk = get_object_or_404(Desk, workspace=request.workspace)
    AuditEntry.write(request.workspace.pk, actor=request.user.email, action="helpdesk.removed", subject=str(desk))
    desk.delete()
    messages.success(request, _("It is not connected any more. The cases stay; nothing was changed in Zendesk."))
    return redirect("helpdesk:show")
