from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from regard.web.confirm import Confirm, ask
from regard.workspace.members.forms import SeatForm
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.models import Member, MemberRefused
from regard.workspace.members.queries import member_page


def index(request: RegardRequest) -> HttpResponse:
    return render(request, "workspace/members/index.html", {"page": member_page(request.member)})


def edit(request: RegardRequest, pk: int) -> HttpResponse:
    member = _find(request, pk)
    now = {"role": member.role, "units": [unit.pk for unit in member.units.all()]}
    form = SeatForm(request.POST or None, giver=request.member, initial=now)
    if request.method == "POST" and form.is_valid():
        try:
            member.change(**form.cleaned_data, by=request.member)
        except MemberRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(
                request,
                _("%(name)s is now %(role)s.") % {"name": member.user, "role": member.get_role_display()},
            )
            return redirect("workspace:members")
    return render(request, "workspace/members/edit.html", {"form": form, "other": member})


def departure(request: RegardRequest, pk: int) -> HttpResponse:
    member = _find(request, pk)
    if request.method == "POST":
        try:
            member.leave(by=request.member)
        except MemberRefused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("%(name)s can no longer sign in here.") % {"name": member.user})
        return redirect("workspace:members")
    question = Confirm(
        title=_("Deactivate %(name)s?") % {"name": member.user},
        act=_("Deactivate"),
        keep=_("Keep"),
        back=reverse("workspace:members"),
        crumb=_("Members"),
        texts=(
            _(
                "They are signed out at once and lose every right here. What they did stays in the "
                "audit log. Invite them again to bring them back."
            ),
        ),
    )
    return ask(request, question)


def _find(request: RegardRequest, pk: int) -> Member:
    """A member of this workspace whose units the reader sees."""
    found = get_object_or_404(
        Member.objects.filter(workspace=request.workspace, left=None).distinct().select_related("user"), pk=pk
    )
    seen = [request.scope.sees(unit.pk) for unit in found.units.all()]
    return found if all(seen) else get_object_or_404(Member, pk=0)
