from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regard.listening.files.give import give
from regard.listening.inbox import handle
from regard.listening.inbox.models import Handling, What
from regard.listening.inbox.offered import members, offered
from regard.listening.inbox.queries import (
    chosen,
    counts,
    filtered,
    line,
    neighbours,
    one,
    page_of,
    place,
    seen,
    tags_of,
    withheld,
)
from regard.listening.responses.models import Response, State
from regard.listening.responses.told import told
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.models import Member
from regard.workspace.members.rights import Right


def index(request: RegardRequest) -> HttpResponse:
    """What respondents said, across surveys, the newest first."""
    mine = seen(request.scope, request.workspace)
    found = filtered(mine, request.GET.dict(), workspace=request.workspace.pk, me=request.member.pk)
    query = request.GET.copy()
    query.pop("after", None)
    context = {
        "page": page_of(found, place(request.GET.get("after", ""))), "offers": offered(request), "given": query, "words": request.GET.get("q", ""),
        "withheld": withheld(request.scope, request.workspace), "query": query.urlencode(),
        "counts": counts(mine, me=request.member.pk), "members": members(request),
        "may_act": request.member.may(Right.RECORD), "may_test": request.member.may(Right.CATALOGUE),
    }  # fmt: skip
    return render(request, "listening/inbox/index.html", context)


def show(request: RegardRequest, response: UUID) -> HttpResponse:
    """Opening it is reading it. The mark is written on looking, as an unread letter is read by whoever opens it: no answer of anybody's
    and no number depends on it.
    """
    mine = seen(request.scope, request.workspace)
    found = _find(request, response)
    if request.method == "GET" and request.member.may(Right.RECORD) and found.state == State.NEW:
        handle.move(found, State.READ, by=request.user.email)
    before, after = neighbours(filtered(mine, request.GET.dict(), workspace=request.workspace.pk, me=request.member.pk), found)
    context = {
        "response": found, "line": line(found), "answers": told(found), "before": before, "after": after, "query": request.GET.urlencode(),
        "handlings": _told(found), "members": members(request), "tags": tags_of(request.workspace.pk),
        "may_act": request.member.may(Right.RECORD), "may_test": request.member.may(Right.CATALOGUE),
    }  # fmt: skip
    return render(request, "listening/inbox/show.html", context)


@require_safe
def file(request: RegardRequest, response: UUID, question: str) -> HttpResponseBase:
    return give(_find(request, response), question)


@require_POST
def act(request: RegardRequest, response: UUID) -> HttpResponse:
    found = _find(request, response)
    _act(request, [found])
    query = request.GET.urlencode()
    return redirect(reverse("inbox:show", args=[response]) + (f"?{query}" if query else ""))


@require_POST
def act_on_many(request: RegardRequest) -> HttpResponse:
    """On those that are ticked."""
    found = chosen(seen(request.scope, request.workspace), request.POST.getlist("chosen"))
    if not found:
        messages.error(request, _("Tick the responses first."))
    else:
        _act(request, found)
        messages.success(request, ngettext("Done for %(n)s response.", "Done for %(n)s responses.", len(found)) % {"n": len(found)})
    query = request.GET.urlencode()
    return redirect(reverse("inbox:index") + (f"?{query}" if query else ""))


def _act(request: RegardRequest, found: list[Response]) -> None:
    by, given = request.user.email, request.POST
    what, _sep, which = given.get("act", "").partition(":")
    if what in ("test", "real") and not request.member.may(Right.CATALOGUE):
        raise Http404
    to = None
    if what == "assign" and given.get("to"):
        whom = request.member.pk if given["to"] == "me" else _number(given["to"])
        to = Member.objects.filter(pk=whom, workspace=request.workspace, left=None).first()
        if to is None:
            messages.error(request, _("There is no such member any more."))
            return
    for response in found:
        try:
            match what:
                case "done" | "read" | "new":
                    handle.move(response, what, by=by)
                case "assign":
                    handle.assign(response, to, by=by)
                case "tag":
                    handle.tag(response, given.get("tag", ""), by=by)
                case "untag":
                    handle.tag(response, which, by=by, off=True)
                case "note":
                    handle.note(response, given.get("text", ""), by=by)
                case "reply":
                    handle.reply(response, given.get("text", ""), by=by)
                case "test" | "real":
                    handle.try_out(response, test=what == "test", by=by)
        except handle.NotPossible as problem:
            messages.error(request, str(problem))


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _find(request: RegardRequest, response: UUID) -> Response:
    found = one(seen(request.scope, request.workspace), response)
    if found is None:
        raise Http404
    return found


def _told(response: Response) -> list[tuple[Handling, str]]:
    """The newest first; notes last as they were written."""
    return [(one, str(What(one.what).label)) for one in response.handlings.order_by("-id")[:100]]
