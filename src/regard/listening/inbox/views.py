from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from regard.customers.people.queries import by_id
from regard.listening.files.give import give
from regard.listening.inbox import handle
from regard.listening.inbox.export import table
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
from regard.listening.surveys.models import Survey
from regard.web.tables import MOST_IN_A_SHEET, as_csv, as_sheet
from regard.workspace.audit.models import AuditEntry
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
        "may_export": request.member.may(Right.EXPORT),
    }  # fmt: skip
    return render(request, "listening/inbox/index.html", context)


def export(request: RegardRequest) -> HttpResponseBase:
    """The responses to one survey as the address filters them, a column for each question, as CSV or as a workbook."""
    given, sheet = request.GET.dict(), request.GET.get("format") == "xlsx"
    survey = Survey.objects.filter(pk=_number(given.get("survey", "")), workspace=request.workspace).first()
    query = request.GET.copy()
    query.pop("format", None)
    if survey is None:
        messages.error(request, _("Choose a survey first: each has columns of its own."))
        return redirect(f"{reverse('inbox:index')}?{query.urlencode()}")
    found = filtered(seen(request.scope, request.workspace), given, workspace=request.workspace.pk, me=request.member.pk)
    count = found.count()
    if sheet and count > MOST_IN_A_SHEET:
        messages.error(request, _("A workbook takes at most %(most)s responses here: take the CSV.") % {"most": f"{MOST_IN_A_SHEET:,}"})
        return redirect(f"{reverse('inbox:index')}?{query.urlencode()}")
    AuditEntry.write(
        request.workspace.pk, actor=request.user.email, action="responses.exported", subject=survey.name, format="xlsx" if sheet else "csv",
        responses=count,
    )  # fmt: skip
    rows = table(found, survey, zone=request.workspace.zone, masked=request.scope.masked)
    if sheet:
        return FileResponse(as_sheet(rows, survey.name), as_attachment=True, filename="responses.xlsx")
    answer = StreamingHttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="responses.csv"'
    return answer


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
        "response": found, "who": _who(request, found), "line": line(found), "answers": told(found, masked=request.scope.masked),
        "before": before, "after": after, "query": request.GET.urlencode(),
        "handlings": _told(found), "members": members(request), "tags": tags_of(request.workspace.pk),
        "may_act": request.member.may(Right.RECORD), "may_test": request.member.may(Right.CATALOGUE),
    }  # fmt: skip
    return render(request, "listening/inbox/show.html", context)


@require_safe
def file(request: RegardRequest, response: UUID, question: str) -> HttpResponseBase:
    if request.scope.masked:
        raise Http404
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


def _who(request: RegardRequest, response: Response) -> str:
    """The customer as this reader may know them; "" where that is nobody."""
    if response.profile is None or (response.programme and response.programme.anonymous):
        return ""
    found = by_id(request.scope, [response.profile.customer_id])
    return found[0].title if found else ""


def _told(response: Response) -> list[tuple[Handling, str]]:
    """The newest first; notes last as they were written."""
    return [(one, str(What(one.what).label)) for one in response.handlings.order_by("-id")[:100]]
