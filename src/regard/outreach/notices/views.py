from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.outreach.notices.kinds import NOTICE_KINDS
from regard.outreach.notices.models import Notice, NoticeChoice, Way
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.rights import Right

_PER_PAGE = 50


def index(request: RegardRequest) -> HttpResponse:
    """The reader's own, the newest first; how each kind reaches them is chosen beside it."""
    if request.method == "POST":
        return _act(request)
    mine = Notice.objects.filter(member=request.member)
    chosen = dict(NoticeChoice.objects.filter(member=request.member).values_list("kind", "way"))
    kinds = [(one, chosen.get(one.name, one.way)) for one in NOTICE_KINDS.values()]
    context = {
        "page": Paginator(mine, _PER_PAGE).get_page(request.GET.get("page")), "unseen": mine.filter(seen=None).count(), "kinds": kinds,
        "ways": Way.choices, "may_see": request.member.may(Right.CUSTOMERS),
    }  # fmt: skip
    return render(request, "outreach/notices/index.html", context)


def open_one(request: RegardRequest, pk: int) -> HttpResponse:
    """Following one is having seen it, as opening a letter is."""
    found = Notice.objects.filter(member=request.member, pk=pk).first()
    if found is None:
        return redirect("notices:index")
    if found.seen is None:
        Notice.objects.filter(member=request.member, about=found.about, seen=None).update(seen=timezone.now())
    return redirect(found.link)


def _act(request: RegardRequest) -> HttpResponse:
    if request.POST.get("act") == "seen":
        Notice.objects.filter(member=request.member, seen=None).update(seen=timezone.now())
    else:
        for name in NOTICE_KINDS:
            way = request.POST.get(name, "")
            if way in Way.values:
                NoticeChoice.objects.update_or_create(member=request.member, kind=name, defaults={"way": way})
        messages.success(request, _("Saved."))
    return redirect("notices:index")


def unseen(member: object) -> int:
    return Notice.objects.filter(member=member, seen=None).count()  # type: ignore[misc]
