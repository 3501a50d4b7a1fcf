from __future__ import annotations

import logging

from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from regard.workspace.invitations.forms import InvitationForm, JoinForm
from regard.workspace.invitations.mail import link, mail
from regard.workspace.invitations.models import Invitation, InvitationRefused
from regard.workspace.invitations.queries import Arrival, arrival
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.models import User

log = logging.getLogger(__name__)


def send(request: RegardRequest) -> HttpResponse:
    start = {"units": [unit.pk for unit in request.member.units.all()]}
    form = InvitationForm(request.POST or None, giver=request.member, initial=start)
    if request.method != "POST" or not form.is_valid():
        return render(request, "workspace/invitations/send.html", {"form": form})
    invitation, secret = Invitation.send(workspace_id=request.workspace.pk, sent_by=request.user, **form.cleaned_data)
    try:
        mail(invitation, secret)
    except OSError:
        log.exception("An invitation could not be mailed")
        return render(request, "workspace/invitations/by_hand.html", {"invitation": invitation, "link": link(secret)})
    messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": invitation.email})
    return redirect("workspace:members")


@require_POST
def withdraw(request: RegardRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation, pk=pk, workspace=request.workspace, taken=None)
    if not all(request.scope.sees(unit.pk) for unit in invitation.units.all()):
        return get_object_or_404(Invitation, pk=0)  # type: ignore[return-value]
    invitation.withdraw(actor=request.user.email)
    messages.success(request, _("The invitation for %(email)s no longer works.") % {"email": invitation.email})
    return redirect("workspace:members")


@never_cache
@sensitive_post_parameters("password")
def take(request: HttpRequest, secret: str) -> HttpResponse:
    """The page behind an invitation's link. It signs in only the new account it makes, never an existing
    one.
    """
    invitation = Invitation.open_for(secret)
    if invitation is None:
        return render(request, "workspace/invitations/gone.html", status=404)
    state = arrival(invitation, request.user)
    if state is Arrival.SAME:
        return _join(request, invitation)
    if state is not Arrival.NEW:
        return render(request, "workspace/invitations/take.html", {"invitation": invitation, "state": state})
    form = JoinForm(request.POST or None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user = User.objects.create_user(
                    invitation.email, form.cleaned_data["password"], name=form.cleaned_data["name"]
                )
                invitation.take(user)
        except (IntegrityError, InvitationRefused):
            return redirect(request.path)  # someone was quicker: the page now says what is left to do
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("/")
    return render(request, "workspace/invitations/take.html", {"invitation": invitation, "state": state, "form": form})


def _join(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if request.method == "POST":
        try:
            invitation.take(request.user)  # type: ignore[arg-type]
        except InvitationRefused as refused:
            messages.error(request, str(refused))
        else:
            request.session["workspace"] = invitation.workspace_id
        return redirect("/")
    return render(request, "workspace/invitations/take.html", {"invitation": invitation, "state": Arrival.SAME})
