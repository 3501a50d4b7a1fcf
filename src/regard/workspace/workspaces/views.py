from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.models import Member
from regard.workspace.signin.still_you import still_you
from regard.workspace.workspaces.forms import WorkspaceForm
from regard.workspace.workspaces.queries import overview


def settings(request: RegardRequest) -> HttpResponse:
    return render(request, "workspace/workspaces/settings.html", {"page": overview(request.member)})


@still_you
def edit(request: RegardRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST or None, instance=request.workspace)
    if request.method == "POST" and form.is_valid():
        form.instance.keep(actor=request.user.email, changed=form.changed_data)
        messages.success(request, _("Saved."))
        return redirect("workspace:edit")
    if form.errors:
        request.workspace.refresh_from_db()  # the side bar shows the name as it is, not as it was typed
    return render(request, "workspace/workspaces/edit.html", {"form": form})


@require_POST
def switch(request: RegardRequest) -> HttpResponse:
    """Go to another workspace of mine."""
    chosen = request.POST.get("workspace", "")
    if not chosen.isdecimal() or len(chosen) > 18:
        raise Http404
    if not Member.objects.filter(user=request.user, workspace_id=int(chosen), left=None).exists():
        raise Http404
    request.session["workspace"] = int(chosen)
    return redirect("/")
