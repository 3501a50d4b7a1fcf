from __future__ import annotations

from allauth.socialaccount.models import SocialApp
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.web.confirm import Confirm, ask
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.signin.still_you import still_you
from regard.workspace.signon import providers
from regard.workspace.signon.forms import FORMS


def index(request: RegardRequest) -> HttpResponse:
    return render(request, "workspace/signon/index.html", {"ways": providers.sign_ons()})


@still_you
def add(request: RegardRequest, kind: str) -> HttpResponse:
    if kind not in FORMS:
        raise Http404
    return _form(request, SocialApp(provider=kind, settings={}))


@still_you
def edit(request: RegardRequest, pk: int) -> HttpResponse:
    return _form(request, _find(pk))


@still_you
def remove(request: RegardRequest, pk: int) -> HttpResponse:
    app = _find(pk)
    if request.method == "POST":
        providers.remove(app, workspace=request.workspace.pk, actor=request.user.email)
        messages.success(request, _("%(name)s no longer signs anyone in.") % {"name": app.name})
        return redirect("workspace:signon")
    question = Confirm(
        title=_("Remove %(name)s?") % {"name": app.name},
        act=_("Remove"),
        keep=_("Keep"),
        back=reverse("workspace:signon"),
        crumb=_("Single sign-on"),
        texts=(
            _("People who only ever signed in with it need a password: they get one with “Forgot your password?”."),
        ),
    )
    return ask(request, question)


def _form(request: RegardRequest, app: SocialApp) -> HttpResponse:
    known = app if app.pk else None
    form = FORMS[app.provider](request.POST or None, app=known, initial=providers.as_form(app) if known else None)
    if request.method == "POST" and form.is_valid():
        providers.keep(app, form.cleaned_data, workspace=request.workspace.pk, actor=request.user.email)
        messages.success(
            request,
            _("Saved. Register the addresses below at your provider, then try it in a private window."),
        )
        return redirect("workspace:signon")
    label = providers.LABELS[app.provider]
    return render(request, "workspace/signon/edit.html", {"form": form, "label": label, "known": known})


def _find(pk: int) -> SocialApp:
    if app := providers.find(pk):
        return app
    raise Http404
