from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from regard.web.confirm import Confirm, ask
from regard.workspace.keys.forms import KeyForm
from regard.workspace.keys.models import ApiKey
from regard.workspace.keys.queries import keys_of
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.signin.still_you import still_you


def index(request: RegardRequest) -> HttpResponse:
    return render(request, "workspace/keys/index.html", {"keys": keys_of(request.scope)})


@never_cache
@still_you
def create(request: RegardRequest) -> HttpResponse:
    form = KeyForm(request.POST or None, rows=request.scope)
    if request.method != "POST" or not form.is_valid():
        return render(request, "workspace/keys/new.html", {"form": form})
    given = form.cleaned_data
    key, secret = ApiKey.create(
        workspace_id=request.workspace.pk, name=given["name"], scope=given["scope"], unit_id=given["unit"],
        expires=given["expires"], actor=request.user.email,
    )  # fmt: skip
    return render(request, "workspace/keys/created.html", {"key": key, "secret": secret})


def revoke(request: RegardRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk, workspace=request.workspace, revoked=None)
    if not request.scope.sees(key.unit_id):
        raise Http404
    if request.method == "POST":
        key.revoke(actor=request.user.email)
        messages.success(request, _("%(key)s no longer works.") % {"key": key})
        return redirect("workspace:keys")
    question = Confirm(
        title=_("Revoke %(key)s?") % {"key": key.name},
        act=_("Revoke"),
        keep=_("Keep"),
        back=reverse("workspace:keys"),
        crumb=_("Keys"),
        texts=(_("Whatever uses it is refused from this moment on. This cannot be undone; make a new key instead."),),
    )
    return ask(request, question)
